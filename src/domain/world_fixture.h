#pragma once

// Test world: a state with a tenant, a plan, two approvers and a few job kinds, and the whole way
// of a command - permit, gather, decide, apply - without a log behind it. After each event every
// invariant must hold. What happened is kept, so that it can be folded and decided again.

#include <gtest/gtest.h>

#include "domain/answers.h"
#include "domain/core.h"
#include "domain/granted.h"
#include "domain/invariants.h"
#include "domain/next_id.h"
#include "domain/words_fixture.h"

namespace tally::domain::testing {

class World {
 public:
  // `vkey`: of the key that signs checkpoints, where a test has some.
  explicit World(std::string vkey = {}) {
    ask(system::Opened{.format = system::kLedgerFormat,
                       .id_key = IdKey(0x0123456789abcdef),
                       .ledger = LedgerId(7),
                       .origin = "test.example/ledger",
                       .vkey = std::move(vkey)});
    ask(directory::SetPlan{.person = kAnn, .plan = PlanName("unlimited"), .row = {}});
    add_person(kAnn, "admin", kAnn);
    add_tenant(kAcme, kGrant);
    add_approver(kBob);
    ask(directory::RegisterJob{job_kind(kFixed, run::Runner::command, false)});
    ask(directory::RegisterJob{job_kind(kReported, run::Runner::worker, true)});
    pass(hours(48));  // nobody is new any more
  }

  template <class C>
  Outcome ask(C command) {
    auto const key = key_of(command);
    return take(to_command(std::move(command)), key);
  }
  // Earlier answer, permit, gather, decide, apply.
  Outcome take(Command const& command, std::optional<IdempotencyKey> const& key = std::nullopt) {
    auto const earlier = key ? earlier_answer(state, *key, at) : std::nullopt;
    if (earlier) return {.events = {}, .reply = *earlier, .run = {}, .tenant = {}};
    auto const permit = permit_for(state, command, at);
    if (!permit) return refuse(permit.error());
    Moment const moment{.at = at, .lease_expired = lease_expired};
    Facts const facts = gather(state, command, *permit, moment);
    Outcome outcome = decide(at, command, facts);
    auto const* granted = std::get_if<Granted>(&outcome.reply);
    if (granted == nullptr) {
      record(command, facts, outcome, key);
      return outcome;
    }
    auto const after = after_grant(state, command, facts, *granted, at);
    if (after.not_now) return refuse(*after.refusal);
    record(command, facts, outcome);
    Outcome second = take(after.next, after.refusal ? std::nullopt : key);
    // Both decisions, one after the other.
    std::ranges::move(second.events, std::back_inserter(outcome.events));
    outcome.reply = after.refusal ? Reply(*after.refusal) : second.reply;
    if (second.run) outcome.run = second.run;
    return outcome;
  }
  // Applies one decision, event by event.
  void record(Command const& command, Facts const& facts, Outcome const& outcome,
              std::optional<IdempotencyKey> const& key = std::nullopt) {
    DecisionId const decision = decision_id(state.ledger, state.ledger.seq_next);
    for (std::size_t i = 0; i < outcome.events.size(); ++i) {
      Recorded recorded{.header = header(outcome), .event = outcome.events[i], .snapshot = {}};
      recorded.header.decision = decision;
      if (i == 0) recorded.snapshot = Snapshot{.command = command, .facts = facts};
      if (i == 0 && key) {
        recorded.header.idempotency =
            Answered{.expires_at = at + state.settings.period(setting::kIdempotencyLife),
                     .fingerprint = key->fingerprint,
                     .key = key->key};
      }
      apply(state, recorded.header, recorded.event);
      EXPECT_EQ(violated_invariant(state, recorded.header, recorded.event), std::nullopt);
      history.push_back(std::move(recorded));
    }
  }

  void pass(Duration time) { at = at + time; }
  void add_person(PersonId const& person, std::string const& role, PersonId const& by) {
    agree(ask(directory::AddPerson{.name = "", .person = by, .subject = person, .roles = {role}}));
  }
  // Of those who have a say: with a key that they claimed. They count a day later.
  void add_approver(PersonId const& person, std::string const& role = "approver") {
    add_person(person, role, kAnn);
    claim(agree(make_key_for(person)), "code of " + person.value());
  }
  // Bob signs what waits for him.
  Outcome agree(Outcome const& proposed) {
    auto const* waits = std::get_if<NeedsApproval>(&proposed.reply);
    return waits == nullptr ? proposed
                            : ask(approval::Sign{.approval = waits->approval, .person = kBob});
  }
  // A key for another person; its code is "code of PERSON".
  Outcome make_key_for(PersonId const& owner, PersonId const& by = kAnn,
                       std::set<std::string> scopes = {"approve"}) {
    return ask(key_to_claim(owner, "code of " + owner.value(), by, std::move(scopes)));
  }
  Outcome claim(Outcome const& created, std::string const& code) {
    for (std::size_t i = 0; i < created.events.size(); ++i)
      if (auto const* made = event_in<directory::Events, directory::KeyCreated>(created, i))
        return claim(made->key, code);
    return refuse(RefusalCode::not_found, "no key was made");
  }
  Outcome claim(KeyId key, std::string const& code) {
    return ask(directory::ClaimKey{.code_sha256 = sha256(as_bytes(code)),
                                   .key = key,
                                   .secret_sha256 = sha256(as_bytes("tk_" + code))});
  }
  void add_tenant(TenantId const& tenant, Micros grant) {
    ask(directory::CreateTenant{.person = kAnn, .plan = PlanName("unlimited"), .tenant = tenant});
    ask(budget::Grant{.amount = grant, .person = kAnn, .tenant = tenant});
  }
  Balances const& balances(TenantId const& tenant = kAcme) const {
    return state.tenants.at(tenant).balances;
  }
  Micros balance(AccountKind kind) const { return balances().of(kind); }
  run::Row const& row(RunId run) const { return state.runs.at(run); }

  State state;
  Instant at{1'700'000'000'000'000};
  bool lease_expired = true;  // what the liveness table would say
  std::vector<Recorded> history;

 private:
  Header header(Outcome const& outcome) const {
    Header header;
    header.actor = "test";
    header.at = at;
    header.ledger = LedgerId(7);
    header.run = outcome.run;
    header.seq = state.ledger.seq_next;
    header.tenant = outcome.tenant;
    directory::Tenant const* tenant =
        outcome.tenant ? state.tenants.find(*outcome.tenant) : nullptr;
    header.tenant_seq = tenant == nullptr ? 0 : tenant->seq_next;
    return header;
  }
};

// What a start with that value in its configuration file asks.
inline system::ChangeSettings file_with(Setting const& setting, std::int64_t value) {
  return {.asked_with = {},
          .person = {},
          .reason = "configuration file",
          .values = {{std::string(setting.name), value}}};
}
inline system::ChangeSettings quorum_of(std::int64_t people) {
  return {.asked_with = {},
          .person = kAnn,
          .reason = "another number of us",
          .values = {{std::string(setting::kQuorum.name), people}}};
}
// By the configuration file, and where that takes an approval, by ann and bob.
inline void set_up(World& world, Setting const& setting, std::int64_t value) {
  auto const outcome = world.ask(file_with(setting, value));
  auto const* proposed = std::get_if<NeedsApproval>(&outcome.reply);
  if (proposed == nullptr) return;
  for (PersonId const& person : {kAnn, kBob})
    world.ask(approval::Sign{.approval = proposed->approval, .person = person});
}

}  // namespace tally::domain::testing
