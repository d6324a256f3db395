#include "ledger/directory.h"

#include "domain/run_fixture.h"
#include "ledger/directory_parts.h"

namespace tally::ledger {
namespace {

using namespace domain::testing;
using domain::DirectoryPart;

DirectoryParts only(DirectoryPart part) {
  return DirectoryParts().set(static_cast<std::size_t>(part));
}

TEST(Directory, CopiesOnlyThePartThatAnEventChanged) {
  World world;
  auto const before = Directory::of(world.state);
  auto const outcome =
      world.ask(domain::directory::SetPlan{.person = kAnn, .plan = PlanName("gold"), .row = {}});
  DirectoryParts const parts = directory_parts(outcome.events.front());
  EXPECT_EQ(parts, only(DirectoryPart::plans));
  auto const after = Directory::after(*before, world.state, parts);
  EXPECT_TRUE(after->plans.contains(PlanName("gold")));
  EXPECT_FALSE(before->plans.contains(PlanName("gold")));
  EXPECT_EQ(&after->keys.all(), &before->keys.all());
  EXPECT_EQ(&after->people.all(), &before->people.all());
}

TEST(Directory, IsWhatACopyOfTheWholeIsAfterEveryEvent) {
  World world;
  auto directory = Directory::of(world.state);
  auto const follow = [&](domain::Outcome const& outcome) {
    for (domain::Event const& event : outcome.events)
      directory = Directory::after(*directory, world.state, directory_parts(event));
    auto const whole = Directory::of(world.state);
    EXPECT_EQ(directory->people.all(), whole->people.all());
    EXPECT_EQ(directory->modes.all(), whole->modes.all());
    EXPECT_EQ(directory->approvals.all(), whole->approvals.all());
    EXPECT_EQ(directory->keys.size(), whole->keys.size());
    EXPECT_EQ(directory->unclaimed.size(), whole->unclaimed.size());
    EXPECT_EQ(directory->settings, whole->settings);
    EXPECT_EQ(directory->tenants.all(), whole->tenants.all());
  };
  follow(world.ask(file_with(domain::setting::kLease, 20)));
  follow(world.ask(file_with(domain::setting::kAuditsBeforeSafeMode, 3)));
  follow(world.ask(domain::directory::CreateTenant{
      .person = kAnn, .plan = PlanName("unlimited"), .tenant = TenantId("new")}));
  follow(world.ask(domain::mode::Set{
      .mode = domain::mode::Mode::stop, .person = kAnn, .reason = "look", .scope = {}}));
}

}  // namespace
}  // namespace tally::ledger
