#include "sim/sim_receipts.h"

namespace tally::sim {

Result<void> SimReceipts::write_receipt(RunId run, std::uint64_t fence, ByteView content) {
  bool const refused = prng_.chance(faults_.refused_per_mille);
  if (refused && prng_.chance(500))
    return tl::unexpected(failed("The receipt could not be written."));
  Stored stored;
  stored.content.assign(content.begin(), content.end());
  stored.hurt = prng_.chance(faults_.damaged_per_mille);
  stored.promised = !refused;
  receipts_[{run, fence}] = std::move(stored);
  if (on_write_) on_write_();
  if (refused) return tl::unexpected(failed("The receipt could not be written."));
  return {};
}

Result<ports::StoredReceipt> SimReceipts::read_receipt(RunId run, std::uint64_t fence) const {
  if (prng_.chance(faults_.unreadable_per_mille))
    return tl::unexpected(failed("The receipt could not be read."));
  auto const at = receipts_.find({run, fence});
  if (at == receipts_.end() || at->second.removed) return ports::StoredReceipt{};
  if (at->second.hurt)
    return ports::StoredReceipt{.state = ports::ReceiptState::damaged, .content = {}};
  return ports::StoredReceipt{.state = ports::ReceiptState::valid, .content = at->second.content};
}

Result<void> SimReceipts::remove(RunId run, std::uint64_t fence) {
  auto const at = receipts_.find({run, fence});
  if (at != receipts_.end()) at->second.removed = true;
  return {};
}

bool SimReceipts::stands(Key const& key) const {
  auto const at = receipts_.find(key);
  return at != receipts_.end() && at->second.promised && !at->second.hurt;
}

bool SimReceipts::damaged(Key const& key) const {
  auto const at = receipts_.find(key);
  return at != receipts_.end() && at->second.hurt;
}

}  // namespace tally::sim
