#include "domain/answers.h"

#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

Keyed<budget::Grant> grant(std::string_view key, Micros amount) {
  Keyed<budget::Grant> command;
  command.amount = amount;
  command.person = kAnn;
  command.tenant = kAcme;
  command.idempotency = {.fingerprint = sha256(as_bytes(format_usd(amount))),
                         .key = sha256(as_bytes(key))};
  return command;
}

Keyed<mode::Set> set_mode(std::string_view key, mode::Mode mode) {
  Keyed<mode::Set> command;
  command.mode = mode;
  command.person = kAnn;
  command.reason = "r";
  command.idempotency = {.fingerprint = sha256(as_bytes(name_of(mode))),
                         .key = sha256(as_bytes(key))};
  return command;
}

void archive(World& world) {
  world.ask(system::ArchiveAdvanced{.finished_before = Instant{},
                                    .keys_before = world.at,
                                    .keys_kept_until = world.at + kKeyAfterRun});
}

TEST(IdempotencyKey, GivesTheSameGrantOnce) {
  World world;
  EXPECT_EQ(text_of(world.ask(grant("k", Micros(7)))), "budget.granted");
  auto const seq = world.history.back().header.seq;
  EXPECT_EQ(world.ask(grant("k", Micros(7))).reply, Reply(Replayed{seq}));
  EXPECT_EQ(world.balance(AccountKind::available), kGrant + Micros(7));
  EXPECT_EQ(text_of(world.ask(grant("k", Micros(8)))), "idempotency_key_reused");
  EXPECT_EQ(text_of(world.ask(grant("another", Micros(7)))), "budget.granted");
}

TEST(IdempotencyKey, StandsOnTheFirstEventOfItsDecisionAlone) {
  World world;
  world.ask(directory::CreateTenant{
      .person = kAnn, .plan = PlanName("unlimited"), .tenant = TenantId("t")});
  world.ask(set_mode("k", mode::Mode::safe));
  EXPECT_TRUE(world.history.back().header.idempotency);
  world.ask(set_mode("l", mode::Mode::stop));
  world.ask(set_mode("m", mode::Mode::normal));
  EXPECT_EQ(world.state.answered.size(), 3u);
}

TEST(IdempotencyKey, IsNotConsumedByARefusalOrWhereNothingChanged) {
  World world;
  EXPECT_EQ(text_of(world.ask(grant("k", Micros(0)))), "validation_error");
  EXPECT_EQ(text_of(world.ask(set_mode("k", mode::Mode::normal))), "done");
  EXPECT_EQ(world.state.answered.size(), 0u);
  EXPECT_EQ(text_of(world.ask(grant("k", Micros(5)))), "budget.granted");
}

TEST(IdempotencyKey, TellsAWaitingApprovalAgainAsWaiting) {
  World world;
  world.ask(set_mode("stop", mode::Mode::stop));
  auto const asked = world.ask(set_mode("k", mode::Mode::normal));
  ASSERT_TRUE(std::holds_alternative<NeedsApproval>(asked.reply));
  EXPECT_EQ(reply_of(world.history.back().event), asked.reply);
  EXPECT_EQ(text_of(world.ask(set_mode("k", mode::Mode::normal))), "replayed");
  EXPECT_EQ(world.state.approvals.size(), 1u);
}

TEST(IdempotencyKey, OutlivesItsPublishedTimeWhileItsRunLives) {
  World world;
  RunId const run = submit(world, "k");
  world.pass(world.state.settings.period(setting::kIdempotencyLife) + hours(24));
  archive(world);
  EXPECT_EQ(text_of(world.ask(submission("k"))), "replayed");
  world.ask(run::Cancel{.run = run, .tenant = kAcme});
  world.pass(kKeyAfterRun - microseconds(1));
  archive(world);
  EXPECT_EQ(text_of(world.ask(submission("k"))), "replayed");
  world.pass(microseconds(1));
  EXPECT_EQ(text_of(world.ask(submission("k"))), "run.submitted");
}

TEST(IdempotencyKey, OfALiveRunIsLookedAtOnceAnHourAndThenForgotten) {
  World world;
  RunId const run = submit(world, "k");
  world.pass(world.state.settings.period(setting::kIdempotencyLife) + microseconds(1));
  archive(world);
  ASSERT_EQ(world.state.key_ends.size(), 1u);
  EXPECT_EQ(world.state.key_ends.begin()->first, world.at + kKeyAfterRun);
  world.ask(run::Cancel{.run = run, .tenant = kAcme});
  world.pass(kKeyAfterRun + microseconds(1));
  archive(world);
  EXPECT_EQ(world.state.answered.size(), 0u);
  EXPECT_EQ(world.state.key_ends.size(), 0u);
}

}  // namespace
}  // namespace tally::domain::testing
