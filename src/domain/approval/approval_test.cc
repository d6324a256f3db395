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

directory::AddPerson adding(char const* who, std::string role = "approver",
                            PersonId person = kAnn) {
  return {.name = "",
          .person = std::move(person),
          .subject = PersonId(who),
          .roles = {std::move(role)}};
}

// An audit puts its tenant into safe mode; here it goes on.
void go_on(World& world) {
  world.ask(mode::Set{.mode = mode::Mode::normal,
                      .person = kAnn,
                      .reason = "looked",
                      .scope = {.id = "acme", .kind = mode::ScopeKind::tenant}});
}

// Bob is gone, with his own consent.
void alone(World& world) {
  auto const proposed = world.ask(directory::RemovePerson{.person = kAnn, .subject = kBob});
  auto const outcome = world.ask(approval::Sign{.approval = approval_of(proposed), .person = kBob});
  EXPECT_EQ(text_of(outcome), "approval.signed+person.removed");
}

// Ann and bob agree on another quorum.
void expect_quorum(World& world, std::int64_t quorum) {
  auto const proposed = world.ask(quorum_of(quorum));
  auto const outcome = world.ask(approval::Sign{.approval = approval_of(proposed), .person = kBob});
  EXPECT_EQ(text_of(outcome), "approval.signed+config.changed");
  EXPECT_EQ(world.state.settings.of(setting::kQuorum), quorum);
}

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
  world.add_approver(PersonId("cid"));
  world.pass(kNewcomerPeriod);
  expect_quorum(world, 3);
  auto const approval = approval_of(world.ask(resolution(in_audit(world, "k").run, Micros(0))));
  auto sign = [&](PersonId const& who) {
    return text_of(world.ask(approval::Sign{.approval = approval, .person = who}));
  };
  EXPECT_EQ(world.state.approvals.at(approval).missing(), 2);
  EXPECT_EQ(sign(kBob), "approval.signed");
  EXPECT_EQ(world.state.approvals.at(approval).missing(), 1);
  EXPECT_EQ(sign(kBob), "forbidden");
  EXPECT_EQ(sign(PersonId("cid")), "approval.signed+run.settled");
}

TEST(Approval, RefusesWhoMayNotApprove) {
  OpenAudit open;
  open.world.add_person(PersonId("vic"), "viewer", PersonId("root"));
  EXPECT_EQ(text_of(open.sign(PersonId("vic"))), "forbidden");
  EXPECT_EQ(text_of(open.sign(PersonId("nobody"))), "forbidden");
}

// Whoever signs must have counted when it was proposed, and it is written down who did.
TEST(Approval, CountsAPersonADayAfterTheirKeyWasClaimedWhoeverProposes) {
  World world;
  world.add_approver(PersonId("new"));
  world.pass(kNewcomerPeriod - microseconds(1));
  auto const run = in_audit(world, "k").run;
  for (PersonId const& proposer : {kAnn, kBob}) {
    auto const approval = approval_of(world.ask(resolution(run, Micros(0), proposer)));
    EXPECT_EQ(world.state.approvals.at(approval).counted, (std::set<PersonId>{kAnn, kBob}));
    EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = PersonId("new")})),
              "forbidden");
  }
  EXPECT_EQ(text_of(world.ask(resolution(run, Micros(0), PersonId("new")))), "forbidden");
  world.pass(microseconds(1));
  auto const approval = approval_of(world.ask(resolution(run, Micros(0), PersonId("new"))));
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = kBob})),
            "approval.signed+run.settled");
}

