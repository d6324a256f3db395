// Durable before visible: what the loop says, to whom, and when.

#include <set>
#include <thread>

#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

using ports::AppendOutcome;

struct Opened : LoopWorld {
  Opened() { open(); }
};

TEST(Loop, AnswersNothingBeforeTheFrameIsDurable) {
  Opened world;
  auto const submitted = world.post(submission("k"));
  auto const again = world.post(submission("k"));
  world.step();
  ASSERT_TRUE(world.log.pending());
  world.step();
  EXPECT_EQ(submitted->answers + again->answers, 0);
  EXPECT_EQ(world.orders.size(), 0u);
  auto const size = world.size();
  world.log.finish();
  EXPECT_EQ(submitted->answers, 0);  // the loop has not heard yet
  world.step();
  ASSERT_EQ(submitted->answers, 1);
  EXPECT_EQ(submitted->answer->fate, PostStatus::decided);
  EXPECT_EQ(again->answer->reply, domain::Reply(domain::Replayed{static_cast<std::int64_t>(size)}));
  EXPECT_EQ(world.size(), size + 1);
  EXPECT_EQ(world.count_orders<WorkWaits>(), 1u);
}

TEST(Loop, KeepsOnlyThePayloadsThatAnEventNames) {
  Opened world;
  auto const beside = [&](Keyed<domain::run::Submit> const& submit) {
    world.loop->post(Lane::start,
                     {.command = to_command(submit),
                      .enclosure = to_bytes("sealed"),
                      .origin = {.actor = "test", .correlation = {}, .span = {}, .tenant = {}},
                      .done = [](Answer) {}});
    world.settle();
    return world.log.frames.back().records.front().enclosure;
  };
  EXPECT_EQ(beside(submission("accepted")), to_bytes("sealed"));
  EXPECT_EQ(beside(submission("refused", kGrant + kGrant)), Bytes());  // its event names no input
  EXPECT_EQ(world.events().back(), "run.refused");
}

TEST(Loop, SaysInItsAnswerWhatIsInTheLedger) {
  Opened world;
  auto const answer = world.ask(submission("k"));
  ASSERT_TRUE(answer.entry && answer.balances);
  EXPECT_FALSE(answer.row);  // it stands in the event
  EXPECT_EQ(answer.run, answer.entry->recorded.header.run);
  EXPECT_EQ(answer.balances->of(domain::AccountKind::held), kHold);
  auto const seq = static_cast<std::size_t>(answer.entry->recorded.header.seq);
  auto const stored = world.log.read(seq, 1);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->front().leaf, answer.entry->leaf);
}

// Entropy is drawn for 256 events at a time; the draws join without a repetition.
TEST(Loop, GivesEachEventASaltOfItsOwn) {
  Opened world;
  for (int i = 0; i < 600; ++i) world.ask(submission("k" + std::to_string(i), Micros(1)));
  std::set<std::array<std::uint8_t, 16>> salts;
  for (std::size_t seq = 0; seq < world.size(); ++seq)
    salts.insert(world.index.recent(static_cast<std::int64_t>(seq))->recorded.header.salt);
  EXPECT_EQ(salts.size(), world.size());
}

TEST(Loop, LetsReadsWaitForWhatTheySaw) {
  Opened world;
  auto const submitted = world.post(submission("k"));
  world.step();
  RunId const run = domain::testing::World().ask(submission("k")).run.value_or(RunId{});
  auto const reading = world.read(run);
  auto const budget = world.read_budget();
  world.step();
  EXPECT_EQ(reading->answers + budget->answers, 0);
  world.settle();
  ASSERT_EQ(reading->answers + budget->answers, 2);
  EXPECT_TRUE(reading->answer->row);
  EXPECT_EQ(budget->answer->tenant->balances.of(domain::AccountKind::held), kHold);
}

TEST(Loop, FillsTheNextFrameWhileOneIsBeingWritten) {
  Opened world;
  world.post(submission("a"));
  world.step();
  world.post(submission("b"));
  world.post(submission("c"));
  world.step();
  auto const frames = world.log.frames.size();
  world.settle();
  ASSERT_EQ(world.log.frames.size(), frames + 2);
  EXPECT_EQ(world.log.frames.back().records.size(), 2u);
}

