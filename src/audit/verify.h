#pragma once

// The full check of a ledger, at rest or beside its writer: every byte of every segment, every
// leaf, the tree, every checkpoint's signature, every invariant, the stored bytes of every payload,
// the facts of every decision, and the balances once more from postings alone. Needs no server and
// no key but the one in leaf 0.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/fold.h"
#include "base/digest.h"
#include "base/result.h"
#include "ports/blobs.h"
#include "segments/recovery.h"

namespace tally::audit {

// Of a ledger that is not ok, the numbers and the root are of what is good: the frames in front of
// the first one that is not.
struct Report {
  bool ok = false;
  std::uint64_t events = 0;
  std::uint64_t frames = 0;
  std::uint64_t checkpoints = 0;
  Digest root;                           // of all these events
  std::string origin;                    // from leaf 0
  std::string vkey;                      // from leaf 0
  bool torn_tail = false;                // a frame nobody was told of; no fault
  std::optional<std::uint64_t> bad_seq;  // first event that cannot be relied on
  std::string what;                      // what is wrong with it
  std::uint64_t begin = 0;               // the first event that was read
  std::vector<ContentRef> blobs;         // that the events read name, ascending
};

// Whether somebody may be appending to the files that the auditor reads.
using segments::Beside;

enum class Go { on, stop };
// Called now and then with the events done so far; says whether to go on.
using Progress = std::function<Go(std::uint64_t)>;

struct VerifyOptions {
  // The key that the caller trusts: a ledger with another one is not ok.
  std::optional<std::string> vkey = {};
  Progress progress = {};
  // A signed checkpoint of this ledger, from elsewhere: at least its events must be there, under
  // its root.
  std::optional<std::string> known = {};
  // Where large payloads lie; without it they are not read.
  ports::Blobs const* blobs = nullptr;
  // A writer may be at work: the end of what is whole is the end of the ledger.
  Beside beside = Beside::nobody;
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

// Errors are for a directory that cannot be read at all, "stopped" where `progress` said so, those
// of `from`, and "malformed_note" or "malformed_checkpoint" of `known`; a damaged ledger is a
// Report that is not ok.
Result<Report> verify(ports::Disk& disk, VerifyOptions const& asked = {});

}  // namespace tally::audit
