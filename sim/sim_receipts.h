#pragma once

// Receipts on a medium that may refuse a write, lose one that it promised to keep, or return it
// damaged. What happened to each is remembered, so the oracle knows which had to be honoured.

#include <functional>
#include <map>
#include <utility>

#include "base/prng.h"
#include "ports/job_runner.h"

namespace tally::sim {

struct ReceiptFaults {
  std::uint32_t refused_per_mille = 0;  // the write fails; half of those are there all the same
  std::uint32_t damaged_per_mille = 0;
  std::uint32_t unreadable_per_mille = 0;  // for one read
};

class SimReceipts final : public ports::ReceiptStore {
 public:
  using Key = std::pair<RunId, std::uint64_t>;
  SimReceipts(std::uint64_t seed, ReceiptFaults faults, std::function<void()> on_write)
      : prng_(seed), faults_(faults), on_write_(std::move(on_write)) {}

  Result<void> write_receipt(RunId run, std::uint64_t fence, ByteView content) override;
  Result<ports::StoredReceipt> read_receipt(RunId run, std::uint64_t fence) const override;
  Result<void> remove(RunId run, std::uint64_t fence) override;

  void heal() { faults_ = {}; }
  // Written whole and never hurt: nobody may say afterwards that there is no proof.
  bool stands(Key const& key) const;
  bool damaged(Key const& key) const;
  // Has the medium ever failed a call? Then the ledger may speak of it.
  bool has_failed() const { return failures_ > 0; }

 private:
  struct Stored {
    Bytes content;
    bool hurt = false;
    bool promised = false;
    bool removed = false;
  };
  Error failed(char const* what) const {
    ++failures_;
    return Error{"io_error", what, {}};
  }
  mutable Prng prng_;
  mutable std::uint64_t failures_ = 0;
  ReceiptFaults faults_;
  std::function<void()> on_write_;
  std::map<Key, Stored> receipts_;
};

}  // namespace tally::sim
