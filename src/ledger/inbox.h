#pragma once

// The loop's four lanes. Each is bounded, and a tenant holds at most an eighth of one, so that one
// tenant's flood is that tenant's 503 and nobody else's. Any thread puts; the loop takes.

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "ledger/loop.h"

namespace tally::ledger {

class Inbox {
 public:
  // What stands in a lane: a command, or a question that is answered from durable state.
  struct Item {
    std::optional<Request> request;
    std::function<void(Fate)> question;  // called when the loop gets to it, or with its fate
    TenantId tenant;
  };
  enum class Put { taken, full, stopping };

  explicit Inbox(std::size_t lane_max) : lane_max_(lane_max) {}

  // Moves from `item` only if it was taken.
  Put put(Lane lane, Item& item);
  // The next item, finish before start and reads last; each lane in order of arrival.
  std::optional<Item> take();
  bool empty() const;
  // Nothing is put from now on; what stood there comes back.
  std::vector<Item> close();
  std::array<std::uint64_t, kLanes> depths() const;

 private:
  struct Lanes {
    std::array<std::deque<Item>, kLanes> items;
    std::array<std::map<TenantId, std::size_t>, kLanes> shares;
    bool closed = false;
  };
  static void give_back(Lanes& lanes, std::size_t lane, TenantId const& tenant);

  std::size_t lane_max_;
  Mutex<Lanes> lanes_;
};

}  // namespace tally::ledger
