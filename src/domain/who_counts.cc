#include "domain/who_counts.h"

#include "domain/next_id.h"

namespace tally::domain {

bool may_approve(directory::Person const& person) {
  return !person.removed_at &&
         (person.roles.contains("approver") || person.roles.contains("admin"));
}

bool counts(directory::Person const& person, Instant at) {
  return may_approve(person) && person.counts_from && *person.counts_from <= at;
}

bool key_counts(State const& state, std::optional<KeyId> const& key, Instant at) {
  if (!key) return true;
  directory::Key const* row = state.keys.find(*key);
  return row != nullptr && row->counts_from && *row->counts_from <= at;
}

Approvers approvers_of(State const& state, Command const& command,
                       std::optional<KeyId> const& asked_with, Instant at) {
  Approvers facts;
  facts.next_approval = next_approval_id(state.ledger);
  facts.open = static_cast<std::int64_t>(state.approvals.size());
  facts.quorum = state.settings.quorum;
  for (auto const& [id, person] : state.people.in_order()) {
    if (counts(person, at))
      facts.counted.insert(id);
    else if (may_approve(person))
      facts.newcomers.push_back({.counts_from = person.counts_from, .person = id});
  }
  if (!key_counts(state, asked_with, at)) {
    directory::Key const* key = state.keys.find(*asked_with);
    if (key != nullptr) facts.key_counts_from = key->counts_from;
    facts.key_never_counts = !facts.key_counts_from;
  }
  if (!state.ledger.granted) return facts;
  approval::Row const& granted = state.approvals.at(*state.ledger.granted);
  if (granted.command == command)
    facts.approved =
        Approved{.proposed_at = granted.proposed_at, .single_operator = granted.single_operator};
  return facts;
}

}  // namespace tally::domain
