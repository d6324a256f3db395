#include "server/wiring/local_work.h"

#include <algorithm>

#include "api/test_store.h"
#include "ledger/loop_fixture.h"

namespace tally::wiring {
namespace {

using domain::testing::kFixed;
using domain::testing::submission;

TEST(LocalWork, GivesNoWorkOnceItIsToldToStop) {
  ledger::testing::LoopWorld world;
  world.open();
  api::MemoryVault vault;
  ports::testing::MemoryBlobs blobs;
  api::Payloads payloads(
      vault, blobs, [&] { return world.clock.wall(); }, Bytes(32, 1));
  ledger::Reader const reader(world.log, world.index);
  LocalWork work(*world.loop, reader, payloads, world.clock, world.entropy,
                 ports::ErrorReporter<Layer::L7>(), "local", [](std::vector<JobName> const&) {});
  std::vector<std::size_t> got;  // pieces of work, by answer
  auto const ask = [&] {
    work.lease({kFixed}, 1, seconds(20), [&](Result<std::vector<ports::WorkItem>> items) {
      ASSERT_TRUE(items);
      got.push_back(items->size());
    });
    world.settle();
  };
  ask();
  EXPECT_TRUE(got.empty()) << "it waits for work";
  work.stop_leasing();
  EXPECT_EQ(got, (std::vector<std::size_t>{0}));
  world.ask(submission("a"));
  work.work_available(kFixed);
  world.settle();
  ask();
  EXPECT_EQ(got, (std::vector<std::size_t>{0, 0}));
  EXPECT_EQ(std::ranges::count(world.events(), std::string("run.leased")), 0);
}

}  // namespace
}  // namespace tally::wiring
