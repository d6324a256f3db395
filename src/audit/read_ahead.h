#pragma once

// The frames of a whole log, read by other threads ahead of the one that folds them, and put to use
// by another one behind it.
//
//     scan    reads the disk, checks the frames' checksums    waits for the disk half the time
//       │ batches of frames
//     hash    hashes the leaves
//       │ batches of frames
//     read    makes events of them
//       │ batches of frames
//     take    the caller's thread, one frame after another: the fold
//       │ batches of frames
//     keep    what needs the fold's word that a frame is right, and not its state: the index
//
// A few batches at most wait between two of them, so who is ahead waits for who is behind. State,
// errors and order do not depend on who reads: a fold that fails stops the scan, and what the scan
// itself finds wrong is said after every frame before it was taken.

#include <functional>

#include "audit/fold.h"
#include "ports/log_store.h"

namespace tally::audit {

enum class Helper {
  none,    // the caller's thread does all of it: for the simulator
  thread,  // other threads scan, hash, read and keep
};

// Some eighty events: enough to make up for handing over. About twenty batches at most are in
// memory, or twenty frames where those are longer: their events, some 5 MB, and the pieces of 4 MiB
// that they were read in.
inline constexpr std::size_t kBatchBytes = 128u << 10;

struct Stages {
  // Hands each frame of a log to the visitor; ends with the visitor's first error or its own.
  std::function<Result<void>(ports::FrameVisitor const&)> scan;
  std::function<Result<void>(ReadFrame const&)> take;
  // Gets each frame that `take` did not refuse, in order.
  std::function<void(ReadFrame)> keep = [](ReadFrame const&) {};
  // Frames with nothing from this event on are not read whole (frames.h).
  std::uint64_t whole_from = 0;
};

// Errors: the first of `take`, or else the scan's.
Result<void> read_ahead(Stages const& stages, Helper helper, std::size_t batch_bytes = kBatchBytes);

}  // namespace tally::audit
