#include "server/wiring/error_recorder.h"

#include "codec/event_codec.h"
#include "ledger/loop_fixture.h"

namespace tally::wiring {
namespace {

using ledger::testing::LoopWorld;

// The errors that the ledger holds, in order.
std::vector<domain::error::Recorded> recorded(LoopWorld const& world) {
  std::vector<domain::error::Recorded> found;
  for (auto const& frame : world.log.frames) {
    for (auto const& record : frame.records) {
      auto const event = codec::decode(record.leaf);
      auto const* group = event ? std::get_if<domain::error::Events>(&event->event) : nullptr;
      if (group != nullptr) found.push_back(std::get<domain::error::Recorded>(*group));
    }
  }
  return found;
}

struct ErrorRecorderTest : ::testing::Test {
  ErrorRecorderTest() { world.open(); }
  void report(std::string type = "io_error", TenantId const& tenant = ledger::testing::kAcme) {
    ports::ErrorReport report;
    report.tenant = tenant;
    report.exception_type = std::move(type);
    report.message = "it broke";
    reporter.report<ErrorClass::infra_storage>(std::move(report));
  }
  void step() {
    recorder.step(*world.loop);
    world.settle();
  }
  LoopWorld world;
  int told = 0;
  std::string internal;
  ErrorRecorder recorder{world.clock, world.entropy,
                     ErrorRecorderOptions{.quiet = seconds(60),
                                          .singly_max = 3,
                                          .kinds_max = 8,
                                          .waiting_max = 16,
                                          .told = [this](ErrorNotice const& one) {
                                            ++told;
                                            internal = one.internal;
                                          }}};
  ports::ErrorReporter<Layer::L6> reporter{&recorder, "disk"};
};

TEST_F(ErrorRecorderTest, RecordsAnErrorWithItsLayerClassAndTrace) {
  ports::ErrorReport report;
  report.trace.correlation = *parse_correlation_id("0af7651916cd43dd8448eb211c80319c");
  report.trace.parent = *parse_span_id("b7ad6b7169203331");
  report.message = "a sector could not be read";
  report.exception_type = "io_error";
  report.chain = {{"cause", "EIO"}};
  reporter.report<ErrorClass::infra_storage>(report);
  step();
  auto const errors = recorded(world);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].layer, Layer::L6);
  EXPECT_EQ(errors[0].error_class, ErrorClass::infra_storage);
  EXPECT_EQ(errors[0].component, "disk");
  EXPECT_EQ(errors[0].chain.at(0).message, "EIO");
  EXPECT_EQ(errors[0].parent_span, report.trace.parent);
  EXPECT_EQ(world.index.first_of(ledger::key_of(report.trace.correlation), 0, 2)->size(), 1u);
}

TEST_F(ErrorRecorderTest, LeavesNoErrorWithoutACorrelation) {
  report();
  step();
  auto const event = codec::decode(world.log.frames.back().records.back().leaf);
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->header.correlation.has_value());
}

