#include "domain/run/outcomes.h"
#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using enum AccountKind;
using run::Phase;

TEST(Work, ChargesWhatItCostAndReleasesTheRest) {
  World world;
  Leased const leased = running(world, "k");
  EXPECT_EQ(text_of(world.ask(complete(leased.handle))), "run.settled");
  EXPECT_EQ(world.balance(spent), Micros(1020));  // 1000 and two seconds at 10
  EXPECT_EQ(world.balance(held), Micros(0));
  EXPECT_EQ(world.balance(available), kGrant - Micros(1020));
  EXPECT_EQ(world.row(leased.run).sandbox, "bubblewrap");
}

TEST(Work, AnswersARepeatedCompletionAsTheFirst) {
  World world;
  Leased const leased = running(world, "k");
  auto const first = world.ask(complete(leased.handle));
  auto const again = world.ask(complete(leased.handle));
  EXPECT_EQ(again.reply, first.reply);
  EXPECT_TRUE(again.events.empty());
  EXPECT_EQ(text_of(world.ask(complete(leased.handle, "43"))), "lease_lost");
  EXPECT_EQ(world.balance(spent), Micros(1020));
}

TEST(Work, AnswersARepeatedReportAsTheFirstAlsoWhereAnAuditFollowed) {
  World world;
  Leased const silent = running(world, "k", kReported);
  Leased const failed = running(world, "l", kReported);
  EXPECT_EQ(text_of(world.ask(complete(silent.handle))), "run.audit_required+mode.changed");
  EXPECT_EQ(text_of(world.ask(complete(silent.handle))), "done");
  EXPECT_EQ(text_of(world.ask(fail(failed.handle, false, "cost_not_reported"))),
            "run.audit_required");
  EXPECT_EQ(text_of(world.ask(fail(failed.handle, false, "cost_not_reported"))), "done");
}

TEST(Work, ThatSaysNoCostIsAuditedWithWhatItsWorkerSaid) {
  World world;
  Leased const leased = running(world, "k", kReported);
  auto report = fail(leased.handle, false, "cost_not_reported");
  report.detail = "the receipt says {}";
  world.ask(report);
  for (auto const& recorded : world.history)
    if (auto const* group = std::get_if<run::Events>(&recorded.event))
      if (auto const* audit = std::get_if<run::AuditRequired>(group)) {
        EXPECT_EQ(audit->detail, "the receipt says {}");
        return;
      }
  FAIL() << "there is no audit";
}

TEST(Work, OfAStaleFenceIsRefusedEverywhere) {
  World world;
  Leased const first = running(world, "k", kReported);
  world.ask(fail(first.handle, true));
  auto const second = lease(world);
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  run::Handle older = second->handle;
  --older.fence;
  run::Handle newer = second->handle;
  ++newer.fence;
  run::Handle foreign = second->handle;
  foreign.tenant = kBeta;
  for (run::Handle const& stale : {first.handle, older, newer, foreign}) {
    EXPECT_EQ(text_of(world.ask(run::Start{stale})), "lease_lost");
    EXPECT_EQ(text_of(world.ask(complete(stale))), "lease_lost");
    EXPECT_EQ(text_of(world.ask(fail(stale, false))), "lease_lost");
  }
  EXPECT_EQ(world.row(first.run).phase, Phase::running);
  Leased old = *second;
  --old.handle.fence;
  EXPECT_EQ(text_of(world.ask(reconcile(old, run::Receipt::valid, true))), "done");
}

TEST(Work, IsTriedAgainAsOftenAsItsJobAllowsUnderOneHold) {
  World world;
  Leased const first = running(world, "k", kReported);
  world.ask(fail(first.handle, true, "exit_nonzero", measured(seconds(1), Micros(300))));
  EXPECT_EQ(world.row(first.run).phase, Phase::queued);
  EXPECT_EQ(world.balance(held), kHold);
  auto const second = lease(world);
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  EXPECT_EQ(world.row(first.run).attempt, 2);
  world.ask(fail(second->handle, true, "exit_nonzero", measured(seconds(1), Micros(400))));
  EXPECT_EQ(world.row(first.run).phase, Phase::failed);
  EXPECT_EQ(world.row(first.run).charge->cost, Micros(700));
  EXPECT_EQ(world.balance(spent), Micros(700));
}

TEST(Work, ThatFailsPaysTheMinimumFeeUnlessTheFaultIsOurs) {
  World world;
  auto kind = job_kind(kFixed, run::Runner::command, false);
  kind.price.minimum_fee = {.cap = Micros(500), .floor = Micros(100), .ppm = 0};
  world.ask(directory::RegisterJob{kind});
  auto cost_after = [&](std::string const& key, std::string const& code) {
    Leased const leased = running(world, key);
    world.ask(fail(leased.handle, false, code));
    return world.row(leased.run).charge->cost;
  };
  EXPECT_EQ(cost_after("theirs", "exit_nonzero"), Micros(100));
  for (auto ours : {"sandbox_failed", "killed", "job_unknown", "receipt_not_durable"})
    EXPECT_EQ(cost_after(ours, ours), Micros(0)) << ours;
}

