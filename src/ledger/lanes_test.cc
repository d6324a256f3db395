#include "ledger/inbox.h"
#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

LoopOptions narrow(std::size_t lane) {
  LoopOptions options;
  options.lane_requests_max = lane;
  return options;
}

PostStatus fate_of(AwaitedPtr<Answer> const& awaited) {
  return awaited->answer ? awaited->answer->fate : PostStatus::decided;
}

TEST(Lanes, AnswerOverloadedAtOnceWhenFull) {
  LoopWorld world(narrow(16));
  world.open();
  std::vector<AwaitedPtr<Answer>> taken;
  for (int i = 0; i < 16; ++i)
    taken.push_back(world.post(submission(std::to_string(i)), Lane::start));
  auto const over = world.post(submission("over"), Lane::start);
  ASSERT_EQ(over->answers, 1);
  EXPECT_EQ(fate_of(over), PostStatus::overloaded);
  EXPECT_EQ(world.post(submission("other lane"), Lane::finish)->answers, 0);
  world.settle();
  for (auto const& each : taken) EXPECT_EQ(fate_of(each), PostStatus::decided);
  EXPECT_EQ(world.loop->counts().overloaded, 1u);
  EXPECT_EQ(domain::testing::text_of(world.ask(submission("over")).reply), "done");
}

TEST(Lanes, GiveATenantAnEighthAndOthersTheirs) {
  LoopWorld world(narrow(32));
  world.open();
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(world.post(submission(std::to_string(i)), Lane::start, kAcme)->answers, 0);
  EXPECT_EQ(fate_of(world.post(submission("5"), Lane::start, kAcme)), PostStatus::overloaded);
  EXPECT_EQ(world.post(submission("5"), Lane::start, kBeta)->answers, 0);
  EXPECT_EQ(world.post(submission("6"), Lane::finish, kAcme)->answers, 0);
  world.settle();
  EXPECT_EQ(world.post(submission("7"), Lane::start, kAcme)->answers, 0);  // room again
}

TEST(Lanes, TakeFinishBeforeStartAndReadsLast) {
  Inbox inbox(16);
  std::vector<Lane> const arrival{Lane::read, Lane::start, Lane::finish, Lane::control,
                                  Lane::start};
  std::vector<int> served;
  for (std::size_t i = 0; i < arrival.size(); ++i) {
    Inbox::Item item{
        .request = {},
        .question = [&served, i](PostStatus) { served.push_back(static_cast<int>(i)); },
        .tenant = {}};
    EXPECT_EQ(inbox.put(arrival[i], item), Inbox::Put::taken);
  }
  while (auto item = inbox.take()) item->question(PostStatus::decided);
  EXPECT_EQ(served, (std::vector{3, 2, 1, 4, 0}));
  EXPECT_TRUE(inbox.empty());
}

Inbox::Item question(std::string& served, char name, std::string const& tenant = {}) {
  return {.request = {},
          .question = [&served, name](PostStatus) { served.push_back(name); },
          .tenant = TenantId(tenant)};
}

void put(Inbox& inbox, Lane lane, Inbox::Item item) {
  EXPECT_EQ(inbox.put(lane, item), Inbox::Put::taken);
}

TEST(Lanes, LetTenantsTakeTurns) {
  Inbox inbox(4096);
  std::string served;
  for (int i = 0; i < 500; ++i) put(inbox, Lane::start, question(served, 'g', "greedy"));
  put(inbox, Lane::start, question(served, 'v', "victim"));
  put(inbox, Lane::start, question(served, 's'));
  for (int i = 0; i < 4; ++i) inbox.take()->question(PostStatus::decided);
  EXPECT_EQ(served, "gvsg");
}

