#pragma once

// The full check behind `tally ledger verify`: every byte of every segment is either covered by a
// checksum or must be zero. Reads only, so it works on a copy of the directory and beside the
// server that writes it; a copy that was taken while the server ran may end in a torn frame, which
// is reported as such.

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "ports/disk.h"
#include "segments/recovery.h"

namespace tally::segments {

struct Verification {
  LedgerId ledger;
  std::uint64_t segments = 0;
  std::uint64_t frames = 0;
  // Everything before the first damage; all of the log if there is none.
  LogPosition verified;
  std::optional<Head> head;
  std::optional<Damage> damage;  // the first

  // A torn tail is no fault, nor is a frame under way: nobody was told of either.
  bool sound() const { return !damage || damage->harmless(); }
};

// The visitor sees every frame that verified, in order, and recomputes whatever is built on the
// records. An error that it returns becomes damage at the frame's first sequence.
// With `from_seq` only the segments from the one that holds it on are read, and the headers of all.
// Beside a writer, what stands behind the last whole frame is no damage, torn or otherwise.
Result<Verification> check_frames(ports::Disk& disk, FrameVisitor const& visitor,
                                  std::uint64_t from_seq = 0, Beside beside = Beside::nobody);

}  // namespace tally::segments
