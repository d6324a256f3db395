#pragma once

// Test workload: random commands of every kind, sensible and senseless, from a seed, with a naive
// keeper of accounts beside them.

#include "base/prng.h"
#include "domain/purses_fixture.h"
#include "domain/schedule_fixture.h"

namespace tally::domain::testing {

class Workload {
 public:
  explicit Workload(std::uint64_t seed, std::string vkey = {})
      : world(std::move(vkey)), random_(seed) {
    purses.grant(kAcme, kGrant);
    world.add_tenant(kBeta, kGrant);
    purses.grant(kBeta, kGrant);
    add_system(world);
    set_schedule(world, {.every = seconds(600), .minute = 0, .zone = {}});
  }

  // One random command, and what it should have done to the money.
  void step() {
    world.pass(microseconds(one_of({0, 1, 1000, 1'000'000, 60'000'000})));
    come_due();
    world.lease_expired = random_.chance(700);
    auto const what = random_.below(19);
    if (what < 4) return submit_one();
    if (what < 6) return lease_one();
    Leased const leased = any_lease();
    if (what < 8) return follow(world.ask(run::Start{leased.handle}));
    if (what < 10) return follow(world.ask(complete(leased.handle, "42", any_measure())));
    bool const heads = random_.chance(700);
    if (what < 11) return follow(world.ask(fail(leased.handle, heads, any_code(), any_measure())));
    if (what < 12)
      return follow(world.ask(run::Cancel{.run = leased.run, .tenant = heads ? kAcme : kBeta}));
    if (what < 13) return deadline();
    if (what < 14) return follow(world.ask(reconcile(leased, any_receipt(), heads)));
    if (what < 16) return approvals_and_modes();
    if (what < 17) return record_error();
    if (what < 18) return change_plan();
    archive_or_grant();
  }

  World world;
  Purses purses;

