#include "platform/http_census.h"

namespace tally::platform {

bool HttpCensus::add(Counts& counts, std::string_view who, std::size_t most) {
  auto const at = counts.find(who);
  if (at == counts.end()) return most > 0 && counts.emplace(who, 1).second;
  if (at->second >= most) return false;
  ++at->second;
  return true;
}

void HttpCensus::take(Counts& counts, std::string_view who) {
  auto const at = counts.find(who);
  if (at != counts.end() && --at->second == 0) counts.erase(at);
}

bool HttpCensus::has_room(std::string const& address) const {
  return tables_.with([&](Tables const& tables) {
    auto const at = tables.unauthenticated.find(address);
    return (at == tables.unauthenticated.end() ? 0 : at->second) < bounds_.of_address;
  });
}

bool HttpCensus::enter(std::string const& address) {
  return tables_.with(
      [&](Tables& tables) { return add(tables.unauthenticated, address, bounds_.of_address); });
}

bool HttpCensus::change(std::string const& address, std::string const& from, std::string_view to) {
  return tables_.with([&](Tables& tables) {
    if (!add(tables.owned, to, bounds_.of_owner)) return false;
    if (from.empty())
      take(tables.unauthenticated, address);
    else
      take(tables.owned, from);
    return true;
  });
}

void HttpCensus::leave(std::string const& address, std::string const& owner) {
  tables_.with([&](Tables& tables) {
    if (owner.empty())
      take(tables.unauthenticated, address);
    else
      take(tables.owned, owner);
  });
}

std::size_t HttpCensus::rows() const {
  return tables_.with(
      [](Tables const& tables) { return tables.unauthenticated.size() + tables.owned.size(); });
}

}  // namespace tally::platform
