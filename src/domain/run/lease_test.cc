#include "domain/run/limits.h"
#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

std::vector<RunId> lease_all(World& world, std::vector<JobName> const& jobs) {
  std::vector<RunId> runs;
  while (auto const leased = lease(world, jobs)) runs.push_back(leased->run);
  return runs;
}

TEST(Lease, GoesRoundTheTenantsAndThenByAge) {
  World world;
  world.add_tenant(kBeta, kGrant);
  TenantId const coil("coil");
  world.add_tenant(coil, kGrant);
  RunId const a1 = submit(world, "1", kFixed, kAcme);
  RunId const a2 = submit(world, "2", kFixed, kAcme);
  RunId const a3 = submit(world, "3", kFixed, kAcme);
  RunId const b1 = submit(world, "1", kFixed, kBeta);
  RunId const c1 = submit(world, "1", kFixed, coil);
  RunId const c2 = submit(world, "2", kFixed, coil);
  EXPECT_EQ(lease_all(world, {kFixed}), (std::vector{a1, b1, c1, a2, c2, a3}));
}

TEST(Lease, OfSeveralJobsTakesTheOldestOfThoseWhoseTurnItIs) {
  World world;
  RunId const first = submit(world, "1", kReported);
  RunId const second = submit(world, "2", kFixed);
  EXPECT_EQ(lease_all(world, {kFixed, kReported}), (std::vector{first, second}));
}

TEST(Lease, GivesAWorkerOfOneTenantThatTenantsRunsOnly) {
  World world;
  world.add_tenant(kBeta, kGrant);
  submit(world, "1", kFixed, kAcme);
  RunId const theirs = submit(world, "1", kFixed, kBeta);
  auto const leased = lease(world, {kFixed}, kBeta);
  ASSERT_TRUE(leased);
  EXPECT_EQ(leased->run, theirs);
  EXPECT_FALSE(lease(world, {kFixed}, kBeta));
}

TEST(Lease, SaysThatThereIsNoWork) {
  World world;
  EXPECT_EQ(text_of(world.ask(run::Lease{.jobs = {kFixed}, .tenant = {}, .worker = "w"})),
            "no_work");
}

TEST(Lease, GivesEachLeaseALargerFenceAndAnIdOfItsOwn) {
  World world;
  RunId const run = submit(world, "1");
  auto const first = lease(world);
  world.ask(lease_due(run));
  world.pass(run::kReturnRestFirst);
  auto const second = lease(world);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->run, second->run);
  EXPECT_LT(first->handle.fence, second->handle.fence);
  EXPECT_NE(first->handle.lease, second->handle.lease);
  EXPECT_EQ(world.row(run).attempt, 1);  // what was never started does not count
}

TEST(Lease, PassesOverRunsWhoseOwnScopeStands) {
  World world;
  world.add_tenant(kBeta, kGrant);
  submit(world, "1", kFixed, kAcme);
  RunId const other = submit(world, "1", kFixed, kBeta);
  world.ask(mode::Set{.mode = mode::Mode::stop,
                      .person = kAnn,
                      .reason = "look",
                      .scope = {.id = "acme", .kind = mode::ScopeKind::tenant}});
  EXPECT_EQ(lease_all(world, {kFixed}), std::vector{other});
}

}  // namespace
}  // namespace tally::domain::testing
