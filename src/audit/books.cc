#include "audit/books.h"

#include <fmt/format.h>

namespace tally::audit {

namespace {

// Whatever event has postings moves money.
domain::Postings const* postings_of(domain::Event const& event) {
  return domain::visit_both(
      []<class E>(E const& one) -> domain::Postings const* {
        if constexpr (requires { one.postings; }) {
          return &one.postings;
        } else {
          return nullptr;
        }
      },
      event);
}

}  // namespace

Books::Books(domain::State const& state) {
  for (auto const& [tenant, row] : state.tenants.in_order())
    for (domain::AccountKind kind : all_of(domain::AccountKind{}))
      accounts_[{tenant.value(), std::string(name_of(kind))}] = row.balances.of(kind).value();
}

Result<void> Books::enter(codec::Entry const& entry) {
  domain::Postings const* postings = postings_of(entry.recorded.event);
  if (postings == nullptr) return {};
  domain::Header const& header = entry.recorded.header;
  if (!header.tenant) return fail("books", fmt::format("event {} posts for no tenant", header.seq));
  std::int64_t sum = 0;
  for (domain::Posting const& posting : *postings) {
    std::string const account(name_of(posting.account));
    std::int64_t& balance = accounts_[{header.tenant->value(), account}];
    if (__builtin_add_overflow(balance, posting.delta.value(), &balance) ||
        __builtin_add_overflow(sum, posting.delta.value(), &sum))
      return fail("books", fmt::format("event {} overflows {}", header.seq, account));
    if (balance != posting.balance.value()) {
      return fail("books", fmt::format("event {} says that {} stands at {}, the postings say {}",
                                       header.seq, account, posting.balance.value(), balance));
    }
  }
  if (sum != 0)
    return fail("books", fmt::format("the postings of event {} sum to {}", header.seq, sum));
  return {};
}

Result<void> Books::compare(domain::State const& state) const {
  for (auto const& [tenant, row] : state.tenants.in_order()) {
    for (domain::AccountKind kind : all_of(domain::AccountKind{})) {
      auto at = accounts_.find({tenant.value(), std::string(name_of(kind))});
      std::int64_t const booked = at == accounts_.end() ? 0 : at->second;
      if (booked != row.balances.of(kind).value()) {
        return fail("books", fmt::format("{} of tenant {} is {} in the state and {} in the books",
                                         name_of(kind), tenant.value(),
                                         row.balances.of(kind).value(), booked));
      }
    }
  }
  return {};
}

}  // namespace tally::audit
