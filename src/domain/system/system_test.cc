#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

std::string archive(World& world, Instant finished_before, Instant keys_before) {
  return text_of(world.ask(system::ArchiveAdvanced{.finished_before = finished_before,
                                                   .keys_before = keys_before,
                                                   .keys_kept_until = world.at + kKeyAfterRun}));
}

TEST(Archive, ForgetsRunsThatFinishedBeforeAndNoOthers) {
  World world;
  Leased const early = running(world, "early");
  world.ask(complete(early.handle));
  world.pass(seconds(10));
  Leased const late = running(world, "late");
  world.ask(complete(late.handle));
  RunId const live = submit(world, "live");
  auto const before = world.balances();
  EXPECT_EQ(archive(world, world.at, world.at), "archive.advanced");
  EXPECT_EQ(world.state.runs.find(early.run), nullptr);
  EXPECT_NE(world.state.runs.find(late.run), nullptr);
  EXPECT_NE(world.state.runs.find(live), nullptr);
  EXPECT_EQ(world.state.answered.size(), 3u);
  EXPECT_EQ(world.balances(), before);
  EXPECT_EQ(world.state.leases.find(early.handle.lease), nullptr);
  EXPECT_EQ(text_of(world.ask(complete(early.handle))), "lease_lost");
}

TEST(Archive, NeverForgetsALiveRunHoweverOld) {
  World world;
  RunId const run = submit(world, "k");
  world.pass(hours(24 * 365));
  archive(world, world.at, world.at);
  EXPECT_EQ(world.row(run).phase, run::Phase::queued);
}

TEST(Archive, WritesNothingWhereNothingIsToForget) {
  World world;
  submit(world, "k");
  EXPECT_EQ(archive(world, world.at + seconds(1), world.at), "done");
}

TEST(IdempotencyKey, IsNewAgainAtTheEndOfItsLifeAndNotBefore) {
  World world;
  world.ask(submission("k", kGrant + Micros(1)));  // refused for good: lives as long as a yes
  Duration const life = world.state.settings.period(setting::kIdempotencyLife);
  world.pass(life - microseconds(1));
  EXPECT_EQ(text_of(world.ask(submission("k"))), "replayed");
  archive(world, Instant{}, world.at);
  EXPECT_EQ(world.state.answered.size(), 1u);
  world.pass(microseconds(1));
  EXPECT_EQ(text_of(world.ask(submission("k"))), "run.submitted");
  EXPECT_EQ(world.state.answered.size(), 1u);
  EXPECT_EQ(world.state.key_ends.size(), 1u);
}

TEST(IdempotencyKey, LeavesMemoryOnlyAfterItsLife) {
  World world;
  world.ask(run::Cancel{.run = submit(world, "k"), .tenant = kAcme});
  world.pass(world.state.settings.period(setting::kIdempotencyLife));
  EXPECT_EQ(archive(world, Instant{}, world.at), "done");
  world.pass(microseconds(1));
  EXPECT_EQ(archive(world, Instant{}, world.at), "archive.advanced");
  EXPECT_EQ(world.state.answered.size(), 0u);
}

TEST(Ledger, OpensOnceAndRefusesEverythingOfItsOwnBefore) {
  World world;
  EXPECT_EQ(text_of(world.ask(system::Opened{})), "done");
  State empty;
  Command const step = to_command(system::ClockStepped{seconds(1)});
  auto const permit = permit_for(empty, step, Instant{});
  ASSERT_TRUE(permit);
  auto const outcome = decide(Instant{}, step, gather(empty, step, *permit, {}));
  EXPECT_EQ(text_of(outcome), "conflict");
}

TEST(Checkpoints, AreRecordedOnlyWhenLargerThanTheLast) {
  World world;
  auto sign = [&](std::int64_t size) {
    return text_of(
        world.ask(system::CheckpointSigned{.note = "note", .size = size, .state_digest = {}}));
  };
  EXPECT_EQ(sign(5), "checkpoint.signed");
  EXPECT_EQ(sign(5), "done");
  EXPECT_EQ(sign(4), "done");
  EXPECT_EQ(sign(6), "checkpoint.signed");
}

TEST(Ids, OfDifferentKindsAndCountsDiffer) {
  World world;
  std::set<std::uint64_t> ids;
  for (int i = 0; i < 100; ++i) {
    ids.insert(next_run_id(world.state.ledger).value());
    ids.insert(next_lease_id(world.state.ledger).value());
    ids.insert(next_approval_id(world.state.ledger).value());
    ++world.state.ledger.runs;
    ++world.state.ledger.leases;
    ++world.state.ledger.approvals;
  }
  EXPECT_EQ(ids.size(), 300u);
}

}  // namespace
}  // namespace tally::domain::testing