 private:
  std::int64_t one_of(std::vector<std::int64_t> const& values) {
    return values[random_.below(values.size())];
  }
  // Mostly a late one, whose worker still may have something to say.
  Leased any_lease() {
    if (leases_.empty()) return {};
    std::size_t const late = random_.chance(700) ? 6 : leases_.size();
    std::size_t const back = random_.below(std::min(leases_.size(), late));
    Leased leased = leases_[leases_.size() - 1 - back];
    if (random_.chance(50)) ++leased.handle.fence;
    return leased;
  }
  // A run in memory; an even number of chances for each.
  RunId any_run() {
    auto const runs = world.state.runs.in_order();
    return runs.empty() ? RunId{} : runs[random_.below(runs.size())].first;
  }
  run::Measured any_measure() {
    std::optional<Micros> reported;
    if (random_.chance(800)) reported = Micros(one_of({-1, 0, 1, 40'000, 60'000, 900'000}));
    return measured(seconds(one_of({0, 1, 30})), reported);
  }
  std::string any_code() {
    constexpr std::array<char const*, 7> kCodes{"cost_not_reported",
                                                "cost_not_reported",
                                                "killed",
                                                "cost_limit",
                                                "stopped",
                                                "broke",
                                                "broke"};
    return kCodes[random_.below(kCodes.size())];
  }
  run::Receipt any_receipt() { return all_of(run::Receipt{})[random_.below(3)]; }

  void submit_one() {
    TenantId const tenant = random_.chance(500) ? kAcme : kBeta;
    auto command = submission("k" + std::to_string(random_.below(100'000)),
                              Micros(one_of({0, 1, 1000, 50'000, 400'000, 5'000'000})),
                              random_.chance(500) ? kFixed : kReported, tenant);
    command.dry_run = random_.chance(100);
    Micros const open = purses.available(tenant);
    Micros const enough = open + purses.held(tenant);
    auto const outcome = world.ask(command);
    std::string const what = text_of(outcome);
    bool const owes = purses.owed(tenant) > Micros(0);
    EXPECT_TRUE(what != "run.submitted" || (command.max_cost <= open && !owes));
    EXPECT_TRUE(what != "budget_held" || (command.max_cost > open && command.max_cost <= enough));
    EXPECT_TRUE(what != "run.refused" || command.max_cost > enough || owes);
    if (what == "run.submitted") purses.hold(tenant, *outcome.run, command.max_cost);
  }
  // A run of the server's own is over at once.
  void come_due() {
    auto const slot = slot_due(world);
    if (!slot) return;
    world.take(*slot);
    Leased const leased = lease_system(world);
    world.ask(run::Start{leased.handle});
    world.ask(complete(leased.handle));
  }
  void lease_one() {
    if (auto const leased = lease(world)) leases_.push_back(*leased);
  }
  void deadline() {
    auto const& queue = world.state.deadlines.of(DueKind::queue);
    auto const& limits = world.state.deadlines.of(DueKind::limit);
    if (!queue.empty() && random_.chance(400))
      follow(world.ask(queue_due(RunId(queue.begin()->second))));
    else if (!limits.empty() && random_.chance(400))
      follow(
          world.ask(run::Due{.kind = run::DueKind::limit, .run = RunId(limits.begin()->second)}));
    else if (random_.chance(200))
      follow(world.ask(run::Stop{any_lease().run}));
    else
      follow(world.ask(lease_due(random_.chance(500) ? any_lease().run : any_run())));
  }
  // Nobody leaves a mode in force for long, so that there is work to do.
  void approvals_and_modes() {
    auto const open = world.state.approvals.in_order();
    if (!open.empty() && random_.chance(700)) {
      ApprovalId const approval = open.front().first;
      if (random_.chance(100)) return follow(world.ask(approval::Expire{approval}));
      return follow(world.ask(approval::Sign{.approval = approval, .person = anybody()}));
    }
    if (auto const modes = world.state.modes.in_order(); !modes.empty()) {
      auto const [scope, row] = modes.front();
      if (row.safe_until) world.at = std::max(world.at, *row.safe_until);
      return set_mode(scope, row.mode == mode::Mode::halt ? mode::Mode::safe : mode::Mode::normal);
    }
    if (random_.chance(700)) {
      Micros const charge(one_of({0, 7, 90'000}));
      return follow(world.ask(resolution(any_run(), charge, anybody())));
    }
    mode::Scope scope;
    if (random_.chance(600)) scope = {.id = "acme", .kind = mode::ScopeKind::tenant};
    set_mode(scope, all_of(mode::Mode{})[random_.chance(50) ? 3 : 1 + random_.below(2)]);
  }
  void set_mode(mode::Scope const& scope, mode::Mode mode) {
    follow(world.ask(mode::Set{.mode = mode, .person = anybody(), .reason = "d", .scope = scope}));
  }
  // Of any class by any layer: what breaks the lock is refused.
  void record_error() {
    error::Recorded error;
    error.component = "workload";
    error.error_class = all_of(ErrorClass{})[random_.below(all_of(ErrorClass{}).size())];
    error.layer = all_of(Layer{})[random_.below(all_of(Layer{}).size())];
    if (random_.chance(500)) error.subject = random_.chance(800) ? kAcme : TenantId("nobody");
    bool const lawful = may_emit(error.layer, error.error_class);
    EXPECT_EQ(text_of(world.ask(error)), lawful ? "error.recorded" : "validation_error");
  }
  PersonId anybody() { return random_.chance(500) ? kAnn : kBob; }
  void archive_or_grant() {
    if (random_.chance(700)) {
      world.ask(system::ArchiveAdvanced{.finished_before = world.at - hours(1),
                                        .keys_before = world.at,
                                        .keys_kept_until = world.at + kKeyAfterRun});
      return;
    }
    TenantId const tenant = random_.chance(500) ? kAcme : kBeta;
    if (random_.chance(300)) return withdraw_from(tenant);
    Micros const amount(one_of({1, 100'000, 1'000'000}));
    budget::Grant const grant{.amount = amount, .person = kAnn, .tenant = tenant};
    if (text_of(world.ask(grant)) == "budget.granted") purses.grant(tenant, grant.amount);
  }
  void withdraw_from(TenantId const& tenant) {
    Micros const open = purses.available(tenant);
    Micros const amount(one_of({1, 10'000, open.value() + 1}));
    budget::Withdraw const withdraw{.amount = amount, .person = kAnn, .tenant = tenant};
    std::string const what = text_of(world.ask(withdraw));
    std::string_view const wanted = withdraw.amount <= open ? "budget.withdrawn" : "conflict";
    EXPECT_TRUE(what == wanted || what == "halted") << what;
    if (what == "budget.withdrawn") purses.withdraw(tenant, withdraw.amount);
  }
  // What a cost above a hold does from now on; mostly it counts.
  void change_plan() {
    directory::Plan plan;
    if (random_.chance(300)) plan.overrun = all_of(OverrunRule{})[random_.below(3)];
    if (random_.chance(200)) plan.overrun_believed_max = Micros(one_of({0, 20'000, 500'000}));
    world.ask(directory::SetPlan{.person = kAnn, .plan = PlanName("unlimited"), .row = plan});
  }
  void follow(Outcome const& outcome) {
    for (std::size_t i = 0; i < outcome.events.size(); ++i)
      if (auto const* event = event_in<run::Events, run::Settled>(outcome, i))
        purses.end(event->run, event->charge.cost,
                   world.state.plans.at(PlanName("unlimited")).overrun);
  }

  Prng random_;
  std::vector<Leased> leases_;
};

}  // namespace tally::domain::testing