// The operator makes a key for an admin who counts already, claims it, and asks with it.
TEST(Approval, TakesNoKeyThatWasClaimedWithinADay) {
  World world;
  auto const proposed = world.make_key_for(kBob, kAnn, {"admin"});
  auto const made = world.ask(approval::Sign{.approval = approval_of(proposed), .person = kBob});
  auto const* created = event_in<directory::Events, directory::KeyCreated>(made, 1);
  ASSERT_NE(created, nullptr) << text_of(made);
  EXPECT_EQ(text_of(world.claim(created->key, "code of bob")), "key.claimed");
  auto const run = in_audit(world, "k").run;
  auto const approval = approval_of(world.ask(resolution(run, Micros(0))));
  approval::Sign const sign{.approval = approval, .asked_with = created->key, .person = kBob};
  EXPECT_EQ(text_of(world.ask(sign)), "forbidden");
  auto resolve = resolution(run, Micros(0), kBob);
  resolve.asked_with = created->key;
  EXPECT_EQ(text_of(world.ask(resolve)), "forbidden");
  world.pass(kNewcomerPeriod - microseconds(1));
  EXPECT_EQ(text_of(world.ask(sign)), "forbidden");
}

TEST(Approval, ASecondDecisionStandsOnItsOwnFactsAndNobodyElsesClaimOfOne) {
  OpenAudit open;
  open.sign(kBob);
  auto const& settled = open.world.history.back();
  ASSERT_TRUE(settled.snapshot);
  auto facts = std::get<run::RunFacts>(settled.snapshot->facts);
  ASSERT_TRUE(facts.approvers && facts.approvers->approved);
  Command const asked = run::Commands(resolution(open.run, Micros(700)));
  EXPECT_EQ(settled.snapshot->command, asked);
  EXPECT_EQ(open.world.state.ledger.granted, std::nullopt);
  // The same command, asked for again, is not what was approved.
  mode::Scope const safe{.id = kAcme.value(), .kind = mode::ScopeKind::tenant};
  open.world.ask(
      mode::Set{.mode = mode::Mode::normal, .person = kAnn, .reason = "resolved", .scope = safe});
  auto const again = in_audit(open.world, "k2").run;
  EXPECT_EQ(text_of(open.world.ask(resolution(again, Micros(700)))), "approval.proposed");
}

TEST(Approval, AbortsAtItsDeadlineAndNotBefore) {
  OpenAudit open;
  open.world.pass(open.world.state.settings.period(setting::kApproveAudit) - microseconds(1));
  EXPECT_EQ(text_of(open.world.ask(approval::Expire{open.approval})), "done");
  open.world.pass(microseconds(1));
  EXPECT_EQ(text_of(open.sign(kBob)), "conflict");
  EXPECT_EQ(text_of(open.world.ask(approval::Expire{open.approval})), "approval.aborted");
  EXPECT_EQ(text_of(open.sign(kBob)), "not_found");
  EXPECT_TRUE(open.world.state.deadlines.of(DueKind::approval).empty());
  EXPECT_EQ(open.world.row(open.run).phase, Phase::audit_required);
}

TEST(Approval, OfWhatIsNoLongerSoEndsAndTheSignerIsTold) {
  OpenAudit open;
  auto const second = approval_of(open.world.ask(resolution(open.run, Micros(1))));
  open.sign(kBob);
  EXPECT_NE(hopeless(open.world.state, open.world.state.approvals.at(second), open.world.at),
            std::nullopt);
  auto const outcome = open.world.ask(approval::Sign{.approval = second, .person = kBob});
  EXPECT_EQ(text_of(outcome.reply), "conflict");
  EXPECT_EQ(text_of(outcome), "approval.signed+approval.aborted");
  auto const* aborted = event_in<approval::Events, approval::Aborted>(outcome, 1);
  EXPECT_EQ(aborted->reason, "the run does not wait for an audit");
  EXPECT_EQ(open.world.balance(spent), Micros(700));
  EXPECT_EQ(open.world.state.approvals.size(), 0u);
  EXPECT_TRUE(open.world.state.deadlines.of(DueKind::approval).empty());
}

TEST(Approval, IsWithdrawnByItsProposerAlone) {
  OpenAudit open;
  auto withdraw = [&](PersonId const& who) {
    return text_of(open.world.ask(approval::Withdraw{.approval = open.approval, .person = who}));
  };
  EXPECT_EQ(withdraw(kBob), "forbidden");
  EXPECT_EQ(withdraw(kAnn), "approval.aborted");
  EXPECT_EQ(withdraw(kAnn), "not_found");
  EXPECT_EQ(text_of(open.sign(kBob)), "not_found");
}

