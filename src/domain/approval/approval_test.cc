#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using enum AccountKind;
using run::Phase;

ApprovalId approval_of(Outcome const& outcome) {
  auto const* reply = std::get_if<NeedsApproval>(&outcome.reply);
  return reply == nullptr ? ApprovalId{} : reply->approval;
}

// A run in audit with an open proposal of ann's to charge 700 for it.
struct OpenAudit {
  OpenAudit() : run(in_audit(world, "k").run) {
    outcome = world.ask(resolution(run, Micros(700)));
    approval = approval_of(outcome);
  }
  Outcome sign(PersonId const& person) {
    return world.ask(approval::Sign{.approval = approval, .person = person});
  }
  World world;
  RunId run;
  Outcome outcome;
  ApprovalId approval;
};

TEST(AuditResolution, TakesTwoDistinctPeople) {
  OpenAudit open;
  EXPECT_EQ(text_of(open.outcome), "approval.proposed");
  EXPECT_EQ(open.world.balance(held), kHold);
  EXPECT_EQ(text_of(open.sign(kBob)), "approval.signed+run.settled");
  EXPECT_EQ(open.world.row(open.run).phase, Phase::failed);
  EXPECT_EQ(open.world.row(open.run).reason, "audit_resolved");
  EXPECT_EQ(open.world.balance(spent), Micros(700));
  EXPECT_EQ(open.world.balance(available), kGrant - Micros(700));
  EXPECT_EQ(open.world.state.approvals.size(), 0u);
}

TEST(AuditResolution, SucceedsWhereTheWorkLeftAResult) {
  World world;
  Leased const leased = running(world, "k", kReported);
  world.ask(complete(leased.handle));  // says nothing of its cost
  auto const proposed = world.ask(resolution(leased.run, Micros(5)));
  world.ask(approval::Sign{.approval = approval_of(proposed), .person = kBob});
  EXPECT_EQ(world.row(leased.run).phase, Phase::succeeded);
  EXPECT_EQ(world.row(leased.run).result->digest, enclosure("42").digest);
}

TEST(Approval, RefusesTheProposer) {
  OpenAudit open;
  EXPECT_EQ(text_of(open.sign(kAnn)), "forbidden");
  EXPECT_EQ(open.world.row(open.run).phase, Phase::audit_required);
}

TEST(Approval, RefusesASecondSignatureOfTheSamePerson) {
  World world;
  chronicle::Settings settings;
  settings.quorum = 3;
  world.ask(chronicle::ConfigChanged{.reason = "", .settings = settings});
  world.add_person(PersonId("cid"), "approver", PersonId("root"));
  auto const approval = approval_of(world.ask(resolution(in_audit(world, "k").run, Micros(0))));
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = kBob})),
            "approval.signed");
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = kBob})), "forbidden");
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = PersonId("cid")})),
            "approval.signed+run.settled");
}

TEST(Approval, RefusesWhoMayNotApprove) {
  OpenAudit open;
  open.world.add_person(PersonId("vic"), "viewer", PersonId("root"));
  EXPECT_EQ(text_of(open.sign(PersonId("vic"))), "forbidden");
  EXPECT_EQ(text_of(open.sign(PersonId("nobody"))), "forbidden");
}

TEST(Approval, DoesNotCountAPersonWhomTheProposerAddedWithinADay) {
  World world;
  world.add_person(PersonId("new"), "approver", kAnn);
  world.add_person(PersonId("old"), "approver", PersonId("root"));
  auto const run = in_audit(world, "k").run;
  world.pass(hours(24) - seconds(1));
  auto const approval = approval_of(world.ask(resolution(run, Micros(0))));
  auto sign = [&](char const* who) {
    return text_of(world.ask(approval::Sign{.approval = approval, .person = PersonId(who)}));
  };
  EXPECT_EQ(sign("new"), "forbidden");
  world.pass(seconds(1));
  EXPECT_EQ(sign("new"), "approval.signed+run.settled");
}

TEST(Approval, AbortsAtItsDeadlineAndNotBefore) {
  OpenAudit open;
  open.world.pass(approval::kAuditDeadline - microseconds(1));
  EXPECT_EQ(text_of(open.world.ask(approval::Expire{open.approval})), "done");
  open.world.pass(microseconds(1));
  EXPECT_EQ(text_of(open.sign(kBob)), "conflict");
  EXPECT_EQ(text_of(open.world.ask(approval::Expire{open.approval})), "approval.aborted");
  EXPECT_EQ(text_of(open.sign(kBob)), "not_found");
  EXPECT_TRUE(open.world.state.deadlines.approvals.empty());
  EXPECT_EQ(open.world.row(open.run).phase, Phase::audit_required);
}

TEST(Approval, OfWhatIsNoLongerSoBringsNothingAbout) {
  OpenAudit open;
  auto const second = approval_of(open.world.ask(resolution(open.run, Micros(1))));
  open.sign(kBob);
  EXPECT_EQ(text_of(open.world.ask(approval::Sign{.approval = second, .person = kBob})),
            "conflict");
  EXPECT_EQ(open.world.balance(spent), Micros(700));
}

TEST(Approval, OfOneWhoIsAloneIsRecordedAsASingleOperators) {
  World world;
  world.state.people.erase(kBob);
  auto const outcome = world.ask(resolution(in_audit(world, "k").run, Micros(700)));
  EXPECT_EQ(text_of(outcome), "approval.proposed+approval.signed+run.settled");
  auto const* proposed = event_in<ApprovalEvent, approval::Proposed>(outcome);
  ASSERT_NE(proposed, nullptr);
  EXPECT_TRUE(proposed->row.single_operator);
}

TEST(Approval, WaitsForTheOnlyApproverWhenSomebodyElseProposes) {
  World world;
  world.state.people.erase(kBob);
  world.add_person(PersonId("ops"), "operator", PersonId("root"));
  auto const outcome =
      world.ask(resolution(in_audit(world, "k").run, Micros(700), PersonId("ops")));
  EXPECT_EQ(text_of(outcome), "approval.proposed");
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval_of(outcome), .person = kAnn})),
            "approval.signed+run.settled");
}

TEST(Approval, IsRefusedWhereTheQuorumIsLargerThanThePeople) {
  World world;
  chronicle::Settings settings;
  settings.quorum = 3;
  world.ask(chronicle::ConfigChanged{.reason = "", .settings = settings});
  EXPECT_EQ(text_of(world.ask(resolution(in_audit(world, "k").run, Micros(0)))), "conflict");
}

TEST(AuditResolution, RefusesAChargeThatCannotBe) {
  World world;
  auto const run = in_audit(world, "k").run;
  EXPECT_EQ(text_of(world.ask(resolution(run, Micros(-1)))), "validation_error");
  EXPECT_EQ(text_of(world.ask(resolution(run, kAmountMax + Micros(1)))), "validation_error");
}

TEST(AuditResolution, MovesNoMoneyWhileEverythingIsHalted) {
  OpenAudit open;
  open.world.ask(mode::Set{.mode = mode::Mode::halt, .person = kAnn, .reason = "x", .scope = {}});
  EXPECT_EQ(text_of(open.sign(kBob)), "halted");
  EXPECT_EQ(open.world.balance(spent), Micros(0));
}

}  // namespace
}  // namespace tally::domain::testing
