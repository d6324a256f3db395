#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using enum AccountKind;

Refusal refusal_of(Outcome const& outcome) {
  auto const* refusal = std::get_if<Refusal>(&outcome.reply);
  return refusal == nullptr ? Refusal{} : *refusal;
}

TEST(Submit, HoldsTheCostAndQueuesTheRunInOneEvent) {
  World world;
  auto const outcome = world.ask(submission("k"));
  ASSERT_EQ(text_of(outcome), "run.submitted");
  EXPECT_EQ(world.balance(available), kGrant - kHold);
  EXPECT_EQ(world.balance(held), kHold);
  EXPECT_EQ(world.balance(funding), -kGrant);
  EXPECT_EQ(world.state.queue.depth, 1);
  EXPECT_EQ(world.state.answered.size(), 1u);
  auto const& event = *event_in<run::Events, run::Submitted>(outcome);
  EXPECT_EQ(event.order, run::Order::execute);
  EXPECT_EQ(event.queue_deadline, world.at + kQueueDeadline);
  EXPECT_EQ(event.terms.hash, world.state.jobs.at(kFixed).hash);
}

TEST(Submit, AnswersTheSameKeyAndBodyWithTheFirstAnswer) {
  World world;
  submit(world, "k");
  auto const seq = world.history.back().header.seq;
  auto const again = world.ask(submission("k"));
  EXPECT_TRUE(again.events.empty());
  EXPECT_EQ(again.reply, Reply(Replayed{seq}));
  EXPECT_EQ(world.balance(held), kHold);
}

TEST(Submit, RefusesTheSameKeyWithAnotherBody) {
  World world;
  submit(world, "k");
  auto other = submission("k");
  other.idempotency.fingerprint = sha256(as_bytes("another body"));
  EXPECT_EQ(text_of(world.ask(other)), "idempotency_key_reused");
}

TEST(Submit, RefusesForGoodWhatTheBudgetNeverCovers) {
  World world;
  auto const dear = submission("k", kGrant + Micros(1));
  auto const outcome = world.ask(dear);
  EXPECT_EQ(text_of(outcome), "run.refused");
  EXPECT_EQ(refusal_of(outcome).code, RefusalCode::budget_exceeded);
  EXPECT_EQ(refusal_of(outcome).shortage, (Shortage{.asked = kGrant + Micros(1),
                                                    .available = kGrant,
                                                    .held = Micros(0),
                                                    .limit = kGrant,
                                                    .owed = Micros(0),
                                                    .scope = "tenant:acme",
                                                    .spent = Micros(0)}));
  // A delayed duplicate must not succeed after its caller was told no.
  world.ask(budget::Grant{.amount = kGrant, .person = kAnn, .tenant = kAcme});
  EXPECT_EQ(text_of(world.ask(dear)), "replayed");
  EXPECT_EQ(text_of(world.ask(submission("new", kGrant + Micros(1)))), "run.submitted");
}

TEST(Submit, AsksForPatienceWhereHoldsOccupyTheMoney) {
  World world;
  world.ask(submission("first", kGrant - Micros(10)));
  auto const outcome = world.ask(submission("second", Micros(1000)));
  EXPECT_EQ(text_of(outcome), "budget_held");
  EXPECT_TRUE(refusal_of(outcome).retry_after);
  EXPECT_EQ(refusal_of(outcome).shortage->held, kGrant - Micros(10));
  EXPECT_EQ(world.state.answered.size(), 1u);  // the key is not consumed
}

TEST(Submit, HoldsTheLastMicroAndNotOneMore) {
  World world;
  EXPECT_EQ(text_of(world.ask(submission("all", kGrant))), "run.submitted");
  EXPECT_EQ(world.balance(available), Micros(0));
  auto more = submission("more", Micros(1), kReported);
  EXPECT_EQ(text_of(world.ask(more)), "budget_held");
}

TEST(Submit, TellsInADryRunWhatItWouldDoAndDoesNothing) {
  World world;
  auto dry = submission("k");
  dry.dry_run = true;
  EXPECT_EQ(world.ask(dry).reply, Reply(DryRun{std::nullopt, world.balances()}));
  dry.max_cost = kGrant + Micros(1);
  auto const outcome = world.ask(dry);
  EXPECT_TRUE(outcome.events.empty());
  ASSERT_TRUE(std::holds_alternative<DryRun>(outcome.reply));
  EXPECT_EQ(std::get<DryRun>(outcome.reply).refusal->code, RefusalCode::budget_exceeded);
  EXPECT_EQ(text_of(world.ask(submission("k"))), "run.submitted");
}

TEST(Submit, TakesAParentThatIsALiveRunOfTheSameTenantOnly) {
  World world;
  world.add_tenant(kBeta, kGrant);
  RunId const mine = submit(world, "parent");
  RunId const foreign = submit(world, "parent", kFixed, kBeta);
  auto child = submission("child");
  child.parent = foreign;
  EXPECT_EQ(refusal_of(world.ask(child)).pointer, "/parent_run_id");
  child.parent = RunId(99);
  EXPECT_EQ(refusal_of(world.ask(child)).pointer, "/parent_run_id");
  child.parent = mine;
  EXPECT_EQ(text_of(world.ask(child)), "run.submitted");
  world.ask(run::Cancel{.run = mine, .tenant = kAcme});
  child.idempotency.key = sha256(as_bytes("late"));
  EXPECT_EQ(refusal_of(world.ask(child)).pointer, "/parent_run_id");
}

TEST(Submit, NamesTheMemberThatIsWrong) {
  World world;
  auto pointer = [&](auto change) {
    auto command = submission("k");
    change(command);
    return refusal_of(world.ask(command)).pointer;
  };
  EXPECT_EQ(pointer([](run::Submit& s) { s.job = JobName("no"); }), "/job");
  EXPECT_EQ(pointer([](run::Submit& s) { s.timeout = seconds(31); }), "/timeout_s");
  EXPECT_EQ(pointer([](run::Submit& s) { s.timeout = seconds(0); }), "/timeout_s");
  EXPECT_EQ(pointer([](run::Submit& s) { s.max_cost = Micros(999); }), "/max_cost_usd");
  EXPECT_EQ(pointer([](run::Submit& s) { s.max_cost = Micros(-1); }), "/max_cost_usd");
  EXPECT_EQ(pointer([](run::Submit& s) { s.max_cost = kAmountMax + Micros(1); }), "/max_cost_usd");
  EXPECT_TRUE(world.state.answered.size() == 0);
}

TEST(Submit, ReachesABoundOnLiveRunsThatAnEndedRunFreesAgain) {
  World world;
  set_up(world, setting::kRunsLiveMax, 1);
  RunId const first = submit(world, "a");
  EXPECT_EQ(text_of(world.ask(submission("b"))), "overloaded");
  world.ask(run::Cancel{.run = first, .tenant = kAcme});
  EXPECT_EQ(text_of(world.ask(submission("b"))), "run.submitted");
}

}  // namespace
}  // namespace tally::domain::testing