TEST(Approval, StillApplyingIsNotHopeless) {
  OpenAudit open;
  World& world = open.world;
  auto const row = world.state.approvals.at(open.approval);
  EXPECT_EQ(hopeless(world.state, row, world.at), std::nullopt);
  world.ask(mode::Set{.mode = mode::Mode::halt, .person = kAnn, .reason = "x", .scope = {}});
  EXPECT_EQ(hopeless(world.state, row, world.at), std::nullopt);  // a halt passes
}

// Only one who counts: nobody else may sign, so nobody waits for them.
TEST(SingleOperator, DecidesAtOnceAndIsRecordedAsOne) {
  World world;
  alone(world);
  auto const outcome = world.ask(resolution(in_audit(world, "k").run, Micros(700)));
  EXPECT_EQ(text_of(outcome), "approval.proposed+approval.signed+run.settled");
  auto const* proposed = event_in<approval::Events, approval::Proposed>(outcome);
  ASSERT_NE(proposed, nullptr);
  EXPECT_TRUE(proposed->row.single_operator);
  EXPECT_EQ(proposed->row.missing(), 0);
  EXPECT_EQ(world.balance(spent), Micros(700));
}

TEST(SingleOperator, EndsOnceASecondPersonCounts) {
  World world;
  alone(world);
  world.add_approver(PersonId("cid"));
  auto const run = in_audit(world, "k").run;
  go_on(world);
  world.pass(kNewcomerPeriod - microseconds(1));
  auto const first = in_audit(world, "k2").run;
  EXPECT_EQ(text_of(world.ask(resolution(first, Micros(1)))),
            "approval.proposed+approval.signed+run.settled");
  world.pass(microseconds(1));
  EXPECT_EQ(text_of(world.ask(resolution(run, Micros(1)))), "approval.proposed");
}

// Bob is added, his key made and claimed by the operator: nothing that is asked as bob goes
// through.
TEST(SingleOperator, IsNotLentToANewcomer) {
  World world;
  alone(world);
  world.add_approver(PersonId("cid"), "admin");
  auto const run = in_audit(world, "k").run;
  EXPECT_EQ(text_of(world.ask(resolution(run, Micros(700), PersonId("cid")))), "forbidden");
  EXPECT_EQ(world.row(run).phase, Phase::audit_required);
}

TEST(Proposal, OfAPersonWithoutTheRoleIsRefused) {
  World world;
  world.add_person(PersonId("ops"), "operator", kAnn);
  auto const outcome =
      world.ask(resolution(in_audit(world, "k").run, Micros(700), PersonId("ops")));
  EXPECT_EQ(text_of(outcome), "forbidden");
}

// Enough are named, and fewer count: it says from when, and neither decides alone.
TEST(Proposal, SaysWhoCountsFromWhenWhereTooFewCountYet) {
  World world;
  auto const added = approval_of(world.ask(adding("cid")));
  world.ask(approval::Sign{.approval = added, .person = kBob});
  expect_quorum(world, 3);
  auto const run = in_audit(world, "k").run;
  auto const refused = world.ask(resolution(run, Micros(0)));
  ASSERT_EQ(text_of(refused), "conflict");
  EXPECT_EQ(std::get<Refusal>(refused.reply).detail,
            "3 people must agree, and 2 count now: cid counts 24 h after a key of theirs is "
            "claimed");
}

TEST(Proposals, AreBounded) {
  World world;
  auto const run = in_audit(world, "k").run;
  for (std::int64_t i = 0; i < kApprovalsOpenMax; ++i)
    ASSERT_EQ(text_of(world.ask(resolution(run, Micros(i)))), "approval.proposed");
  EXPECT_EQ(text_of(world.ask(resolution(run, Micros(0)))), "overloaded");
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
