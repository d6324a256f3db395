// The table of command x mode: it does what the commands say of themselves, and the page of modes
// says what people read of it. docs/formats/ledger.md has it command by command.

#include "domain/permits.h"

#include "base/page_fixture.h"
#include "domain/system_tenant.h"
#include "domain/world_fixture.h"

namespace tally::domain::testing {
namespace {

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
  for (Command const& command : one_of_each()) {
    CommandType const type = type_of(command);
    for (mode::Mode const mode : mode::all_of(mode::Mode{})) {
      force(world, mode);
      auto const permit = permit_for(world.state, command, world.at);
      EXPECT_EQ(permit.has_value(), type.allowed_in(mode)) << type.name << " " << name_of(mode);
      EXPECT_TRUE(permit ? permit->mode() == mode : permit.error().code == RefusalCode::halted);
    }
  }
}

// "yes", "no", or those of the commands that are permitted.
std::string permitted(std::vector<CommandType> const& commands, mode::Mode mode) {
  std::string some;
  std::size_t count = 0;
  for (CommandType const& type : commands) {
    if (!type.allowed_in(mode)) continue;
    ++count;
    some += std::string(some.empty() ? "" : ", ") + "`" + std::string(type.name) + "`";
  }
  return count == 0 ? "no" : count == commands.size() ? "yes" : "only " + some;
}

template <class... Groups>
std::vector<CommandType> all_in() {
  std::vector<CommandType> types;
  (Alternatives<Groups>::each(
       [&]<class C>(std::type_identity<C>) { types.push_back(C::kCommand); }),
   ...);
  return types;
}

TEST(Page, HasTheModesAsTheCommandsNameThem) {
  pages::Table table(
      {"Mode", "New runs", "Leases, starts", "Deadlines", "Reports of workers", "Administration"});
  for (mode::Mode const mode : mode::all_of(mode::Mode{}))
    table.row(
        {std::string(name_of(mode)), permitted({run::Submit::kCommand}, mode),
         permitted({run::Lease::kCommand, run::Start::kCommand}, mode),
         permitted({run::Due::kCommand}, mode),
         permitted({run::Complete::kCommand, run::Fail::kCommand}, mode),
         permitted(
             all_in<budget::Commands, directory::Commands, mode::Commands, approval::Commands>(),
             mode)});
  pages::expect_on_page("docs/how_to/run_in_production.md", table.text, "domain_test");
}

// A row of their own in the table: what a run of the server's own takes to go on.
TEST(Permits, LetRunsOfTheSystemGoOnInEveryMode) {
  std::string names;
  for (Command const& command : one_of_each()) {
    CommandType const type = type_of(command);
    if (!type.of_system) continue;
    names += std::string(type.name) + " ";
    EXPECT_TRUE(type.allowed_to_system_in(mode::Mode::halt)) << type.name;
  }
  EXPECT_EQ(names, "run.lease run.start run.complete run.fail run.due run.reconcile ");
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
  budget::Withdraw withdraw;
  withdraw.tenant = system;
  for (Command const& command : {to_command(submit), to_command(cancel), to_command(grant),
                                 to_command(withdraw), to_command(key)}) {
    auto const permit = permit_for(world.state, command, world.at);
    ASSERT_FALSE(permit) << type_of(command).name;
    EXPECT_EQ(permit.error().code, RefusalCode::forbidden);
  }
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

}  // namespace
}  // namespace tally::domain::testing
