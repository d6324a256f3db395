#pragma once

// Reads durable events. Lists and history come from here, never from the state. Any thread.

#include <functional>

#include "base/result.h"
#include "ledger/entry.h"
#include "ledger/index.h"
#include "ports/log_store.h"

namespace tally::ledger {

class Reader {
 public:
  Reader(ports::LogStore const& store, Index const& index) : store_(store), index_(index) {}
  Index const& index() const { return index_; }
  // Errors: "not_found" (beyond the end), "io_error", "damaged".
  Result<Entry> entry(std::int64_t seq) const;
  Result<std::vector<Entry>> entries(std::int64_t from, std::size_t count) const;
  // Hands over the events from `from` on, in order, until `take` returns false or there are no
  // more; returns the sequence after the last. Never holds more than kHeldBytes of them, or one.
  static constexpr std::size_t kHeldBytes = 256 * 1024;
  Result<std::int64_t> each(std::int64_t from,
                            std::function<Result<bool>(Entry const&)> const& take) const;
  // The run's row, folded from its own events; also for runs that left memory. Error "not_found".
  Result<domain::run::Row> run(RunId run) const;
  // Error "not_found" if none is signed yet.
  Result<domain::system::CheckpointSigned> last_checkpoint() const;
  // Leaf hashes of [from, to), for proofs and tiles.
  Result<std::vector<Digest>> leaf_hashes(std::int64_t from, std::int64_t to) const;

 private:
  ports::LogStore const& store_;
  Index const& index_;
};

}  // namespace tally::ledger
