#pragma once

// What was found broken, in sentences. Only the first few: one fault breaks much.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::sim {

inline constexpr std::size_t kVerdictsMax = 10;

class Verdicts {
 public:
  void broken(std::string what) {
    if (all_.size() < kVerdictsMax) all_.push_back(std::move(what));
  }
  void require(bool holds, std::string_view what, std::string const& about) {
    if (!holds) broken(fmt::format("{}: {}", what, about));
  }
  std::vector<std::string> const& all() const { return all_; }
  bool sound() const { return all_.empty(); }

 private:
  std::vector<std::string> all_;
};

}  // namespace tally::sim
