#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using setting::kAuditsBeforeSafeMode;
using setting::kLease;
using setting::kQuorum;

std::int64_t in_force(World const& world, Setting const& setting) {
  return world.state.settings.of(setting);
}

ApprovalId proposed(Outcome const& outcome) {
  return std::get<NeedsApproval>(outcome.reply).approval;
}

std::string sign(World& world, ApprovalId approval, PersonId const& person) {
  return text_of(world.ask(approval::Sign{.approval = approval, .person = person}));
}

TEST(Settings, ThatNobodySetHaveTheirStandardAndStandInNoState) {
  World const world;
  for (Setting const& one : kSettings) EXPECT_EQ(in_force(world, one), one.standard) << one.name;
  EXPECT_TRUE(world.state.settings.changed.empty());
}

TEST(Settings, ThatAreOpenChangeByOneEventThatSaysFromWhatToWhat) {
  World world;
  auto const outcome = world.ask(file_with(kLease, 20));
  EXPECT_EQ(text_of(outcome), "config.changed");
  auto const* event = event_in<system::Events, system::ConfigChanged>(outcome);
  EXPECT_EQ(event->changes,
            (std::vector<system::SettingChange>{
                {.from = 120, .name = "leases.lease_s", .standard = false, .to = 20}}));
  EXPECT_EQ(text_of(world.ask(file_with(kLease, 20))), "done");
  submit(world, "k");
  auto const leased = world.ask(run::Lease{.jobs = {kFixed}, .tenant = {}, .worker = "w"});
  EXPECT_EQ((event_in<run::Events, run::Leased>(leased)->lease_period), seconds(20));
}

TEST(Settings, ThatGoBackToTheirStandardLeaveTheState) {
  World world;
  world.ask(file_with(kLease, 20));
  EXPECT_EQ(world.state.settings.changed.size(), 1u);
  world.ask(file_with(kLease, kLease.standard));
  EXPECT_TRUE(world.state.settings.changed.empty());
}

// Nobody proposes for the file, so as many sign as must agree.
TEST(Settings, ThatAreGuardedTakeAQuorumOfSignatures) {
  World world;
  auto const asked = world.ask(file_with(kAuditsBeforeSafeMode, 3));
  EXPECT_EQ(text_of(asked), "approval.proposed");
  EXPECT_EQ(sign(world, proposed(asked), kAnn), "approval.signed");
  EXPECT_EQ(in_force(world, kAuditsBeforeSafeMode), 1);
  EXPECT_EQ(sign(world, proposed(asked), kAnn), "forbidden");
  EXPECT_EQ(sign(world, proposed(asked), kBob), "approval.signed+config.changed");
  EXPECT_EQ(in_force(world, kAuditsBeforeSafeMode), 3);
}

TEST(Settings, ThatALaterStartAsksForAgainJoinTheApprovalThatIsOpen) {
  World world;
  auto const first = world.ask(file_with(kAuditsBeforeSafeMode, 3));
  auto const again = world.ask(file_with(kAuditsBeforeSafeMode, 3));
  EXPECT_TRUE(again.events.empty());
  EXPECT_EQ(proposed(again), proposed(first));
  EXPECT_EQ(world.state.approvals.size(), 1u);
}

TEST(Settings, WhoseApprovalRanOutOrWasRefusedAreProposedAgain) {
  World world;
  auto const first = proposed(world.ask(file_with(kAuditsBeforeSafeMode, 3)));
  world.pass(world.state.settings.period(setting::kApproveSettings));
  world.ask(approval::Expire{first});
  auto const second = proposed(world.ask(file_with(kAuditsBeforeSafeMode, 3)));
  EXPECT_NE(second, first);
  EXPECT_EQ(text_of(world.ask(approval::Withdraw{.approval = second, .person = kBob})),
            "approval.aborted");
  EXPECT_NE(proposed(world.ask(file_with(kAuditsBeforeSafeMode, 3))), second);
}

TEST(Settings, ThatAPersonAsksForAreSignedByAnother) {
  World world;
  system::ChangeSettings asked = file_with(kAuditsBeforeSafeMode, 3);
  asked.person = kAnn;
  auto const approval = proposed(world.ask(asked));
  EXPECT_EQ(sign(world, approval, kBob), "approval.signed+config.changed");
}

TEST(Settings, BeyondTheirBoundsOrOfNoTableAreRefused) {
  World world;
  EXPECT_EQ(text_of(world.ask(file_with(kLease, 0))), "validation_error");
  EXPECT_EQ(text_of(world.ask(file_with(kQuorum, 11))), "validation_error");
  system::ChangeSettings unknown = file_with(kLease, 20);
  unknown.values = {{"leases.period_s", 20}};
  EXPECT_EQ(text_of(world.ask(unknown)), "validation_error");
}

TEST(Deadlines, OfApprovalsAreSettings) {
  World world;
  set_up(world, setting::kApproveAudit, 60);
  auto const run = in_audit(world, "k").run;
  auto const approval = proposed(world.ask(resolution(run, Micros(0))));
  EXPECT_EQ(world.state.approvals.at(approval).expires_at, world.at + seconds(60));
}

}  // namespace
}  // namespace tally::domain::testing
