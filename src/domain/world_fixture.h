#pragma once

// Test world: a state with a tenant, a plan, two approvers and a few job kinds, and the whole way
// of a command - permit, gather, decide, apply - without a log behind it. After each event every
// invariant must hold. What happened is kept, so that it can be folded and decided again.

#include <gtest/gtest.h>

#include <map>

#include "domain/core.h"
#include "domain/invariants.h"
#include "domain/next_id.h"

namespace tally::domain::testing {

inline TenantId const kAcme("acme");
inline TenantId const kBeta("beta");
inline PersonId const kAnn("ann");           // admin, there from the beginning
inline PersonId const kBob("bob");           // approver, there from the beginning
inline JobName const kFixed("fixed");        // command runner, 1000 micros and 10 a second
inline JobName const kReported("reported");  // worker runner, the work says what it cost
inline constexpr Micros kGrant{1'000'000};
inline constexpr Micros kHold{50'000};
inline constexpr Duration kQueueDeadline = seconds(3600);

// The variant that a command belongs to, around it.
template <class C>
Command to_command(C command) {
  if constexpr (std::is_constructible_v<RunCommand, C>) return RunCommand(std::move(command));
  if constexpr (std::is_constructible_v<BudgetCommand, C>) return BudgetCommand(std::move(command));
  if constexpr (std::is_constructible_v<DirectoryCommand, C>)
    return DirectoryCommand(std::move(command));
  if constexpr (std::is_constructible_v<ModeCommand, C>) return ModeCommand(std::move(command));
  if constexpr (std::is_constructible_v<ApprovalCommand, C>)
    return ApprovalCommand(std::move(command));
  if constexpr (std::is_constructible_v<ChronicleCommand, C>)
    return ChronicleCommand(std::move(command));
  if constexpr (std::is_constructible_v<ErrorCommand, C>) return ErrorCommand(std::move(command));
}

// The event of type E at `index` of an outcome, or null pointer.
template <class Group, class E>
E const* event_in(Outcome const& outcome, std::size_t index = 0) {
  if (index >= outcome.events.size()) return nullptr;
  auto const* group = std::get_if<Group>(&outcome.events[index]);
  return group == nullptr ? nullptr : std::get_if<E>(group);
}

inline std::string text_of(Reply const& reply) {
  if (auto const* refusal = std::get_if<Refusal>(&reply))
    return std::string(name_of(refusal->code));
  constexpr std::array<std::string_view, 5> names{"done", "replayed", "dry_run", "no_work",
                                                  "needs_approval"};
  return std::string(names.at(reply.index()));
}
// "run.settled", "approval.signed+run.settled", or the reply where nothing happened.
inline std::string text_of(Outcome const& outcome) {
  std::string text;
  for (Event const& event : outcome.events) {
    if (!text.empty()) text += '+';
    text += type_of(event).name;
  }
  return text.empty() ? text_of(outcome.reply) : text;
}

inline run::Enclosure enclosure(std::string_view content) {
  return {.blob = {},
          .bytes = static_cast<std::int64_t>(content.size()),
          .digest = sha256(as_bytes(content)).hex(),
          .salt = "00"};
}

inline run::JobKind job_kind(JobName const& name, run::Runner runner, bool reported) {
  run::JobKind job;
  job.attempts_max = 2;
  job.hash = ContentRef(sha256(as_bytes(name.value())));
  job.name = name;
  job.output_bytes_max = 1 << 20;
  job.price.reported = reported;
  if (!reported) job.price.fixed = Micros(1000);
  if (!reported) job.price.per_second = Micros(10);
  job.queue_deadline = kQueueDeadline;
  job.runner = runner;
  job.timeout = seconds(30);
  job.version = "1";
  return job;
}

class World {
 public:
  // `vkey`: of the key that signs checkpoints, where a test has some.
  explicit World(std::string vkey = {}) {
    ask(chronicle::Opened{.format = chronicle::kLedgerFormat,
                          .id_key = IdKey(0x0123456789abcdef),
                          .ledger = LedgerId(7),
                          .origin = "test.example/ledger",
                          .vkey = std::move(vkey)});
    ask(directory::SetPlan{.person = kAnn, .plan = PlanName("unlimited"), .row = {}});
    add_person(kAnn, "admin", PersonId("root"));
    add_person(kBob, "approver", PersonId("root"));
    add_tenant(kAcme, kGrant);
    ask(directory::RegisterJob{job_kind(kFixed, run::Runner::command, false)});
    ask(directory::RegisterJob{job_kind(kReported, run::Runner::worker, true)});
    pass(hours(48));  // nobody is new any more
  }

  template <class C>
  Outcome ask(C command) {
    return take(to_command(std::move(command)));
  }
  // Permit, gather, decide, apply.
  Outcome take(Command const& command) {
    auto const permit = permit_for(state, command, at);
    if (!permit) return refuse(permit.error());
    Moment const moment{.at = at, .lease_expired = lease_expired};
    Facts const facts = gather(state, command, *permit, moment);
    Outcome const outcome = decide(at, command, facts);
    DecisionId const decision = decision_id(state.ledger, state.ledger.seq_next);
    for (std::size_t i = 0; i < outcome.events.size(); ++i) {
      Recorded recorded{.header = header(outcome), .event = outcome.events[i], .snapshot = {}};
      recorded.header.decision = decision;
      if (i == 0) recorded.snapshot = Snapshot{.command = command, .facts = facts};
      apply(state, recorded.header, recorded.event);
      EXPECT_EQ(violated_invariant(state, recorded.header, recorded.event), std::nullopt);
      history.push_back(std::move(recorded));
    }
    return outcome;
  }

  void pass(Duration time) { at = at + time; }
  void add_person(PersonId const& person, std::string const& role, PersonId const& by) {
    ask(directory::AddPerson{.name = "", .person = by, .subject = person, .roles = {role}});
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

}  // namespace tally::domain::testing
