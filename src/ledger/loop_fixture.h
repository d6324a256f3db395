#pragma once

// Test world of the loop: the real one, over a clock and a log that the test moves by hand.

#include <gtest/gtest.h>

#include "audit/frame_fixture.h"
#include "domain/run_fixture.h"
#include "ledger/awaited_fixture.h"
#include "ledger/hand_ports_fixture.h"
#include "ledger/loop_start.h"

namespace tally::ledger::testing {

using namespace domain::testing;  // commands and names of the domain's test world

class LoopWorld {
 public:
  explicit LoopWorld(LoopOptions the_options = {}) : options(the_options) { begin({}); }

  // A fresh ledger with tenants acme and beta, ann and bob, and the two job kinds.
  void open() {
    post(domain::system::Opened{.format = domain::system::kLedgerFormat,
                                .id_key = IdKey(0x0123456789abcdef),
                                .ledger = LedgerId(7),
                                .origin = "test.example/ledger",
                                .vkey = {}});
    post(domain::directory::SetPlan{.person = kAnn, .plan = PlanName("unlimited"), .row = {}});
    for (PersonId const& person : {kAnn, kBob})
      post(domain::directory::AddPerson{
          .name = "", .person = kAnn, .subject = person, .roles = {"admin"}});
    for (TenantId const& tenant : {kAcme, kBeta}) {
      post(domain::directory::CreateTenant{
          .person = kAnn, .plan = PlanName("unlimited"), .tenant = tenant});
      post(domain::budget::Grant{.amount = kGrant, .person = kAnn, .tenant = tenant});
    }
    register_job(job_kind(kFixed, domain::run::Runner::command, false), hours(1));
    register_job(job_kind(kReported, domain::run::Runner::worker, true), hours(1));
    settle();
    let_bob_count();
    orders.clear();
  }

  // Bob claims a key that ann made for him, and a day passes.
  void let_bob_count() {
    post(key_to_claim(kBob, "code"));
    settle();
    auto const directory = loop->directory();
    ASSERT_EQ(directory->unclaimed.size(), 1u);
    post(domain::directory::ClaimKey{.code_sha256 = sha256(as_bytes("code")),
                                     .key = directory->unclaimed.begin()->second.id,
                                     .secret_sha256 = sha256(as_bytes("tk_bob"))});
    settle();
    clock.advance(domain::kNewcomerPeriod);
    settle();
  }

  // `time`: that one attempt may take.
  void register_job(domain::run::JobKind job, Duration time) {
    job.timeout = time;
    post(domain::directory::RegisterJob{std::move(job)});
  }

  template <class C>
  AwaitedPtr<Answer> post(C command, Lane lane = Lane::control, TenantId tenant = {}) {
    auto awaited = std::make_shared<Awaited<Answer>>();
    Origin origin;
    origin.actor = "test";
    origin.tenant = std::move(tenant);
    auto const key = domain::testing::key_of(command);
    loop->post(lane, {.command = to_command(std::move(command)),
                      .enclosure = {},
                      .idempotency = key,
                      .origin = std::move(origin),
                      .done = receiver(awaited)});
    return awaited;
  }
  // Posts, settles, and returns the answer.
  template <class C>
  Answer ask(C command) {
    auto const awaited = post(std::move(command));
    settle();
    EXPECT_EQ(awaited->answers, 1);
    return awaited->answer.value_or(Answer{});
  }
  AwaitedPtr<RunReading> read(RunId run, Duration wait = {}, TenantId const& tenant = kAcme) {
    auto awaited = std::make_shared<Awaited<RunReading>>();
    loop->read_run(tenant, run, wait, receiver(awaited));
    return awaited;
  }
  AwaitedPtr<BudgetReading> read_budget(TenantId const& tenant = kAcme) {
    auto awaited = std::make_shared<Awaited<BudgetReading>>();
    loop->read_budget(tenant, receiver(awaited));
    return awaited;
  }
  AwaitedPtr<Heartbeat> heartbeat(domain::run::Handle const& handle) {
    auto awaited = std::make_shared<Awaited<Heartbeat>>();
    loop->heartbeat(handle, receiver(awaited));
    return awaited;
  }

