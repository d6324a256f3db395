#pragma once

// The full check of a ledger at rest: every byte of every segment, every leaf, the tree, every
// checkpoint's signature, every invariant, and the balances once more from postings alone. Needs
// no server and no key but the one in leaf 0.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "audit/fold.h"
#include "base/digest.h"
#include "base/result.h"
#include "ports/disk.h"

namespace tally::audit {

struct Report {
  bool ok = false;
  std::uint64_t events = 0;
  std::uint64_t frames = 0;
  std::uint64_t checkpoints = 0;
  Digest root;                           // of all events
  std::string origin;                    // from leaf 0
  std::string vkey;                      // from leaf 0
  bool torn_tail = false;                // a frame nobody was told of; no fault
  std::optional<std::uint64_t> bad_seq;  // first event that cannot be relied on
  std::string what;                      // what is wrong with it
};

enum class Go { on, stop };
// Called now and then with the events done so far; says whether to go on.
using Progress = std::function<Go(std::uint64_t)>;

struct Asked {
  // The key that the caller trusts: a ledger with another one is not ok.
  std::optional<std::string> vkey = {};
  Progress progress = {};
  // Only the frames with the first so many events; what stands behind them may be under way, and is
  // no fault.
  std::optional<std::uint64_t> until = {};
  // Where to begin; asked for once a reading. The frames before it are left out, and whoever gave
  // it answers for it until a checkpoint's state digest confirms it. Empty: at the first event.
  std::function<Result<Basis>()> from = {};
  // Given where the reading stood behind this many events, if a frame ends there.
  std::uint64_t keep_at = 0;
  std::function<void(Basis const&)> keep = {};
};

// Errors are for a directory that cannot be read at all, "stopped" where `progress` said so, and
// those of `from`; a damaged ledger is a Report that is not ok.
Result<Report> verify(ports::Disk& disk, Asked const& asked = {});

}  // namespace tally::audit
