#pragma once

// The loop's four lanes. Each is bounded, and a tenant holds at most an eighth of one, so that one
// tenant's flood is that tenant's 503 and nobody else's. In a lane tenants take turns, so that a
// flood within its share holds up nobody either. A lane goes before those behind it, but each of
// these is served at least once in kPassedOverMax times. Any thread puts; the loop takes.

#include <array>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/turns.h"
#include "ledger/loop.h"

namespace tally::ledger {

class Inbox {
 public:
  // What stands in a lane: a command, or a question that is answered from durable state.
  struct Item {
    std::optional<Request> request;
    std::function<void(PostStatus)> question;  // called when the loop gets to it, or with its fate
    TenantId tenant;
  };
  enum class Put { taken, full, stopping };
  static constexpr std::size_t kTenantShare = 8;  // a tenant holds at most 1/8 of a lane
  static constexpr std::size_t kPassedOverMax = 64;

  explicit Inbox(std::size_t lane_max) : lane_max_(lane_max) {}

  // Moves from `item` only if it was taken.
  Put put(Lane lane, Item& item);
  // The next item, finish before start and reads last; those of a tenant in order of arrival.
  std::optional<Item> take();
  bool empty() const;
  // Nothing is put from now on; what stood there comes back.
  std::vector<Item> close();
  std::array<std::uint64_t, kLanes> depths() const;

 private:
  struct Line {
    Turns<Item> items;
    std::size_t passed_over = 0;  // items of lanes before it since its own last one
  };
  struct Lanes {
    std::array<Line, kLanes> lanes;
    bool closed = false;
  };
  static std::size_t next(Lanes& all);

  std::size_t lane_max_;
  Mutex<Lanes> lanes_;
};

}  // namespace tally::ledger
