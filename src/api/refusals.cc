#include "api/refusals.h"

#include <algorithm>

namespace tally::api {

namespace {

constexpr std::int64_t kMinute = 60'000'000;

Instant minute_of(Instant now) { return Instant(now.value() - now.value() % kMinute); }

}  // namespace

void Refusals::add(Tables& tables, TenantId const& subject, std::string const& code, Instant minute,
                   std::int64_t times) {
  Row row{minute, subject, code};
  if (tables.rows.size() >= kRowsMax && !tables.rows.contains(row)) row = {minute, nobody(), code};
  tables.rows[row] += times;
}

void Refusals::count(TenantId const& subject, std::string const& code, Instant now,
                     std::int64_t times) {
  tables_.with([&](Tables& tables) {
    add(tables, subject, code, std::max(minute_of(now), tables.open_from), times);
    tables.totals[code] += times;
  });
}

void Refusals::note(std::string const& code) {
  tables_.with([&](Tables& tables) { ++tables.totals[code]; });
}

void Refusals::put_back(domain::system::RefusalsCounted const& row) {
  tables_.with([&](Tables& tables) { add(tables, row.subject, row.code, row.minute, row.count); });
}

std::vector<domain::system::RefusalsCounted> Refusals::take(Instant now, Take which) {
  return tables_.with([&](Tables& tables) {
    if (which == Take::complete_minutes)
      tables.open_from = std::max(tables.open_from, minute_of(now));
    std::vector<domain::system::RefusalsCounted> taken;
    auto at = tables.rows.begin();
    while (at != tables.rows.end()) {
      auto const& [minute, subject, code] = at->first;
      if (which == Take::complete_minutes && minute >= minute_of(now)) break;
      taken.push_back({.code = code, .count = at->second, .minute = minute, .subject = subject});
      at = tables.rows.erase(at);
    }
    return taken;
  });
}

std::map<std::string, std::int64_t> Refusals::totals() const {
  return tables_.with([](Tables const& tables) { return tables.totals; });
}

}  // namespace tally::api