  Duration step() { return loop->step(); }
  // Steps and lets writes become durable until nothing is left to do now.
  void settle() {
    for (int i = 0; i < 10'000; ++i) {
      Duration const idle = loop->step();
      if (log.pending())
        log.finish();
      else if (idle.value() > 0)
        return;
    }
    ADD_FAILURE() << "the loop does not come to rest";
  }
  // Moves the clock as the loop asks for it, up to `time` from now. Returns how often it stepped.
  int live_through(Duration time) {
    Instant const end = clock.wall() + time;
    int steps = 0;
    for (settle(); clock.wall() < end; settle(), ++steps) {
      Duration const idle = std::max(loop->step(), microseconds(1));
      clock.advance(std::min(idle, end - clock.wall()));
    }
    return steps;
  }
  // The process ends; a new one folds what was durable.
  void restart() {
    loop.reset();
    log.forget_pending();
    audit::Fold fold;
    for (ports::LogFrame const& frame : log.frames) {
      auto const folded = fold.frame(audit::testing::read_frame(frame));
      ASSERT_TRUE(folded) << folded.error().detail;
    }
    begin({.state = std::move(fold.state()), .tree = std::move(fold.tree()), .epoch = 2});
  }

  // Submitted, leased and started.
  Leased running(std::string_view key, JobName const& job, TenantId const& tenant = kAcme) {
    ask(submission(key, kHold, job, tenant));
    Leased const leased = lease(job);
    ask(domain::run::Start{leased.handle});
    return leased;
  }
  Leased lease(JobName const& job) {
    auto const answer = ask(domain::run::Lease{.jobs = {job}, .tenant = {}, .worker = "w"});
    EXPECT_TRUE(answer.row && answer.row->lease);
    return {answer.entry->recorded.header.run.value_or(RunId{}),
            {.fence = answer.row->fence, .lease = *answer.row->lease, .tenant = {}}};
  }

  domain::run::Row row(RunId run) {
    auto const reading = read(run, {}, tenant_of(run));
    settle();
    return *reading->answer->row;
  }
  domain::run::Phase phase(RunId run) { return row(run).phase; }
  // Types of the durable events, from `from` on.
  std::vector<std::string> events(std::size_t from = 0) const {
    std::vector<std::string> names;
    for (std::int64_t seq = static_cast<std::int64_t>(from); seq < index.size(); ++seq)
      names.emplace_back(domain::type_of(index.recent(seq)->recorded.event).name);
    return names;
  }
  std::size_t size() const { return static_cast<std::size_t>(index.size()); }
  template <class O>
  std::size_t count_orders() const {
    std::size_t count = 0;
    for (Order const& order : orders)
      if (std::holds_alternative<O>(order)) ++count;
    return count;
  }

  LoopOptions options;
  HandClock clock;
  SeededEntropy entropy;
  HeldLog log;
  Index index;
  std::vector<Order> orders;
  std::vector<std::string> failures;
  std::unique_ptr<Loop> loop;

 private:
  void begin(Loop::Start start) {
    Loop::World world{
        .clock = clock,
        .entropy = entropy,
        .store = log,
        .index = index,
        .wake = [] {},
        .order = [this](Order order) { orders.push_back(std::move(order)); },
        .on_failure = [this](std::string why) { failures.push_back(std::move(why)); }};
    loop = std::make_unique<Loop>(std::move(start), std::move(world), options);
  }
  TenantId tenant_of(RunId run) const {
    auto const seqs = index.of_run(run);
    if (!seqs || seqs->empty()) return kAcme;
    return *index.recent(seqs->front())->recorded.header.tenant;
  }
};

}  // namespace tally::ledger::testing
