#include "codec/state_digest.h"
#include "ledger/attest.h"
#include "ledger/loop_fixture.h"
#include "ledger/reader.h"

namespace tally::ledger::testing {
namespace {

struct Opened : LoopWorld {
  Opened() {
    open();
    clock.advance(seconds(1));
    settle();
    orders.clear();
  }
  SignHead last_head() const {
    SignHead last;
    for (Order const& order : orders)
      if (auto const* head = std::get_if<SignHead>(&order)) last = *head;
    return last;
  }
};

TEST(Checkpoints, AreOrderedForEveryHeadButAtMostEvery100Ms) {
  Opened world;
  for (int i = 0; i < 100; ++i) {  // 100 submits in half a second
    world.ask(submission("k" + std::to_string(i), Micros(1000)));
    world.clock.advance(milliseconds(5));
  }
  world.live_through(seconds(1));
  EXPECT_LE(world.count_orders<SignHead>(), 6u);
  EXPECT_GE(world.count_orders<SignHead>(), 5u);
  EXPECT_EQ(static_cast<std::size_t>(world.last_head().size), world.size());
}

TEST(Checkpoints, NameTheRootOfADurableFrameAndItsState) {
  Opened world;
  world.ask(submission("k"));
  SignHead const head = world.last_head();
  EXPECT_EQ(head.root, world.log.frames.back().root_after);
  audit::Fold fold;
  for (ports::LogFrame const& frame : world.log.frames)
    ASSERT_TRUE(fold.frame(audit::testing::read_frame(frame)));
  EXPECT_EQ(head.state_digest, codec::StateDigest::of(fold.state()).hex());
}

TEST(Checkpoints, AreNotOrderedBeforeTheirFrameIsDurable) {
  Opened world;
  world.post(submission("k"));
  world.step();
  EXPECT_EQ(world.count_orders<SignHead>(), 0u);
  world.settle();
  EXPECT_EQ(world.count_orders<SignHead>(), 1u);
}

TEST(Checkpoints, AreNotOrderedForCheckpointsAlone) {
  Opened world;
  world.ask(submission("k"));
  SignHead const head = world.last_head();
  auto const size = world.size();
  world.ask(domain::system::CheckpointSigned{
      .note = "note", .size = head.size, .state_digest = head.state_digest});
  world.live_through(seconds(1800));
  EXPECT_EQ(world.count_orders<SignHead>(), 1u);
  EXPECT_EQ(world.size(), size + 1);
}

// What the state of a snapshot is confirmed by is covered itself.
TEST(Checkpoints, AreReadBackAsTheLastOneAndAsTheLastThatALaterOneCovers) {
  Opened world;
  Reader const reader(world.log, world.index);
  auto const signed_now = [&] {
    SignHead const head = world.last_head();
    world.ask(domain::system::CheckpointSigned{
        .note = "note", .size = head.size, .state_digest = head.state_digest});
    world.clock.advance(seconds(1));
    return head.size;
  };
  world.ask(submission("first"));
  auto const first = signed_now();
  EXPECT_EQ(reader.last_checkpoint()->size, first);
  EXPECT_EQ(covered_checkpoint(reader).error().code, "not_found");
  world.ask(submission("second"));
  auto const second = signed_now();
  EXPECT_EQ(reader.last_checkpoint()->size, second);
  EXPECT_EQ(covered_checkpoint(reader)->size, first);
  for (int i = 0; i < 600; ++i) world.ask(submission("k" + std::to_string(i), Micros(1000)));
  world.clock.advance(seconds(1));
  world.settle();
  signed_now();
  EXPECT_EQ(covered_checkpoint(reader)->size, second);
}

}  // namespace
}  // namespace tally::ledger::testing
