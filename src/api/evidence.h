#pragma once

// What the handlers of the evidence plane share. A key with evidence:read sees the events of its
// own tenant; with ops:read besides, those of all.

#include "api/exchange.h"

namespace tally::api {

inline bool may_see(Exchange const& x, domain::Header const& header) {
  return x.caller().may(KeyScope::ops_read) || header.tenant == x.caller().tenant;
}

// What one page may cost, whoever asks for it: what is looked at is bounded besides what is shown,
// since callers choose both. A page that is full says where the next one begins.
class PageBudget {
 public:
  static constexpr std::size_t kShownBytesMax = 256 * 1024;
  static constexpr std::size_t kLookedAtBytesMax = 1024 * 1024;
  // Events that are looked up one by one: each may cost a read of the disk.
  static constexpr std::size_t kLookUpsMax = 250;

  explicit PageBudget(std::size_t items_max) : items_max_(items_max) {}

  void look(ledger::Entry const& entry) {
    ++looked_at_;
    looked_at_bytes_ += entry.leaf.size() + entry.enclosure.size();
  }
  void show(std::size_t bytes) {
    ++items_;
    shown_bytes_ += bytes;
  }
  bool has_room() const;
  std::size_t looked_at() const { return looked_at_; }

 private:
  std::size_t items_max_;
  std::size_t items_ = 0;
  std::size_t shown_bytes_ = 0;
  std::size_t looked_at_ = 0;
  std::size_t looked_at_bytes_ = 0;
};

// The key that spreads the ledger's ids; it stands in leaf 0. Error "damaged".
Result<IdKey> id_key_of(ledger::Reader const& reader);

// The sequence that a decision's name leads to; whether it is that decision's, the event says.
std::int64_t first_event_of(DecisionId decision, IdKey key);

}  // namespace tally::api
