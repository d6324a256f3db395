// The table of command x mode, held against a copy that a person wrote down and read.

#include "domain/permits.h"

#include "domain/system_tenant.h"
#include "domain/world_fixture.h"

namespace tally::domain::testing {
namespace {

// One line a command: its name, a letter for each mode in which it is permitted, and, where it is
// about a run of the server's own, those for that.
constexpr std::string_view kGolden =
    "run.submit n\n"
    "run.lease ns nsth\n"
    "run.start ns nsth\n"
    "run.complete nst nsth\n"
    "run.fail nst nsth\n"
    "run.cancel nst\n"
    "run.stop nsth\n"
    "run.due ns nsth\n"
    "run.reconcile nst nsth\n"
    "run.propose_resolution nst\n"
    "budget.grant nst\n"
    "tenant.create nst\n"
    "person.add nst\n"
    "person.remove nst\n"
    "key.create nst\n"
    "key.claim nst\n"
    "key.show_claim_code nst\n"
    "key.revoke nsth\n"
    "plan.set nst\n"
    "job.register nst\n"
    "job.retire nst\n"
    "mode.set nsth\n"
    "approval.sign nsth\n"
    "approval.withdraw nsth\n"
    "approval.expire nsth\n"
    "approval.end nsth\n"
    "ledger.open nsth\n"
    "server.start nsth\n"
    "checkpoint.sign nsth\n"
    "refusals.count nsth\n"
    "archive.advance ns\n"
    "config.change nst\n"
    "clock.step nsth\n"
    "error.record nsth\n"
    "schedule.set nsth\n"
    "schedule.fire nsth\n";

constexpr std::array kLetters{
    std::pair(mode::Mode::normal, 'n'), std::pair(mode::Mode::safe, 's'),
    std::pair(mode::Mode::stop, 't'), std::pair(mode::Mode::halt, 'h')};

std::vector<Command> one_of_each() {
  std::vector<Command> commands;
  for_each_kind<Command>(
      [&]<class Group, class C>(std::type_identity<Group>, std::type_identity<C>) {
        commands.emplace_back(Group(C{}));
      });
  return commands;
}

void force(World& world, mode::Mode mode) {
  mode::Row row;
  row.mode = mode;
  world.state.modes.put({}, row);
}

TEST(Permits, AreAsTheTableSays) {
  World world;
  std::string table;
  for (Command const& command : one_of_each()) {
    table += std::string(type_of(command).name) + " ";
    for (auto [mode, letter] : kLetters) {
      force(world, mode);
      auto const permit = permit_for(world.state, command, world.at);
      if (permit) table += letter;
      EXPECT_TRUE(permit ? permit->mode() == mode : permit.error().code == RefusalCode::halted);
    }
    CommandType const type = type_of(command);
    if (type.of_system) table += " ";
    for (auto [mode, letter] : kLetters)
      if (type.of_system && type.allowed_to_system_in(mode)) table += letter;
    table += "\n";
  }
  EXPECT_EQ(table, kGolden);
}

TEST(Permits, TakeTheStrictestOfTheScopesThatACommandNames) {
  World world;
  run::Submit submit;
  submit.tenant = kAcme;
  submit.job = kFixed;
  submit.key = KeyId(5);
  submit.parent = RunId(6);
  Command const command = to_command(submit);
  using enum mode::ScopeKind;
  mode::Row stop;
  stop.mode = mode::Mode::stop;
  for (mode::Scope const& scope :
       {mode::Scope{.id = "acme", .kind = tenant}, mode::Scope{.id = "fixed", .kind = job},
        mode::Scope{.id = to_text(KeyId(5)), .kind = key},
        mode::Scope{.id = to_text(RunId(6)), .kind = run}}) {
    EXPECT_TRUE(permit_for(world.state, command, world.at));
    world.state.modes.put(scope, stop);
    EXPECT_FALSE(permit_for(world.state, command, world.at)) << name_of(scope.kind);
    world.state.modes.erase(scope);
  }
}

TEST(Permits, GiveNobodyAKeyMoneyOrARunOfTheTenantSystem) {
  World world;
  TenantId const system{std::string(kSystemTenant)};
  world.add_tenant(system, Micros(0));
  run::Submit submit;
  submit.tenant = system;
  run::Cancel cancel;
  cancel.tenant = system;
  budget::Grant grant;
  grant.tenant = system;
  directory::CreateKey key;
  key.tenant = system;
  for (Command const& command :
       {to_command(submit), to_command(cancel), to_command(grant), to_command(key)}) {
    auto const permit = permit_for(world.state, command, world.at);
    ASSERT_FALSE(permit) << type_of(command).name;
    EXPECT_EQ(permit.error().code, RefusalCode::forbidden);
  }
}

}  // namespace
}  // namespace tally::domain::testing
