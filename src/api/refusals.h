#pragma once

// Refusals that consume no idempotency key are counted, one number per tenant, code and minute,
// and written to the ledger once a minute: a flood writes nothing per request.

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/mutex.h"
#include "domain/system/engine.h"

namespace tally::api {

class Refusals {
 public:
  // Rows of one minute. Past it a tenant's refusals are counted under "-", so the sums stay exact
  // and the rows are bounded by this and the number of codes.
  static constexpr std::size_t kRowsMax = 1024;

  static TenantId nobody() { return TenantId("-"); }

  // What comes so late that its minute was taken is counted in the first that was not.
  void count(TenantId const& subject, std::string const& code, Instant now, std::int64_t times = 1);
  // Counts a refusal that has an event of its own in the ledger: it enters the totals alone.
  void note(std::string const& code);
  // Takes out what is complete at `now`: the minutes before it; or everything, at the end.
  enum class Take { complete_minutes, everything };
  std::vector<domain::system::RefusalsCounted> take(Instant now, Take which);
  // Puts back what the ledger could not take now.
  void put_back(domain::system::RefusalsCounted const& row);
  // All that was ever counted, for the metrics.
  std::map<std::string, std::int64_t> totals() const;

 private:
  using Row = std::tuple<Instant, TenantId, std::string>;
  struct Tables {
    std::map<Row, std::int64_t> rows;
    Instant open_from;  // the first minute that no row was taken of
    std::map<std::string, std::int64_t> totals;
  };
  static void add(Tables& tables, TenantId const& subject, std::string const& code, Instant minute,
                  std::int64_t times);
  Mutex<Tables> tables_;
};

}  // namespace tally::api
