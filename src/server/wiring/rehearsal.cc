#include "server/wiring/rehearsal.h"

#include <algorithm>

#include "domain/core.h"
#include "domain/derive.h"

namespace tally::wiring {

namespace {

template <class Key, class Row>
void copy_rows(domain::Table<Key, Row> const& from, domain::Table<Key, Row>& to) {
  from.each([&](Key const& key, Row const& row) { to.put(key, row); });
}

domain::Header header_of(domain::State const& rows, domain::Outcome const& outcome, Instant at) {
  domain::Header header;
  header.actor = "server";
  header.at = at;
  header.ledger = rows.ledger.ledger;
  header.run = outcome.run;
  header.seq = rows.ledger.seq_next;
  header.tenant = outcome.tenant;
  return header;
}

// What a command comes to; `rows` goes on as if that had been recorded.
domain::Reply reply_to(domain::Command const& command, domain::State& rows, Instant at) {
  auto const permit = domain::permit_for(rows, command, at);
  if (!permit) return permit.error();
  domain::Facts const facts = domain::gather(rows, command, *permit, {.at = at});
  domain::Outcome const outcome = domain::decide(at, command, facts);
  for (domain::Event const& event : outcome.events)
    domain::apply(rows, header_of(rows, outcome, at), event);
  return outcome.reply;
}

}  // namespace

domain::State rows_of_directory(domain::State const& state) {
  domain::State rows;
  rows.ledger = state.ledger;
  rows.settings = state.settings;
  copy_rows(state.tenants, rows.tenants);
  copy_rows(state.people, rows.people);
  copy_rows(state.keys, rows.keys);
  copy_rows(state.plans, rows.plans);
  copy_rows(state.jobs, rows.jobs);
  copy_rows(state.modes, rows.modes);
  copy_rows(state.approvals, rows.approvals);
  copy_rows(state.schedules, rows.schedules);
  rows.schedules.each([&](ScheduleName const&, domain::schedule::Row const& schedule) {
    auto const* last = schedule.run ? state.runs.find(*schedule.run) : nullptr;
    if (last != nullptr) rows.runs.put(*schedule.run, *last);
  });
  domain::derive(rows);
  return rows;
}

Result<void> rehearse(domain::State rows, std::vector<domain::Command> const& commands,
                      Instant at) {
  Instant const when = std::max(at, rows.ledger.at);
  std::optional<Error> fault;
  for (domain::Command const& command : commands) {
    domain::Reply const reply = reply_to(command, rows, when);
    auto const* refusal = std::get_if<domain::Refusal>(&reply);
    if (refusal == nullptr || refusal->code == domain::RefusalCode::halted) continue;
    if (fault)
      fault->detail += "\n" + refusal->detail;
    else
      fault = Error{std::string(name_of(refusal->code)), refusal->detail, {}};
  }
  if (fault) return tl::unexpected<Error>(std::move(*fault));
  return {};
}

}  // namespace tally::wiring
