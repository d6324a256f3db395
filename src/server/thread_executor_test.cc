#include "server/thread_executor.h"

#include <gtest/gtest.h>

#include <latch>
#include <semaphore>
#include <set>

#include "base/mutex.h"
#include "platform/http_peer_fixture.h"
#include "server/running_server_fixture.h"

namespace tally::server {
namespace {

using ports::TaskLane;
using testing::RunningServer;

constexpr std::size_t kManyTasks = 10'000;

ports::ExecutorLimits with_long_reads() {
  ports::ExecutorLimits limits = ports::kLaneLimits;
  limits[static_cast<std::size_t>(TaskLane::read)] = {
      .threads = 1, .waiting_max = kManyTasks, .of_owner_max = kManyTasks};
  return limits;
}

// Fills the lane of reads: one task stands at a gate on the lane's thread, the others wait.
class FullLane {
 public:
  explicit FullLane(ports::Executor& executor) : executor_(executor) {
    EXPECT_TRUE(executor_.run(TaskLane::read, {.owner = "first", .run = [state = state_] {
                                                 state->note();
                                                 state->begun.count_down();
                                                 state->gate.wait();
                                               }}));
    state_->begun.wait();
    for (std::size_t i = 0; i < kManyTasks; ++i)
      EXPECT_TRUE(put("tenant" + std::to_string(i % 7)));
  }
  ~FullLane() { open(); }
  FullLane(FullLane const&) = delete;
  FullLane& operator=(FullLane const&) = delete;

  bool put(std::string owner) {
    return executor_.run(TaskLane::read, {.owner = std::move(owner), .run = [state = state_] {
                                            state->note();
                                            state->ended.release();
                                          }});
  }
  // Lets all that wait run to their end.
  void open() {
    if (std::exchange(is_open_, true)) return;
    state_->gate.count_down();
    for (std::size_t i = 0; i < kManyTasks; ++i) state_->ended.acquire();
  }
  std::size_t ran() const {
    return state_->ran.with([](Ran const& ran) { return ran.tasks; });
  }
  std::set<std::thread::id> threads() const {
    return state_->ran.with([](Ran const& ran) { return ran.threads; });
  }

 private:
  struct Ran {
    std::size_t tasks = 0;
    std::set<std::thread::id> threads;
  };
  // Shared with the tasks: the last of them may still be on its way out when all have ended.
  struct State {
    void note() {
      ran.with([](Ran& so_far) {
        ++so_far.tasks;
        so_far.threads.insert(std::this_thread::get_id());
      });
    }
    std::latch begun{1};
    std::latch gate{1};
    std::counting_semaphore<> ended{0};
    Mutex<Ran> ran;
  };

  ports::Executor& executor_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
  bool is_open_ = false;
};

std::string get(RunningServer const& server, std::string const& path) {
  return platform::TestPeer(server.port())
      .send("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
            std::string(testing::kToken) + "\r\nConnection: close\r\n\r\n")
      .response();
}

TEST(ThreadExecutor, RunsNothingOnTheThreadThatBringsIt) {
  ThreadExecutor executor(with_long_reads());
  executor.start();
  FullLane lane(executor);
  EXPECT_FALSE(lane.put("one more"));
  EXPECT_EQ(lane.ran(), 1u) << "only the one at the gate";
  EXPECT_EQ(executor.count(TaskLane::read).waiting, kManyTasks);
  EXPECT_EQ(executor.count(TaskLane::read).refused, 1u);
  lane.open();
  EXPECT_EQ(lane.ran(), kManyTasks + 1);
  EXPECT_EQ(lane.threads().size(), 1u);
  EXPECT_FALSE(lane.threads().contains(std::this_thread::get_id()));
}

TEST(ThreadExecutor, LetsNoLaneWaitForAnother) {
  ThreadExecutor executor(with_long_reads());
  executor.start();
  FullLane const lane(executor);
  for (std::size_t i = 0; i < ports::kTaskLanes; ++i) {
    auto const other = static_cast<TaskLane>(i);
    if (other == TaskLane::read) continue;
    auto const ran = std::make_shared<std::latch>(1);
    EXPECT_TRUE(executor.run(other, {.owner = "other", .run = [ran] { ran->count_down(); }}));
    ran->wait();
  }
}

TEST(ThreadExecutor, DropsWhatWaitsAtItsEndAndRefusesWhatComes) {
  ThreadExecutor executor;
  auto const held = std::make_shared<int>(0);
  EXPECT_TRUE(executor.run(TaskLane::read, {.owner = "a", .run = [held] { ++*held; }}));
  EXPECT_EQ(held.use_count(), 2);
  executor.stop();
  EXPECT_EQ(held.use_count(), 1) << "what the task holds is let go";
  EXPECT_EQ(*held, 0);
  EXPECT_FALSE(executor.run(TaskLane::read, {.owner = "a", .run = [] {}}));
}

TEST(ServerWithAFullLane, RefusesTheNextAtOnceAndAnswersProbes) {
  RunningServer server(with_long_reads());
  FullLane lane(server.threads.executor());
  auto const refused = get(server, "/v1/runs");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
  EXPECT_NE(refused.find("\r\nretry-after: 1\r\n"), std::string::npos) << refused;
  EXPECT_NE(refused.find(R"("code":"overloaded")"), std::string::npos) << refused;
  EXPECT_TRUE(get(server, "/readyz").starts_with("HTTP/1.1 200 "));
  auto const metrics = get(server, "/metrics");
  EXPECT_NE(metrics.find("\ntally_task_lane_depth{lane=\"read\"} 10000\n"), std::string::npos);
  EXPECT_TRUE(get(server, "/v1/events").starts_with("HTTP/1.1 200 ")) << "in another lane";
  EXPECT_EQ(lane.ran(), 1u);
}

// A task that comes from the loop's thread, as every wait for a run brings it.
TEST(ServerWithAFullLane, RunsNoneOfItsTasksOnTheLoopsThread) {
  RunningServer server(with_long_reads());
  FullLane lane(server.threads.executor());
  auto const answered = std::make_shared<std::latch>(1);
  bool taken = true;
  std::thread::id loop;
  server.node->loop().read_budget(TenantId("default"), [&, answered](ledger::BudgetReading) {
    loop = std::this_thread::get_id();
    taken = lane.put("of the loop");
    answered->count_down();
  });
  answered->wait();
  EXPECT_FALSE(taken);
  EXPECT_EQ(lane.ran(), 1u);
  lane.open();
  EXPECT_FALSE(lane.threads().contains(loop));
  EXPECT_TRUE(get(server, "/v1/runs").starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace tally::server
