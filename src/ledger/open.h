#pragma once

// What a start does before there is a loop: recovers the log, folds it into the state that the last
// process had, from the newest snapshot on, and indexes what the index's files lack.
//
//   snapshot ─► recover the log ─► fold what is behind it ─► confirmed by a checkpoint ─► go
//       ▲                                                             │
//       └── the next older one, at last none: fold everything ◄── not ┘
//
// A snapshot that cannot be relied on costs time and nothing else.

#include <functional>
#include <optional>
#include <vector>

#include "audit/read_ahead.h"
#include "ledger/index_keeper.h"
#include "ledger/snapshots.h"
#include "ports/log_store.h"

namespace tally::ledger {

// The log as its carrier recovered it.
struct LogAtStart {
  ports::LogReader const& log;       // outlives what is opened
  std::uint64_t tail_cut_bytes = 0;  // of a last frame that nobody was told of
};

// Recovers the log, of which the first `trusted_seq` events were acknowledged; begins one where
// there is none and that is 0. Errors: "ledger_absent", "ledger_rolled_back" (fewer events than
// were acknowledged), "ledger_corrupt" and others of the carrier's, and the medium's. What only a
// scan from `trusted_seq` on reads may be left for that scan to verify.
using LogOpener = std::function<Result<LogAtStart>(std::uint64_t trusted_seq)>;

struct OpenWorld {
  LogOpener open_log;
  Snapshots const& snapshots;
  ports::Disk& derived;  // for the files of the index
  Index& index;          // holds no events yet
  audit::Helper helper = audit::Helper::none;
  std::size_t kept_events = kRecentEventsMax;  // so many of the latest are read whole
};

struct Opened {
  domain::State state;
  merkle::Tree tree;           // keeps groups
  std::vector<Digest> groups;  // roots of the last ones, which the fold completed
  codec::StateDigest digest;
  bool fresh = false;  // there is no event yet
  std::uint64_t tail_cut_bytes = 0;
  std::uint64_t folded_from = 0;  // events under the snapshot that the start went on from
  std::vector<Error> left_aside;  // why snapshots and files of the index were not used
};

// Errors: those of the opener, audit::Fold and the disk.
Result<Opened> open(OpenWorld const& world);

}  // namespace tally::ledger
