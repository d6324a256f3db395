// The table of command x mode, held against a copy that a person wrote down and read.

#include "domain/permits.h"

#include "domain/world_fixture.h"

namespace tally::domain::testing {
namespace {

// One line a command: its name, and a letter for each mode in which it is permitted.
constexpr std::string_view kGolden =
    "run.submit n\n"
    "run.lease ns\n"
    "run.start ns\n"
    "run.complete nst\n"
    "run.fail nst\n"
    "run.cancel nst\n"
    "run.stop nsth\n"
    "run.due ns\n"
    "run.reconcile nst\n"
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
    "error.record nsth\n";

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
    for (auto [mode, letter] :
         {std::pair(mode::Mode::normal, 'n'), std::pair(mode::Mode::safe, 's'),
          std::pair(mode::Mode::stop, 't'), std::pair(mode::Mode::halt, 'h')}) {
      force(world, mode);
      auto const permit = permit_for(world.state, command, world.at);
      if (permit) table += letter;
      EXPECT_TRUE(permit ? permit->mode() == mode : permit.error().code == RefusalCode::halted);
    }
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

}  // namespace
}  // namespace tally::domain::testing
