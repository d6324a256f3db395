#include "domain/who_counts.h"

#include <algorithm>

#include "domain/next_id.h"

namespace tally::domain {

namespace {

bool has_ended(directory::Key const& key, Instant at) {
  return key.revoked || (key.expires_at && *key.expires_at <= at);
}

// A key that was revoked has ended at its `expires_at` (directory/keys.cc).
bool lets_count(directory::Key const& key, Instant at) {
  if (!may_sign(key) || key.claim || !key.counts_from) return false;
  if (!key.expires_at) return !key.revoked;
  return *key.counts_from <= *key.expires_at && at < *key.expires_at + kNewcomerPeriod;
}

bool signs(directory::Key const& key, Instant at) {
  return may_sign(key) && !key.claim && !has_ended(key, at) && key.counts_from &&
         *key.counts_from <= at;
}

// The first operator, before the first key of all was made.
bool precedes_keys(directory::Person const& person, std::span<directory::Key const* const> keys) {
  return person.counts_from == person.added_at &&
         std::ranges::none_of(keys, [](directory::Key const* key) { return may_sign(*key); });
}

}  // namespace

bool may_approve(directory::Person const& person) {
  return !person.removed_at && (person.has(Role::approver) || person.has(Role::admin));
}

KeyLife life_of(directory::Key const& key, directory::Person const& owner, Instant at) {
  if (key.revoked) return KeyLife::revoked;
  if (owner.removed_at) return KeyLife::person_removed;
  if (has_ended(key, at) || (key.claim && key.claim->expires_at <= at)) return KeyLife::expired;
  return key.claim ? KeyLife::unclaimed : KeyLife::valid;
}

bool may_sign(directory::Key const& key) {
  return key.has(KeyScope::approve) || key.has(KeyScope::admin);
}

std::optional<Instant> counts_from(directory::Person const& person,
                                   std::span<directory::Key const* const> keys, Instant at) {
  if (!may_approve(person)) return std::nullopt;
  if (precedes_keys(person, keys)) return person.counts_from;
  std::optional<Instant> from;
  for (directory::Key const* key : keys)
    if (lets_count(*key, at) && (!from || *key->counts_from < *from)) from = key->counts_from;
  return from;
}

bool can_sign(directory::Person const& person, std::span<directory::Key const* const> keys,
              Instant at) {
  if (!may_approve(person)) return false;
  return precedes_keys(person, keys) ||
         std::ranges::any_of(keys, [&](directory::Key const* key) { return signs(*key, at); });
}

std::optional<Instant> counts_until(directory::Person const& person,
                                    std::span<directory::Key const* const> keys, Instant at) {
  std::optional<Instant> until;
  if (!counts_from(person, keys, at) || can_sign(person, keys, at)) return until;
  for (directory::Key const* key : keys)
    if (lets_count(*key, at) && *key->counts_from <= at)
      until = std::max(until.value_or(Instant{}), *key->expires_at + kNewcomerPeriod);
  return until;
}

std::span<directory::Key const* const> keys_of(KeysByPerson const& keys, PersonId const& person) {
  auto const at = keys.find(person);
  if (at == keys.end()) return {};
  return at->second;
}

KeysByPerson keys_by_person(State const& state) {
  KeysByPerson keys;
  state.keys.each([&](KeyId, directory::Key const& key) { keys[key.person].push_back(&key); });
  return keys;
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
  facts.quorum = state.settings.of(setting::kQuorum);
  if (auto const* waits = visit_both(
          []<class C>(C const&) -> Setting const* {
            if constexpr (requires { C::kWaits; }) return &C::kWaits;
            return nullptr;
          },
          command))
    facts.deadline = state.settings.period(*waits);
  KeysByPerson const keys = keys_by_person(state);
  for (auto const& [id, person] : state.people.in_order()) {
    if (!may_approve(person)) continue;
    auto const from = counts_from(person, keys_of(keys, id), at);
    if (from && *from <= at)
      facts.counted.insert(id);
    else
      facts.newcomers.push_back({.counts_from = from, .person = id});
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