TEST(Work, ThatLostItsWorkerIsReconciledFromItsReceipt) {
  World world;
  Leased const leased = running(world, "k");
  EXPECT_EQ(text_of(world.ask(lease_due(leased.run))), "run.reconciling");
  EXPECT_EQ(text_of(world.ask(reconcile(leased, run::Receipt::valid, true))), "run.settled");
  EXPECT_EQ(world.row(leased.run).phase, Phase::succeeded);
  EXPECT_EQ(world.balance(spent), Micros(1020));
  EXPECT_EQ(text_of(world.ask(reconcile(leased, run::Receipt::valid, true))), "done");
}

TEST(Work, WithoutAReceiptIsTriedAgainAndFailsAtNoCharge) {
  World world;
  Leased first = running(world, "k");
  world.ask(lease_due(first.run));
  EXPECT_EQ(text_of(world.ask(reconcile(first, run::Receipt::none, false))), "run.requeued");
  auto const second = lease(world);
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  world.ask(lease_due(second->run));
  EXPECT_EQ(text_of(world.ask(reconcile(*second, run::Receipt::none, false))), "run.settled");
  EXPECT_EQ(world.row(first.run).error_code, "worker_lost");
  EXPECT_EQ(world.balance(spent), Micros(0));
  EXPECT_EQ(world.balance(available), kGrant);
}

TEST(Work, ThatEndedWithTheServerSaysSoAndDoesNotBlameAWorker) {
  World world;
  Leased const first = running(world, "k");
  run::Due const ended{.kind = run::DueKind::process, .run = first.run};
  EXPECT_EQ(text_of(world.ask(ended)), "run.reconciling");
  EXPECT_EQ(world.row(first.run).reason, run::kServerEnded);
  world.ask(reconcile(first, run::Receipt::none, false));
  auto const second = lease(world);
  ASSERT_TRUE(second);
  world.ask(run::Start{second->handle});
  world.ask(ended);
  world.ask(reconcile(*second, run::Receipt::none, false));
  EXPECT_EQ(world.row(first.run).error_code, "worker_lost");
  EXPECT_EQ(world.row(first.run).error_detail,
            "the server itself ended while it worked on the run, and the work left no receipt");
}

TEST(Work, WithAReceiptAndNoResultFailsAtItsTrueCost) {
  World world;
  Leased const leased = running(world, "k");
  world.ask(lease_due(leased.run));
  world.ask(reconcile(leased, run::Receipt::valid, false));
  EXPECT_EQ(world.row(leased.run).error_code, "result_missing");
  EXPECT_EQ(world.balance(spent), Micros(1020));
}

TEST(Work, OfARemoteWorkerThatWentSilentLeavesNothingToLookFor) {
  World world;
  Leased const leased = running(world, "k", kReported);
  EXPECT_EQ(text_of(world.ask(lease_due(leased.run))), "run.requeued");
}

TEST(LeaseDue, StaysWhereTheLeaseWasRenewedMeanwhile) {
  World world;
  Leased const leased = running(world, "k");
  world.lease_expired = false;
  EXPECT_EQ(text_of(world.ask(lease_due(leased.run))), "done");
  EXPECT_EQ(world.row(leased.run).phase, Phase::running);
}

TEST(QueueDue, ExpiresARunAtItsDeadlineAndReturnsItsMoney) {
  World world;
  RunId const run = submit(world, "k");
  world.pass(kQueueDeadline - microseconds(1));
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "done");
  world.pass(microseconds(1));
  EXPECT_EQ(text_of(world.ask(queue_due(run))), "run.settled");
  EXPECT_EQ(world.row(run).phase, Phase::expired);
  EXPECT_EQ(world.balance(available), kGrant);
  EXPECT_EQ(world.state.queue.depth, 0);
}

TEST(Cancel, OfARunningRunEndsItWhenItsWorkerHears) {
  World world;
  Leased const leased = running(world, "k", kReported);
  EXPECT_EQ(text_of(world.ask(run::Cancel{.run = leased.run, .tenant = kAcme})),
            "run.cancel_requested");
  EXPECT_EQ(text_of(world.ask(run::Cancel{.run = leased.run, .tenant = kAcme})), "done");
  world.ask(fail(leased.handle, true, "cancelled", measured(seconds(1), Micros(9))));
  EXPECT_EQ(world.row(leased.run).phase, Phase::cancelled);
  EXPECT_EQ(world.balance(spent), Micros(9));
}

TEST(Cancel, OfAnotherTenantsRunFindsNothing) {
  World world;
  world.add_tenant(kBeta, kGrant);
  RunId const run = submit(world, "k");
  EXPECT_EQ(text_of(world.ask(run::Cancel{.run = run, .tenant = kBeta})), "not_found");
}

TEST(Cancel, ComesTooLateForWorkThatEndedWell) {
  World world;
  Leased const leased = running(world, "k");
  world.ask(run::Cancel{.run = leased.run, .tenant = kAcme});
  world.ask(complete(leased.handle));
  EXPECT_EQ(world.row(leased.run).phase, Phase::succeeded);
}

TEST(Work, ThatIsTriedAgainMayWaitForAWorkerAsLongAsAtFirst) {
  World world;
  Leased const leased = running(world, "k");
  world.pass(kQueueDeadline + seconds(1));
  EXPECT_EQ(text_of(world.ask(fail(leased.handle, true))), "run.requeued");
  EXPECT_EQ(text_of(world.ask(queue_due(leased.run))), "done");
  world.pass(kQueueDeadline);
  EXPECT_EQ(text_of(world.ask(queue_due(leased.run))), "run.settled");
}

}  // namespace
}  // namespace tally::domain::testing
