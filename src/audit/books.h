#pragma once

// Double-entry bookkeeping from the postings in the ledger alone. It shares no code with apply, so
// a mistake there cannot hide here.

#include <map>
#include <string>

#include "base/result.h"
#include "codec/entry.h"
#include "domain/state.h"

namespace tally::audit {

class Books {
 public:
  Books() = default;
  // Books that are opened with the balances of this state, for the postings behind it.
  explicit Books(domain::State const& state);
  // Enters the postings of one event, if it has any. Error "books": they do not sum to zero, or a
  // stated balance is not what the postings so far add up to.
  Result<void> enter(codec::Entry const& entry);
  // Compares with the folded state. Error "books" names the tenant and account.
  Result<void> compare(domain::State const& state) const;

 private:
  // (tenant, account name) -> micros
  std::map<std::pair<std::string, std::string>, std::int64_t> accounts_;
};

}  // namespace tally::audit