TEST_F(ErrorRecorderTest, RecordsAFewOneByOneAndCountsTheRest) {
  for (int i = 0; i < 1'000; ++i) report();
  step();
  ASSERT_EQ(recorded(world).size(), 3u);
  for (auto const& error : recorded(world)) EXPECT_EQ(error.repeats, 0);
  EXPECT_EQ(told, 1'000);
  world.clock.advance(seconds(60));
  step();
  ASSERT_EQ(recorded(world).size(), 4u);
  EXPECT_EQ(recorded(world)[3].repeats, 996);  // three, this one, and 996 more: 1,000 in all
  world.clock.advance(seconds(600));
  step();
  EXPECT_EQ(recorded(world).size(), 4u);
}

TEST_F(ErrorRecorderTest, CountsEachTenantForItself) {
  for (int i = 0; i < 10; ++i) report("io_error", ledger::testing::kAcme);
  for (int i = 0; i < 5; ++i) report("io_error", ledger::testing::kBeta);
  recorder.flush(*world.loop);
  world.settle();
  std::map<TenantId, std::int64_t> counts;
  for (auto const& error : recorded(world)) counts[*error.subject] += 1 + error.repeats;
  EXPECT_EQ(counts[ledger::testing::kAcme], 10);
  EXPECT_EQ(counts[ledger::testing::kBeta], 5);
}

TEST_F(ErrorRecorderTest, LosesNothingOfItAtACleanEnd) {
  for (int i = 0; i < 50; ++i) report();
  recorder.flush(*world.loop);
  world.settle();
  std::int64_t count = 0;
  for (auto const& error : recorded(world)) count += 1 + error.repeats;
  EXPECT_EQ(count, 50);
}

TEST_F(ErrorRecorderTest, CountsWhatAStoppingLoopDoesNotTake) {
  world.loop->begin_stop();
  report();
  step();
  EXPECT_EQ(recorder.dropped(), 1u);
}

TEST_F(ErrorRecorderTest, TellsOnlyTheLogWhatOnlyWeMayKnow) {
  auto report =
      ports::report_of(Error{"io_error", "cannot be read", "/srv/data/blobs/ab: errno 5"});
  reporter.report<ErrorClass::infra_storage>(std::move(report));
  step();
  EXPECT_EQ(internal, "/srv/data/blobs/ab: errno 5");
  for (auto const& frame : world.log.frames)
    for (auto const& record : frame.records)
      EXPECT_EQ(as_text(record.leaf).find("/srv/data"), std::string_view::npos);
}

TEST_F(ErrorRecorderTest, KeepsSecretsOutOfEveryMember) {
  std::string const canary = "canary-5ecret-9d1f";
  ports::ErrorReport report;
  report.message = "token=" + canary;
  report.chain = {{"cause", "Bearer " + canary}};
  report.context = {{"password", "short"}, {"path", canary}};
  reporter.report<ErrorClass::system_internal>(report);
  step();
  for (auto const& frame : world.log.frames) {
    for (auto const& record : frame.records) {
      EXPECT_EQ(as_text(record.leaf).find(canary), std::string_view::npos);
      EXPECT_EQ(as_text(record.leaf).find("short"), std::string_view::npos);
    }
  }
  EXPECT_EQ(recorded(world).size(), 1u);
}

TEST_F(ErrorRecorderTest, ShortensWhatIsTooLongForARecord) {
  ports::ErrorReport report;
  report.message = std::string(10'000, 'x');
  report.chain.assign(50, {"cause", std::string(10'000, 'y')});
  for (int i = 0; i < 100; ++i) report.context["k" + std::to_string(i)] = std::string(999, 'z');
  reporter.report<ErrorClass::system_internal>(report);
  step();
  ASSERT_EQ(recorded(world).size(), 1u);
  EXPECT_EQ(recorded(world)[0].chain.size(), domain::error::kCausesMax);
}

TEST_F(ErrorRecorderTest, ForgetsTheOldestKindAndLosesNoCount) {
  for (int kind = 0; kind < 20; ++kind) {
    report("kind_" + std::to_string(kind));
    report("kind_" + std::to_string(kind));
    step();
  }
  world.clock.advance(seconds(60));
  step();
  std::int64_t count = 0;
  for (auto const& error : recorded(world)) count += 1 + error.repeats;
  EXPECT_EQ(count, 40);
  EXPECT_EQ(recorder.dropped(), 0u);
}

TEST_F(ErrorRecorderTest, CountsWhatFindsNoPlace) {
  for (int kind = 0; kind < 100; ++kind) report("kind_" + std::to_string(kind));
  step();
  EXPECT_EQ(recorded(world).size() + recorder.dropped(), 100u);
  EXPECT_GT(recorder.dropped(), 0u);
}

}  // namespace
}  // namespace tally::wiring
