#include "requests/pool.h"

#include <algorithm>
#include <array>

namespace tally::requests {

namespace {

constexpr std::size_t kKeptMost = 200;
constexpr std::size_t kLate = 8;
constexpr std::array<std::string_view, 5> kPrefixes{"run_", "lease_", "key_", "apr_", "dec_"};

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::string digits(Prng& random, std::size_t count) {
  std::string text;
  while (text.size() < count) text += "0123456789abcdef"[random.below(16)];
  return text;
}

}  // namespace

void Pool::add(std::string_view kind, std::string value) {
  auto& values = known_[std::string(kind)];
  if (std::ranges::find(values, value) != values.end()) return;
  if (values.size() == kKeptMost) values.erase(values.begin());
  values.push_back(std::move(value));
}

void Pool::harvest(std::string_view body) {
  auto const all_of = [&](std::string_view before, std::size_t count, std::string_view kind,
                          bool with_prefix) {
    for (auto at = body.find(before); at != std::string_view::npos;
         at = body.find(before, at + 1)) {
      auto const text = body.substr(at + before.size(), count);
      if (text.size() == count && std::ranges::all_of(text, is_hex))
        add(kind, (with_prefix ? std::string(before) : std::string()) + std::string(text));
    }
  };
  for (std::string_view const prefix : kPrefixes) all_of(prefix, 16, prefix, true);
  all_of("tk_", 64, "tk_", true);
  all_of("\"correlation_id\":\"", 32, "trace", false);
}

std::string Pool::any(Prng& random, std::string_view kind) const {
  auto const at = known_.find(kind);
  if (at != known_.end() && !at->second.empty()) {
    auto const& values = at->second;
    std::size_t const reach =
        random.chance(700) ? std::min(values.size(), kLate) : values.size();
    return values[values.size() - 1 - random.below(reach)];
  }
  if (kind == "trace") return digits(random, 32);
  if (kind == "tk_") return "tk_" + digits(random, 64);
  if (kind.ends_with('_')) return std::string(kind) + digits(random, 16);
  return std::string(kind) + "-" + digits(random, 3);
}

bool Pool::has(std::string_view kind) const { return known_.contains(kind); }

}  // namespace tally::requests
