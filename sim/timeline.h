#pragma once

// What happens when. Things at the same moment happen in the order in which they were planned, so
// one seed gives one history.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/time.h"

namespace tally::sim {

class Timeline {
 public:
  void at(Duration when, std::function<void()> what) {
    plans_.emplace(std::pair(when, ++tickets_), std::move(what));
  }
  std::optional<Duration> next() const {
    if (plans_.empty()) return std::nullopt;
    return plans_.begin()->first.first;
  }
  void run_next() {
    auto const what = std::move(plans_.begin()->second);
    plans_.erase(plans_.begin());
    what();
  }

 private:
  std::map<std::pair<Duration, std::uint64_t>, std::function<void()>> plans_;
  std::uint64_t tickets_ = 0;
};

}  // namespace tally::sim
