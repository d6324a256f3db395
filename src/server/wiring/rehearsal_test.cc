#include "server/wiring/rehearsal.h"

#include <gtest/gtest.h>

#include "domain/system_tenant.h"
#include "domain/world_fixture.h"
#include "server/wiring/bootstrap.h"
#include "server/wiring/system_work.h"

namespace tally::wiring {
namespace {

// A ledger of ann and bob, who both count, and a start with such a file.
class RehearsalTest : public testing::Test {
 protected:
  static StartNote note_with(domain::SettingValues settings) {
    StartNote note;
    note.version = "0.1.0";
    note.build = "build";
    note.jobs = system_kinds();
    note.settings = std::move(settings);
    return note;
  }
  Result<void> rehearsed(std::vector<domain::Command> const& commands) const {
    return rehearse(rows_of_directory(world_.state), commands, world_.at);
  }
  static domain::Command set_schedule() {
    SystemSchedule const daily = attest_daily();
    return domain::schedule::Commands(domain::schedule::Set{.job = daily.job,
                                                            .name = daily.name,
                                                            .next = Instant(1'800'000'000'000'000),
                                                            .rule = daily.rule});
  }

  domain::testing::World world_;
};

}  // namespace

TEST_F(RehearsalTest, FindsWhatTheLoopWouldRefuseBehindWhatItWouldRecord) {
  auto const refused = rehearsed(start_commands(
      note_with({{"approvals.quorum", 3}, {"archive.after_s", 5}, {"leases.lease_s", 60}})));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "conflict");
  EXPECT_TRUE(refused.error().detail.starts_with("a quorum of 3 is more than the 2 people"));
}

TEST_F(RehearsalTest, TellsEveryRefusalAtOnce) {
  auto commands = start_commands(note_with({{"approvals.quorum", 3}}));
  commands.emplace_back(domain::directory::Commands(
      domain::directory::CreateTenant{.person = domain::testing::kAnn,
                                      .plan = PlanName("unlimited"),
                                      .tenant = domain::testing::kAcme}));
  auto const refused = rehearsed(commands);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "conflict");
  EXPECT_TRUE(refused.error().detail.ends_with("\na tenant of this name exists"));
}

TEST_F(RehearsalTest, LetsACommandBuildOnThoseBeforeIt) {
  EXPECT_FALSE(rehearsed({set_schedule()})) << "there is no tenant yet to set it for";
  auto commands = start_commands(note_with({{"approvals.quorum", 2}, {"leases.lease_s", 60}}));
  commands.push_back(set_schedule());
  auto const rehearsal = rehearsed(commands);
  EXPECT_TRUE(rehearsal) << rehearsal.error().detail;
}

// A later start, of a ledger that has all of it already, sets the schedule anew.
TEST_F(RehearsalTest, KnowsTheRowsThatEarlierStartsMade) {
  for (domain::Command const& command : start_commands(note_with({}))) world_.take(command);
  world_.take(set_schedule());
  auto note = note_with({{"leases.lease_s", 60}});
  note.system_tenant = true;
  auto commands = start_commands(note);
  auto const hourly = attest_every(hours(1));
  commands.emplace_back(domain::schedule::Commands(domain::schedule::Set{
      .job = hourly.job, .name = hourly.name, .next = world_.at + hours(1), .rule = hourly.rule}));
  auto const rehearsal = rehearsed(commands);
  EXPECT_TRUE(rehearsal) << rehearsal.error().detail;
}

TEST_F(RehearsalTest, TakesWhatAModeForbidsForNoFault) {
  world_.take(halt_command("stand still"));
  auto const rehearsal = rehearsed(start_commands(note_with({{"approvals.quorum", 3}})));
  EXPECT_TRUE(rehearsal) << rehearsal.error().detail;
}

}  // namespace tally::wiring
