#pragma once

// One pass of the attestor: reads what is on the disk as a stranger would, and keeps the state
// under the last checkpoint as the next snapshot. So a snapshot is never the work of the loop,
// whose mistakes it would only repeat.

#include "audit/verify.h"
#include "ledger/reader.h"
#include "ledger/snapshots.h"
#include "ports/blobs.h"

namespace tally::ledger {

// The last checkpoint that a later one covers. Error "not_found" if there is none, or only long
// before.
Result<domain::system::CheckpointSigned> covered_checkpoint(Reader const& reader);

enum class Reach {
  whole,  // from the first event
  tail,   // from the newest snapshot; what stands before it was read by an earlier pass
};

struct AttestOptions {
  std::string vkey;                // the key that the ledger was opened with
  std::uint64_t acknowledged = 0;  // events: fewer on the disk are a difference
  // Events under the last checkpoint that a later one covers, where the snapshot is taken: that
  // checkpoint, which stands behind it, is what will confirm it, and the signature of the later one
  // is what makes it worth something. 0: there is none, and no snapshot.
  std::uint64_t checkpointed = 0;
  Reach reach = Reach::whole;
  audit::Progress progress = {};
};

struct Attested {
  audit::Report report;
  std::optional<std::uint64_t> snapshot;  // events under the one that was saved, if one was
  Result<void> saved;                     // why not, where that failed
  // What a pass over the tail said of a ledger that is sound: the snapshot that it began with, or
  // the fold, is at fault.
  std::optional<std::string> tail_differed;
};

// Only what was acknowledged is read: behind it a frame may be under way. What a pass over the tail
// finds is said only if a pass over the whole ledger finds it too, since the snapshot may be at
// fault. Errors are those of audit::verify.
Result<Attested> attest(ports::Disk& ledger, Snapshots& snapshots, AttestOptions const& options);

// After a pass over the whole ledger that found it in order: removes the blobs that no event names
// and that were put the last time before `put_before`, which is kBlobGrace before the blobs' time
// at which `AttestOptions::acknowledged` was asked for. Nothing happens, and nothing is returned,
// after any other pass: an event that was not read may name any of them.
std::optional<ports::Collected> collect_documents(audit::Report const& report, ports::Blobs& blobs,
                                                  Instant put_before,
                                                  std::function<bool()> const& go_on);

}  // namespace tally::ledger
