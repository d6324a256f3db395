#include "domain/schedule_fixture.h"

namespace tally::domain::testing {
namespace {

struct Schedules : ::testing::Test {
  Schedules() {
    add_system(world);
    world.at = Instant(1'700'000'000'000'000 / 3'600'000'000 * 3'600'000'000);  // a full hour
    world.pass(hours(100));
    EXPECT_EQ(text_of(set_schedule(world)), "schedule.set");
  }
  schedule::Row const& row() const { return world.state.schedules.at(kNightly); }
  Outcome take_due(Instant began = {}) { return world.take(slot_due(world, began).value()); }
  World world;
};

TEST_F(Schedules, FireWhenTheSlotHasComeAndNotBefore) {
  world.pass(hours(1) - microseconds(1));
  EXPECT_EQ(fire(world), "nothing");
  world.pass(microseconds(1));
  EXPECT_EQ(fire(world), "schedule.fired+run.submitted");
  EXPECT_EQ(row().next, world.at + hours(1));
  EXPECT_EQ(fire(world), "nothing");
}

TEST_F(Schedules, SubmitARunOfTheSystemThatCostsNothing) {
  world.pass(hours(1));
  auto const outcome = take_due();
  auto const* event = event_in<run::Events, run::Submitted>(outcome, 1);
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(outcome.tenant, kSystem);
  EXPECT_TRUE(event->postings.empty());
  EXPECT_FALSE(run::has_input(*event));
  EXPECT_FALSE(world.row(event->run).key);
  EXPECT_EQ(row().run, event->run);
  auto const leased = lease_system(world);
  EXPECT_EQ(leased.run, event->run);
  EXPECT_EQ(text_of(world.ask(run::Start{leased.handle})), "run.started");
  EXPECT_EQ(text_of(world.ask(complete(leased.handle))), "run.settled");
  EXPECT_EQ(world.row(event->run).phase, run::Phase::succeeded);
  EXPECT_EQ(world.balances(kSystem), Balances{});
}

TEST_F(Schedules, SkipASlotWhileTheLastRunLivesAndSayWhy) {
  world.pass(hours(1));
  auto const first = take_due();
  world.pass(hours(1));
  auto const outcome = take_due();
  auto const* skipped = event_in<schedule::Events, schedule::Skipped>(outcome);
  ASSERT_NE(skipped, nullptr);
  EXPECT_EQ(outcome.events.size(), 1u);
  EXPECT_EQ(skipped->reason, schedule::SkipReason::still_running);
  EXPECT_EQ(skipped->run, first.run);
  EXPECT_EQ(skipped->slot, world.at);
  EXPECT_EQ(world.state.tenants.at(kSystem).runs_live, 1);
  auto const leased = lease_system(world);
  world.ask(run::Start{leased.handle});
  world.ask(complete(leased.handle));
  world.pass(hours(1));
  EXPECT_EQ(fire(world), "schedule.fired+run.submitted");
}

// Whoever decides an audit takes as long as that takes.
TEST_F(Schedules, DoNotWaitForARunThatWaitsForPeople) {
  world.pass(hours(1));
  take_due();
  auto const leased = lease_system(world);
  world.ask(run::Start{leased.handle});
  world.ask(lease_due(leased.run));
  EXPECT_EQ(text_of(world.ask(reconcile(leased, run::Receipt::damaged, false))),
            "run.audit_required+mode.changed");
  world.pass(hours(1));
  EXPECT_EQ(fire(world), "schedule.fired+run.submitted");
}

TEST_F(Schedules, SkipASlotOfAJobThatIsNotLoadedAnyMore) {
  world.ask(directory::RetireJob{kSweep});
  world.pass(hours(1));
  auto const outcome = take_due();
  auto const* skipped = event_in<schedule::Events, schedule::Skipped>(outcome);
  ASSERT_NE(skipped, nullptr);
  EXPECT_EQ(skipped->reason, schedule::SkipReason::job_unknown);
}

TEST_F(Schedules, SayWhatWasMissedWhileNobodyDecidedAndThenRunOnce) {
  Instant const due = row().next;
  world.pass(hours(5) + seconds(7));  // slots at 1, 2, 3, 4, 5
  auto const outcome = take_due(world.at);
  EXPECT_EQ(text_of(outcome), "schedule.missed+schedule.fired+run.submitted");
  auto const* missed = event_in<schedule::Events, schedule::Missed>(outcome);
  ASSERT_NE(missed, nullptr);
  EXPECT_EQ(missed->slots, (schedule::Slots{.count = 5, .first = due, .last = due + hours(4)}));
  EXPECT_EQ(row().next, due + hours(5));
  EXPECT_EQ(fire(world), "nothing");
}

TEST_F(Schedules, SayThatOneSlotWasMissedBeforeAStart) {
  world.pass(hours(1) + seconds(7));
  EXPECT_EQ(fire(world, world.at), "schedule.missed+schedule.fired+run.submitted");
}

// The clock stepped, or the loop was held up: the last slot is in time, those before it are not.
TEST_F(Schedules, CountOnlyTheSlotsBeforeTheLastAsMissedWhileTheServerIsUp) {
  Instant const due = row().next;
  world.pass(hours(3));
  auto const outcome = take_due();
  auto const* missed = event_in<schedule::Events, schedule::Missed>(outcome);
  ASSERT_NE(missed, nullptr);
  EXPECT_EQ(missed->slots, (schedule::Slots{.count = 2, .first = due, .last = due + hours(1)}));
}

TEST_F(Schedules, CountDaysByTheCalendar) {
  schedule::Rule const daily{.every = {}, .minute = 180, .zone = "UTC"};
  EXPECT_EQ(text_of(set_schedule(world, daily)), "schedule.set");
  Instant const due = row().next;
  world.at = due + hours(49);
  auto const outcome = take_due(world.at);
  auto const* missed = event_in<schedule::Events, schedule::Missed>(outcome);
  ASSERT_NE(missed, nullptr);
  EXPECT_EQ(missed->slots, (schedule::Slots{.count = 3, .first = due, .last = due + hours(48)}));
  EXPECT_EQ(row().next, due + hours(72));
}

TEST_F(Schedules, RefuseSlotsThatDoNotFollowOnTheRow) {
  world.pass(hours(1));
  schedule::Fire const good =
      std::get<schedule::Fire>(std::get<schedule::Commands>(*slot_due(world)));
  schedule::Fire bad = good;
  bad.next = bad.slot;
  EXPECT_EQ(text_of(world.ask(bad)), "conflict");
  bad = good;
  bad.slot = bad.slot - seconds(1);
  EXPECT_EQ(text_of(world.ask(bad)), "conflict");
  bad = good;
  bad.missed = schedule::Slots{.count = 1, .first = bad.slot - hours(1), .last = bad.slot};
  EXPECT_EQ(text_of(world.ask(bad)), "conflict");
  EXPECT_EQ(text_of(world.ask(good)), "schedule.fired+run.submitted");
  EXPECT_EQ(text_of(world.ask(good)), "done");
}

TEST_F(Schedules, RefuseToPassOverSlotsThatAreNotSaid) {
  world.pass(hours(3));
  auto silent = std::get<schedule::Fire>(std::get<schedule::Commands>(*slot_due(world)));
  ASSERT_TRUE(silent.missed);
  silent.missed.reset();
  EXPECT_EQ(text_of(world.ask(silent)), "conflict");
}

TEST_F(Schedules, AreSetByAnEventOnlyWhereTheyChange) {
  EXPECT_EQ(text_of(set_schedule(world)), "done");
  schedule::Rule const daily{.every = {}, .minute = 180, .zone = "UTC"};
  EXPECT_EQ(text_of(set_schedule(world, daily)), "schedule.set");
  EXPECT_EQ(row().number, 1);
  EXPECT_EQ(world.state.deadlines.of(DueKind::schedule).size(), 1u);
}

TEST_F(Schedules, AreRefusedWhereTheyMakeNoSense) {
  auto const set = [&](JobName const& job, schedule::Rule const& rule, Instant next) {
    return text_of(world.ask(
        schedule::Set{.job = job, .name = ScheduleName("other"), .next = next, .rule = rule}));
  };
  Instant const soon = world.at + hours(1);
  EXPECT_EQ(set(kFixed, kHourly, soon), "validation_error");
  EXPECT_EQ(set(kSweep, {.every = milliseconds(1), .minute = 0, .zone = {}}, soon),
            "validation_error");
  EXPECT_EQ(set(kSweep, {.every = {}, .minute = 1440, .zone = "UTC"}, soon), "validation_error");
  EXPECT_EQ(set(kSweep, {.every = {}, .minute = 0, .zone = {}}, soon), "validation_error");
}

TEST_F(Schedules, StandWhereTheCalendarDoesNotKnowTheZoneAnyMore) {
  schedule::Rule const elsewhere{.every = {}, .minute = 0, .zone = "Europe/Atlantis"};
  world.ask(schedule::Set{
      .job = kSweep, .name = kNightly, .next = world.at + hours(1), .rule = elsewhere});
  world.pass(hours(2));
  EXPECT_EQ(fire(world), "nothing");
}

TEST_F(Schedules, GoOnWhileEverythingIsHalted) {
  force(world, mode::Mode::halt);
  world.pass(hours(1));
  EXPECT_EQ(fire(world), "schedule.fired+run.submitted");
  auto const leased = lease_system(world);
  EXPECT_EQ(text_of(world.ask(run::Start{leased.handle})), "run.started");
  EXPECT_EQ(text_of(world.ask(run::Stop{leased.run})), "done");
  EXPECT_EQ(text_of(world.ask(fail(leased.handle, true))), "run.requeued");
  auto const again = lease_system(world);
  EXPECT_EQ(text_of(world.ask(run::Start{again.handle})), "run.started");
  EXPECT_EQ(text_of(world.ask(lease_due(again.run))), "run.reconciling");
  EXPECT_EQ(text_of(world.ask(reconcile(again, run::Receipt::valid, true))), "run.settled");
}

// The work clock stands still, and a rest would not end.
TEST_F(Schedules, AreLeasedAgainAtOnceAfterALeaseThatWasGivenBack) {
  force(world, mode::Mode::halt);
  world.pass(hours(1));
  take_due();
  auto const leased = lease_system(world);
  EXPECT_EQ(text_of(world.ask(fail(leased.handle, true))), "run.requeued");
  EXPECT_EQ(lease_system(world).run, leased.run);
}

TEST_F(Schedules, AreHeldBackByAModeOfTheTenantItself) {
  world.pass(hours(1));
  take_due();
  force(world, mode::Mode::stop, {.id = kSystem.value(), .kind = mode::ScopeKind::tenant});
  EXPECT_EQ(lease_system(world).run, RunId{});
}

TEST_F(Schedules, KeepTheirKindsFromEverybodyElse) {
  EXPECT_EQ(text_of(world.ask(submission("1", kHold, kSweep))), "unknown_job");
}

}  // namespace
}  // namespace tally::domain::testing
