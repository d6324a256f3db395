#include "ledger/waits.h"

#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

using domain::run::Phase;

struct Opened : LoopWorld {
  explicit Opened(LoopOptions the_options = {}) : LoopWorld(the_options) { open(); }
};

TEST(LongPoll, AnswersWhenTheEndOfTheRunIsDurable) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  auto const poll = world.read(leased.run, seconds(30));
  world.settle();
  EXPECT_EQ(poll->answers, 0);
  world.post(complete(leased.handle));
  world.step();
  EXPECT_EQ(poll->answers, 0);
  world.settle();
  ASSERT_EQ(poll->answers, 1);
  EXPECT_EQ(poll->answer->row->phase, Phase::succeeded);
}

TEST(LongPoll, BegunBetweenDecisionAndDurabilityWaitsForTheLatter) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  world.post(complete(leased.handle));
  world.step();
  auto const poll = world.read(leased.run, seconds(30));
  world.step();
  EXPECT_EQ(poll->answers, 0);
  world.settle();
  ASSERT_EQ(poll->answers, 1);
  EXPECT_EQ(poll->answer->row->phase, Phase::succeeded);
}

TEST(LongPoll, EndsAtItsTimeOutWithTheRunAsItIs) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  auto const poll = world.read(leased.run, seconds(30));
  world.settle();
  world.clock.advance(seconds(30) - microseconds(1));
  world.settle();
  EXPECT_EQ(poll->answers, 0);
  world.clock.advance(microseconds(1));
  world.settle();
  ASSERT_EQ(poll->answers, 1);
  EXPECT_EQ(poll->answer->row->phase, Phase::running);
}

TEST(LongPoll, IsAnsweredAtOnceForAnEndedOrUnknownOrForeignRun) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  world.ask(complete(leased.handle));
  auto const ended = world.read(leased.run, seconds(30));
  auto const unknown = world.read(RunId(1), seconds(30));
  auto const foreign = world.read(leased.run, seconds(30), kBeta);
  world.settle();
  EXPECT_TRUE(ended->answer->row);
  EXPECT_FALSE(unknown->answer->row);
  EXPECT_FALSE(foreign->answer->row);
}

TEST(LongPoll, IsBoundedInNumber) {
  LoopOptions options;
  options.waiters_max = 2 * Waits::kTenantShare;  // two of one tenant
  Opened world(options);
  Leased const leased = world.running("k", kFixed);
  auto const first = world.read(leased.run, seconds(30));
  auto const second = world.read(leased.run, seconds(20));
  auto const third = world.read(leased.run, seconds(30));
  world.settle();
  EXPECT_EQ(first->answers + second->answers, 0);
  ASSERT_EQ(third->answers, 1);
  EXPECT_EQ(third->answer->row->phase, Phase::running);
  world.clock.advance(seconds(20));
  world.settle();
  EXPECT_EQ(second->answers, 1);
  auto const fourth = world.read(leased.run, seconds(30));
  world.settle();
  EXPECT_EQ(fourth->answers, 0);
}

TEST(Waits, TakesThoseOfOneRunAndLeavesTheOthers) {
  Waits waits;
  std::vector<int> answered;
  auto add = [&](std::uint64_t run, std::int64_t until, int name) {
    Waits::Done done = [&answered, name](RunReading const&) { answered.push_back(name); };
    EXPECT_TRUE(waits.add(kAcme, RunId(run), Instant(until), 100, done));
  };
  add(1, 30, 1);
  add(2, 10, 2);
  add(1, 20, 3);
  EXPECT_EQ(waits.next(), Instant(10));
  for (auto& done : waits.take(RunId(1))) done({});
  EXPECT_EQ(answered, (std::vector{1, 3}));
  EXPECT_EQ(waits.size(), 1u);
  EXPECT_TRUE(waits.take_over(Instant(9)).empty());
  for (auto& ended : waits.take_over(Instant(10))) ended.done({});
  EXPECT_EQ(answered.back(), 2);
  EXPECT_EQ(waits.next(), std::nullopt);
}

TEST(Waits, GiveATenantAnEighthOfThePlacesAndOthersTheirs) {
  Waits waits;
  auto add = [&](TenantId const& tenant, std::uint64_t run) {
    Waits::Done done = [](RunReading const&) {};
    bool const added = waits.add(tenant, RunId(run), Instant(30), 16, done);
    EXPECT_EQ(done == nullptr, added);
    return added;
  };
  EXPECT_TRUE(add(kAcme, 1));
  EXPECT_TRUE(add(kAcme, 2));
  EXPECT_FALSE(add(kAcme, 3));
  EXPECT_TRUE(add(kBeta, 4));
  EXPECT_EQ(waits.take(RunId(1)).size(), 1u);
  EXPECT_TRUE(add(kAcme, 5));
  EXPECT_EQ(waits.take_over(Instant(30)).size(), 3u);
  EXPECT_TRUE(add(kAcme, 6));
  EXPECT_TRUE(add(kAcme, 7));
}

TEST(LongPoll, PastATenantsShareIsAnsweredAtOnce) {
  LoopOptions options;
  options.waiters_max = 8;
  LoopWorld world(options);
  world.open();
  auto const run = *world.ask(submission("k")).entry->recorded.header.run;
  auto const kept = world.read(run, seconds(30));
  auto const over = world.read(run, seconds(30));
  world.settle();
  EXPECT_EQ(kept->answers, 0);
  ASSERT_EQ(over->answers, 1);
  EXPECT_EQ(over->answer->row->phase, domain::run::Phase::queued);
}

}  // namespace
}  // namespace tally::ledger::testing