TEST(Loop, AnswersUnknownToAllInFlightWhenAWriteFails) {
  for (AppendOutcome const outcome :
       {AppendOutcome::unknown, AppendOutcome::fenced, AppendOutcome::conflict}) {
    Opened world;
    auto const written = world.post(submission("a"));
    world.step();
    auto const decided = world.post(submission("b"));
    auto const reading = world.read_budget();
    world.step();
    auto const waiting = world.post(submission("c"));
    world.log.finish(outcome);
    world.step();
    for (auto const& each : {written, decided, waiting}) {
      ASSERT_EQ(each->answers, 1);
      EXPECT_EQ(each->answer->fate, PostStatus::unknown);
      EXPECT_EQ(each->answer->entry, nullptr);
      EXPECT_FALSE(each->answer->balances);
    }
    EXPECT_EQ(reading->answer->fate, PostStatus::unknown);
    EXPECT_FALSE(reading->answer->tenant);
    EXPECT_EQ(world.failures.size(), 1u);
    auto const late = world.post(submission("d"));
    EXPECT_EQ(late->answer->fate, PostStatus::stopping);
    world.step();
    EXPECT_FALSE(world.log.pending());
    EXPECT_EQ(world.failures.size(), 1u);
  }
}

TEST(Loop, AnswersUnknownToLongPollsWhenAWriteFails) {
  Opened world;
  auto const submitted = world.ask(submission("a"));
  auto const poll = world.read(*submitted.entry->recorded.header.run, seconds(30));
  world.settle();
  world.post(submission("b"));
  world.step();
  world.log.finish(AppendOutcome::unknown);
  world.step();
  ASSERT_EQ(poll->answers, 1);
  EXPECT_EQ(poll->answer->fate, PostStatus::unknown);
}

TEST(Loop, SwapsTheDirectoryOnlyAfterDurability) {
  Opened world;
  auto const before = world.loop->directory();
  world.post(domain::directory::CreateTenant{
      .person = kAnn, .plan = PlanName("unlimited"), .tenant = TenantId("new")});
  world.step();
  EXPECT_EQ(world.loop->directory(), before);
  world.settle();
  EXPECT_TRUE(world.loop->directory()->tenants.contains(TenantId("new")));
  EXPECT_FALSE(before->tenants.contains(TenantId("new")));
}

TEST(Loop, KeepsTheDirectoryWhereAFrameChangedNothingOfIt) {
  Opened world;
  auto const before = world.loop->directory();
  world.ask(submission("k"));
  EXPECT_EQ(world.loop->directory(), before);
}

TEST(Loop, WritesOneEventForRacersOnOneKey) {
  Opened world;
  constexpr int kRacers = 64;
  constexpr int kThreads = 4;
  auto const before = world.size();
  std::vector<AwaitedPtr<Answer>> answers(kRacers);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = static_cast<std::size_t>(t); i < kRacers; i += kThreads)
        answers[i] = world.post(submission("k"), Lane::start, kAcme);
    });
  }
  for (std::thread& thread : threads) thread.join();
  world.settle();
  EXPECT_EQ(world.size(), before + 1);
  int first = 0;
  for (auto const& each : answers) {
    ASSERT_EQ(each->answers, 1);
    if (each->answer->entry) ++first;
    auto const* replay = std::get_if<domain::Replayed>(&each->answer->reply);
    EXPECT_TRUE(each->answer->entry || replay != nullptr);
    EXPECT_EQ(replay == nullptr ? std::int64_t(before) : replay->seq, std::int64_t(before));
  }
  EXPECT_EQ(first, 1);
}

TEST(Loop, LetsRacersForTheLastMoneyNeverOverspend) {
  Opened world;
  std::vector<AwaitedPtr<Answer>> answers;
  for (int i = 0; i < 64; ++i)
    answers.push_back(world.post(submission(std::to_string(i)), Lane::start, kAcme));
  world.settle();
  std::map<std::string, int> outcomes;
  for (auto const& each : answers) ++outcomes[domain::testing::text_of(each->answer->reply)];
  EXPECT_EQ(outcomes, (std::map<std::string, int>{{"done", 20}, {"budget_held", 44}}));
}

}  // namespace
}  // namespace tally::ledger::testing
