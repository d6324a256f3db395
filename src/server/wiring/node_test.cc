// A whole server without threads, on a clock that the test moves.

#include "server/wiring/node.h"

#include <stdexcept>

#include "api/test_store.h"
#include "audit/ledger_fixture.h"
#include "workers/command_worker_fixture.h"

namespace tally::wiring {
namespace {

// Nobody asks it for days.
class HandCalendar final : public ports::Calendar {
 public:
  Result<Instant> next_after(ports::Recurrence const& rule, Instant at) const override {
    return ports::slot_after(rule.every, at);
  }
};

class NotarySigner final : public ports::Signer {
 public:
  ports::PublicKey public_key() const override { return notary_.key.public_key(); }
  Result<ports::Signature> sign(ByteView message) override { return notary_.key.sign(message); }

 private:
  audit::testing::Notary notary_;
};

using Names = std::vector<std::string>;

class HandNode {
 public:
  ~HandNode() { close(); }

  // Attests so often.
  void open(Duration period) {
    NodeOptions options;
    options.log.segment_bytes = {256u << 10};
    options.api.pepper = Bytes(32, 1);
    options.build = "test";
    options.operator_key_sha256 = sha256(as_bytes("tk_operator"));
    options.schedules = {attest_every(period)};
    auto opened = Node::open({.clock = clock,
                              .calendar = calendar_,
                              .entropy = entropy_,
                              .disk = disk_,
                              .derived = derived_,
                              .signer = signer_,
                              .vault = vault_,
                              .blobs = blobs_,
                              .runner = runner_,
                              .receipts = receipts_,
                              .executor = executor_,
                              .wake_loop = [] {},
                              .wake_log = [] {},
                              .wake_worker = [] {},
                              .on_failure = [](Error const& why) { ADD_FAILURE() << why.detail; }},
                             std::move(options));
    ASSERT_TRUE(opened) << opened.error().detail;
    node = std::move(*opened);
    settle();
    ASSERT_TRUE(node->started());
    ASSERT_TRUE(node->start_fault()) << node->start_fault().error().detail;
  }
  void close() {
    executor_.waiting.clear();
    node.reset();
  }
  void attest_by(std::function<Result<std::string>()> pass) {
    node->serve_system(
        {{JobName(std::string(kAttestJob)),
          [pass = std::move(pass)](std::function<bool()> const&) { return pass(); }}});
    settle();
  }
  void live_through(Duration time) {
    clock.advance(time);
    settle();
  }
  // Types of the events of schedules and runs so far.
  Names events() const {
    Names names;
    for (std::int64_t seq = 0; seq < node->index().size(); ++seq) {
      auto const entry = node->reader().entry(seq);
      if (!entry) throw std::runtime_error(entry.error().detail);
      std::string name(domain::type_of(entry->recorded.event).name);
      if (name.starts_with("schedule.") || name.starts_with("run."))
        names.push_back(std::move(name));
    }
    return names;
  }

  ports::testing::HandClock clock;
  std::unique_ptr<Node> node;

 private:
  // More rounds than anything here takes.
  void settle() {
    for (int round = 0; round < 200; ++round) {
      node->step_loop();
      node->write_log();
      node->step_worker();
      executor_.step();
    }
  }

  HandCalendar calendar_;
  api::SeededEntropy entropy_;
  ports::testing::MemoryDisk disk_;
  ports::testing::MemoryDisk derived_;
  NotarySigner signer_;
  api::MemoryVault vault_;
  ports::testing::MemoryBlobs blobs_;
  workers::FakeRunner runner_;
  workers::MemoryReceipts receipts_;
  api::HandExecutor executor_;
};

TEST(Node, ThatStopsLeasesNothingMoreAndFiresNoSlot) {
  HandNode hand;
  hand.open(seconds(1));
  hand.attest_by([&]() -> Result<std::string> {
    hand.node->stop_leasing();  // while the pass is under way
    return fail("stopped", "the server stops");
  });
  hand.live_through(seconds(1));
  hand.live_through(seconds(5));
  Names const stopped{"schedule.set", "schedule.fired", "run.submitted",
                      "run.leased",   "run.started",    "run.requeued"};
  EXPECT_EQ(hand.events(), stopped);
  hand.close();
  hand.open(seconds(1));
  hand.attest_by([]() -> Result<std::string> { return R"({"ok":true})"; });
  EXPECT_EQ(hand.events().back(), "run.settled") << "the run waited for the next start";
}

TEST(Node, RunsWhatWasMissedBeforeItsStartSetsAnotherRule) {
  HandNode hand;
  hand.open(seconds(2));
  hand.close();
  hand.clock.advance(seconds(8));
  hand.open(seconds(3));
  EXPECT_EQ(hand.events(), (Names{"schedule.set", "schedule.missed", "schedule.fired",
                                  "run.submitted", "schedule.set"}));
}

TEST(Node, SetsNoOtherRuleBeforeItsSlotsAndSaysWhatWasMissedOnce) {
  HandNode hand;
  hand.open(seconds(20));
  hand.close();
  hand.open(seconds(10));
  EXPECT_EQ(hand.events(), (Names{"schedule.set", "schedule.set"})) << "nothing was due";
  hand.close();
  hand.clock.advance(seconds(60));
  hand.open(seconds(10));
  EXPECT_EQ(hand.events(), (Names{"schedule.set", "schedule.set", "schedule.missed",
                                  "schedule.fired", "run.submitted"}));
}

}  // namespace
}  // namespace tally::wiring
