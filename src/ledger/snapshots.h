#pragma once

// Where a fold stood, kept in files: a start goes on from the newest instead of from the first
// event, so its time does not grow with history. Nothing depends on them: without one a start folds
// everything.
//
// A snapshot proves nothing by itself. Its file says that its bytes are those that a server of this
// data directory wrote: they are under an HMAC with the directory's pepper. Whether its state is
// the right one says the ledger: the next checkpoint behind it names the digest of the state folded
// so far, the fold that begins here must come to the same (audit::StateDigests::first), and a later
// signed checkpoint must cover the event that says so.
//
// A file is text, a line each: a head, the rows of the state (codec/state_tables.h), and the HMAC
// of the SHA-256 of all before it. It is bound to the build that folded it: another build may fold
// otherwise.

#include <cstdint>
#include <string>
#include <vector>

#include "audit/fold.h"
#include "ports/disk.h"

namespace tally::ledger {

// "state-<size>", twenty digits, so that names sort as numbers do.
std::string snapshot_name(std::uint64_t size);
// The last line of a file whose other lines are these, their ends included.
std::string snapshot_seal(ByteView lines, ByteView pepper);

class Snapshots {
 public:
  // The disk outlives this. `pepper` is the data directory's secret.
  Snapshots(ports::Disk& disk, std::string build, ByteView pepper);

  // Events under each snapshot that is there, newest first.
  Result<std::vector<std::uint64_t>> sizes() const;
  // Errors: "damaged" (not the bytes that a server of this directory wrote), "other_build", and the
  // disk's.
  Result<audit::Basis> load(std::uint64_t size) const;
  // The newest that can be loaded; one of no events if there is none.
  audit::Basis newest() const;
  // Durable when it returns; then all but this and the one before it are removed. Error
  // "disk_full" also where it would leave too little room for the ledger.
  Result<void> save(audit::Basis const& basis);

 private:
  ports::Disk& disk_;
  std::string build_;
  Digest key_;
};

// The snapshots, newest first, as long as somebody wants another one.
class SnapshotsInTurn {
 public:
  // They outlive this.
  explicit SnapshotsInTurn(Snapshots const& snapshots);
  // The next one that can be loaded; after the last one a basis of no events.
  audit::Basis next();
  // Why others were not given out.
  std::vector<Error> left_aside;

 private:
  Snapshots const& snapshots_;
  std::vector<std::uint64_t> sizes_;
  std::size_t next_ = 0;
};

}  // namespace tally::ledger