TEST(Lanes, PassOverNoneForEver) {
  Inbox inbox(4096);
  std::string served;
  for (char const lane : {'c', 's', 'r'})
    put(inbox,
        lane == 'c'   ? Lane::finish
        : lane == 's' ? Lane::start
                      : Lane::read,
        question(served, lane));
  for (int i = 0; i < 1000 && (served.find('s') == served.npos || served.find('r') == served.npos);
       ++i) {
    inbox.take()->question(PostStatus::decided);
    put(inbox, Lane::finish, question(served, 'c'));  // whoever reports never stops
  }
  EXPECT_NE(served.find('s'), served.npos);
  EXPECT_NE(served.find('r'), served.npos);
  EXPECT_GE(served.find('s'), Inbox::kPassedOverMax - 1) << "before that, what ends goes first";
}

TEST(Lanes, CountHeartbeatsAmongTheirTenants) {
  LoopWorld world(narrow(16));
  world.open();
  domain::run::Handle const acme{.fence = 1, .lease = LeaseId(1), .tenant = kAcme};
  domain::run::Handle const beta{.fence = 1, .lease = LeaseId(1), .tenant = kBeta};
  EXPECT_EQ(world.heartbeat(acme)->answers, 0);
  EXPECT_EQ(world.heartbeat(acme)->answers, 0);
  EXPECT_EQ(world.heartbeat(acme)->answers, 1) << "past the tenant's share";
  EXPECT_EQ(world.heartbeat(beta)->answers, 0);
  world.settle();
}

TEST(Lanes, LetACompletionOvertakeSubmitsThatCameBefore) {
  LoopWorld world;
  world.open();
  Leased const leased = world.running("k", kFixed);
  auto const size = world.size();
  world.post(submission("late"), Lane::start);
  world.post(complete(leased.handle), Lane::finish);
  world.settle();
  EXPECT_EQ(world.events(size), (std::vector<std::string>{"run.settled", "run.submitted"}));
}

TEST(Stop, AnswersWhatIsInTheInboxAndCompletesWhatIsInAFrame) {
  LoopWorld world;
  world.open();
  auto const in_frame = world.post(submission("a"));
  world.step();
  auto const in_inbox = world.post(submission("b"));
  auto const question = world.read_budget();
  EXPECT_FALSE(world.loop->idle());
  world.loop->begin_stop();
  EXPECT_EQ(fate_of(in_inbox), PostStatus::stopping);
  EXPECT_EQ(question->answer->fate, PostStatus::stopping);
  EXPECT_EQ(fate_of(world.post(submission("c"))), PostStatus::stopping);
  EXPECT_EQ(in_frame->answers, 0);
  EXPECT_FALSE(world.loop->idle());
  world.settle();
  ASSERT_EQ(in_frame->answers, 1);
  EXPECT_EQ(in_frame->answer->fate, PostStatus::decided);
  EXPECT_TRUE(world.loop->idle());
}

TEST(Stop, TellsLongPollsHowThingsStand) {
  LoopWorld world;
  world.open();
  auto const submitted = world.ask(submission("a"));
  auto const poll = world.read(*submitted.entry->recorded.header.run, seconds(30));
  world.settle();
  world.loop->begin_stop();
  world.settle();
  ASSERT_EQ(poll->answers, 1);
  EXPECT_EQ(poll->answer->row->phase, domain::run::Phase::queued);
}

TEST(Frames, TakeABoundedNumberOfEvents) {
  LoopOptions options;
  options.frame_events_max = 3;
  LoopWorld world(options);
  world.open();
  auto const frames = world.log.frames.size();
  for (int i = 0; i < 10; ++i) world.post(submission(std::to_string(i)));
  world.settle();
  ASSERT_EQ(world.log.frames.size(), frames + 4);
  EXPECT_EQ(world.log.frames[frames].records.size(), 3u);
}

TEST(Frames, ThatAreFullLetTheLoopRestUntilTheWriteIsDone) {
  LoopOptions options;
  options.frame_events_max = 1;
  LoopWorld world(options);
  world.open();
  for (int i = 0; i < 3; ++i) world.post(submission(std::to_string(i)));
  world.step();
  world.step();
  EXPECT_GT(world.step().value(), 0);
  world.settle();
  EXPECT_EQ(world.loop->counts().queue_depth, 3);
}

}  // namespace
}  // namespace tally::ledger::testing
