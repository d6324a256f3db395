#pragma once

// What a start does before there is a loop: recovers the log, folds it into the state that the last
// process had, from the newest snapshot on, and indexes what the index's files lack.
//
//   snapshot ─► recover the log ─► fold what is behind it ─► confirmed by a checkpoint ─► go
//       ▲                                                             │
//       └── the next older one, at last none: fold everything ◄── not ┘
//
// A snapshot that cannot be relied on costs time and nothing else.

#include <memory>
#include <optional>
#include <vector>

#include "audit/read_ahead.h"
#include "ledger/index_keeper.h"
#include "ledger/snapshots.h"
#include "segments/segment_log.h"

namespace tally::ledger {

struct OpenWorld {
  ports::Disk& disk;  // the ledger's directory
  Snapshots const& snapshots;
  ports::Disk& derived;  // for the files of the index
  Index& index;          // holds no events yet
  segments::SaltSource salt;
  audit::Helper helper = audit::Helper::none;
  std::size_t kept_events = kRecentEventsMax;  // so many of the latest are read whole
};

struct Opened {
  std::unique_ptr<segments::SegmentLog> log;
  domain::State state;
  merkle::Tree tree;
  codec::StateDigest digest;
  bool fresh = false;  // there is no event yet
  std::uint64_t tail_cut_bytes = 0;
  std::uint64_t folded_from = 0;  // events under the snapshot that the start went on from
  std::vector<Error> left_aside;  // why snapshots and files of the index were not used
};

// A directory without a ledger gets one of the name `fresh`. Errors: those of
// segments::SegmentLog::open, audit::Fold and the disk.
Result<Opened> open(OpenWorld world, segments::LogOptions options, LedgerId fresh);

}  // namespace tally::ledger
