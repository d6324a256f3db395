// Keys: how they are made, claimed and revoked.

#include <algorithm>

#include "base/closed_words.h"
#include "domain/directory/answers.h"
#include "domain/directory/decide.h"
#include "domain/next_id.h"
#include "domain/who_counts.h"

namespace tally::domain::directory {

namespace {

Refusal no_such_code() {
  return {.code = RefusalCode::not_found,
          .detail =
              "no key waits for this code: it is unknown, was used, has expired after 72 h, or "
              "its key was revoked",
          .pointer = {},
          .shortage = {},
          .retry_after = {}};
}

std::optional<Outcome> objection(Instant at, CreateKey const& command, Facts const& facts) {
  if (!facts.tenant_known) return refuse(RefusalCode::not_found, "no such tenant");
  if (!facts.subject || facts.subject->removed_at)
    return invalid("/owner", "must be a registered person");
  if (command.scopes.empty() || !all_known(command.scopes, kWords<KeyScope>))
    return invalid("/scopes", "scopes are " + listed(kWords<KeyScope>) + "; at least one");
  if (command.expires_at && *command.expires_at <= at)
    return invalid("/expires_at", "a key that expired already opens nothing");
  if (command.claim.has_value() == (command.owner == command.person))
    return invalid("/owner", "a key for another person is claimed, a key for oneself is not");
  return std::nullopt;
}

// As it is made. A key for another person has no token and counts for nothing yet.
Key made(Instant at, CreateKey const& command, Facts const& facts) {
  Key row{.claim = {},
          .counts_from = facts.counts_from,
          .expires_at = command.expires_at,
          .person = command.owner,
          .revoked = false,
          .scopes = command.scopes,
          .secret_sha256 = command.secret_sha256,
          .tenant = command.tenant};
  if (!command.claim) return row;
  auto const& approved = facts.approvers->approved;
  row.claim = Claim{.code_sha256 = command.claim->code_sha256,
                    .expires_at = at + kClaimLife,
                    .proposer = command.person,
                    .salt = command.claim->salt,
                    // Whoever decided alone has the code in the answer.
                    .shown = !approved || approved->single_operator};
  row.secret_sha256 = {};
  return row;
}

// A newcomer must not bring about that more people count than may stay alone, and fewer than must
// agree, with nobody left who could name another.
std::optional<std::string> too_few_named(Facts const& facts) {
  Approvers const& people = *facts.approvers;
  bool const would_count =
      may_approve(*facts.subject) && !people.counted.contains(facts.key->person);
  if (!would_count || people.named() >= people.quorum) return std::nullopt;
  return std::to_string(people.quorum) + " people must agree here, and " +
         std::to_string(people.named()) +
         " have the role approver or admin: the operator names another first";
}

// Whoever has no key that counts must be able to get one: where fewer count than must agree, all of
// those do.
Approvers who_decide(CreateKey const& command, Facts const& facts) {
  Approvers people = *facts.approvers;
  if (!people.counted.contains(command.owner))
    people.quorum =
        std::min(people.quorum, std::max(setting::kQuorum.min, std::ssize(people.counted)));
  return people;
}

// For good, as `administers`: by this key its person can sign.
bool decides(State const& state, Key const& key) {
  return !key.revoked && !key.claim && !key.expires_at && may_sign(key) &&
         may_approve(state.people.at(key.person));
}

// Whether `holds` is true of this key and of no other.
bool is_the_last(State const& state, KeyId id, bool (*holds)(State const&, Key const&)) {
  if (!holds(state, state.keys.at(id))) return false;
  bool last = true;
  state.keys.each([&](KeyId other, Key const& key) {
    if (other != id && holds(state, key)) last = false;
  });
  return last;
}

}  // namespace

Facts gather(State const& state, CreateKey const& command, Moment const& moment) {
  Facts facts;
  facts.approvers =
      approvers_of(state, directory::Commands(command), command.asked_with, moment.at);
  facts.next_key = next_key_id(state.ledger);
  Person const* owner = state.people.find(command.owner);
  if (owner != nullptr) facts.subject = *owner;
  facts.tenant_known = state.tenants.find(command.tenant) != nullptr;
  if (command.owner != command.person || owner == nullptr) return facts;
  Key const* used = command.asked_with ? state.keys.find(*command.asked_with) : nullptr;
  facts.counts_from = used != nullptr ? used->counts_from : owner->counts_from;
  return facts;
}

Facts gather(State const& state, ClaimKey const& command, Moment const& moment) {
  Facts facts;
  facts.approvers = approvers_of(state, directory::Commands(command), {}, moment.at);
  Key const* key = state.keys.find(command.key);
  if (key == nullptr) return facts;
  facts.key = *key;
  facts.subject = state.people.at(key->person);
  return facts;
}

Facts gather(State const& state, ShowClaimCode const& command, Moment const&) {
  Facts facts;
  if (Key const* key = state.keys.find(command.key)) facts.key = *key;
  return facts;
}

Facts gather(State const& state, RevokeKey const& command, Moment const&) {
  Facts facts;
  Key const* key = state.keys.find(command.key);
  if (key == nullptr) return facts;
  facts.key = *key;
  facts.last_admin =
      is_the_last(state, command.key, administers) || is_the_last(state, command.key, decides);
  return facts;
}

Outcome decide(Instant at, CreateKey const& command, Facts const& facts) {
  if (auto refused = objection(at, command, facts)) return std::move(*refused);
  bool const for_another = command.owner != command.person;
  if (for_another && may_approve(*facts.subject) && !facts.approvers->approved)
    return not_alone({.approvers = who_decide(command, facts),
                      .person = command.person,
                      .run = {},
                      .tenant = command.tenant,
                      .what = "a key for " + command.owner.value()});
  return one(
      KeyCreated{.key = facts.next_key, .person = command.person, .row = made(at, command, facts)},
      command.tenant);
}

Outcome decide(Instant at, ClaimKey const& command, Facts const& facts) {
  bool const waits =
      facts.key && facts.key->claim && facts.key->claim->code_sha256 == command.code_sha256 &&
      at < facts.key->claim->expires_at && !facts.key->revoked &&
      (!facts.key->expires_at || at < *facts.key->expires_at) && !facts.subject->removed_at;
  if (!waits) return refuse(no_such_code());
  if (auto why = too_few_named(facts)) return refuse(RefusalCode::conflict, std::move(*why));
  Key row = *facts.key;
  row.claim.reset();
  row.counts_from = at + kNewcomerPeriod;
  row.secret_sha256 = command.secret_sha256;
  TenantId const tenant = row.tenant;
  return one(KeyClaimed{.key = command.key, .row = std::move(row)}, tenant);
}

Outcome decide(Instant at, ShowClaimCode const& command, Facts const& facts) {
  if (!facts.key) return refuse(RefusalCode::not_found, "no such key");
  auto const& claim = facts.key->claim;
  if (!claim) return refuse(RefusalCode::conflict, "this key needs no code: it has its token");
  if (claim->proposer != command.person)
    return refuse(RefusalCode::forbidden,
                  "only " + claim->proposer.value() + ", who proposed the key, may see its code");
  if (facts.key->revoked) return refuse(RefusalCode::conflict, "this key was revoked");
  if (claim->shown)
    return refuse(RefusalCode::conflict,
                  "the code was shown once; if it is lost, revoke the key and create another");
  if (at >= claim->expires_at)
    return refuse(RefusalCode::conflict,
                  "the code expired after 72 h: revoke the key and create another");
  return one(ClaimCodeShown{.key = command.key, .person = command.person}, facts.key->tenant);
}

Outcome decide(Instant, RevokeKey const& command, Facts const& facts) {
  if (!facts.key) return refuse(RefusalCode::not_found, "no such key");
  if (facts.key->revoked) return nothing();
  if (facts.last_admin)
    return refuse(RefusalCode::conflict,
                  "this is the last key that may administer the server, or decide approvals, and "
                  "does not expire: create another first");
  return one(KeyRevoked{.key = command.key, .person = command.person}, facts.key->tenant);
}

void apply(State& state, Header const&, KeyCreated const& event) {
  state.keys.put(event.key, event.row);
  ++state.ledger.keys;
}

void apply(State& state, Header const&, KeyClaimed const& event) {
  state.keys.put(event.key, event.row);
  Person& person = state.people.edit(event.row.person);
  if (!person.counts_from) person.counts_from = event.row.counts_from;
}

void apply(State& state, Header const&, ClaimCodeShown const& event) {
  Key& key = state.keys.edit(event.key);
  TALLY_CHECK(key.claim.has_value(), "the code of a key that needs none");
  key.claim->shown = true;
}

// A key by which its person counts keeps when it ended: that one counts for a while yet
// (who_counts.h).
void apply(State& state, Header const& header, KeyRevoked const& event) {
  Key& key = state.keys.edit(event.key);
  key.revoked = true;
  if (key.claim || !may_sign(key) || !may_approve(state.people.at(key.person))) return;
  if (!key.expires_at || header.at < *key.expires_at) key.expires_at = header.at;
}

}  // namespace tally::domain::directory
