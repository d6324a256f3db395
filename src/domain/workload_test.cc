// Properties of any history: thousands of random commands, with a naive keeper of accounts beside
// them. The invariants are checked after each event by the world itself.

#include "domain/derive.h"
#include "domain/workload_fixture.h"

namespace tally::domain::testing {
namespace {

constexpr std::array<std::uint64_t, 4> kSeeds{1, 2, 3, 4};
constexpr int kSteps = 5000;

Workload after(std::uint64_t seed, int steps = kSteps) {
  Workload load(seed);
  for (int i = 0; i < steps; ++i) load.step();
  return load;
}

template <class Key, class Row>
void put_all(Table<Key, Row> const& from, Table<Key, Row>& to) {
  for (auto const& [key, row] : from.in_order()) to.put(key, row);
}

TEST(Workload, KeepsEveryTenantsMoneyAsANaiveKeeperDoes) {
  for (std::uint64_t const seed : kSeeds) {
    SCOPED_TRACE(seed);
    Workload load(seed);
    for (int i = 0; i < kSteps; ++i) {
      load.step();
      load.purses.check(load.world.state);
      ASSERT_FALSE(HasFailure()) << "step " << i;
    }
  }
}

TEST(Workload, IsRichInEveryEventOfRunsMoneyAndModes) {
  std::map<std::string_view, int> seen;
  for (std::uint64_t const seed : kSeeds)
    for (Recorded const& recorded : after(seed).world.history) ++seen[type_of(recorded.event).name];
  for (auto name : {"run.submitted", "run.refused", "run.leased", "run.started", "run.requeued",
                    "run.reconciling", "run.cancel_requested", "run.settled", "run.audit_required",
                    "run.unaccounted", "budget.granted", "budget.withdrawn", "mode.changed",
                    "approval.proposed", "approval.signed", "approval.aborted", "archive.advanced",
                    "schedule.fired"})
    EXPECT_GE(seen[name], 10) << name;
}

// All members of a state. One that is added does not compile here until it is named.
auto members_of(State const& state) {
  auto const& [ledger, settings, tenants, people, keys, plans, jobs, last_served, runs, answered,
               modes, approvals, schedules, queue, deadlines, audits, leases, finished, key_ends,
               phases, runs_live] = state;
  return std::tie(ledger, settings, tenants, people, keys, plans, jobs, last_served, runs, answered,
                  modes, approvals, schedules, queue, deadlines, audits, leases, finished, key_ends,
                  phases, runs_live);
}

bool is_same(Queue const& a, Queue const& b) {
  return a.waiting == b.waiting && a.rests == b.rests && a.depth == b.depth;
}
template <class Key, class Row>
bool is_same(Table<Key, Row> const& a, Table<Key, Row> const& b) {
  return std::ranges::equal(a.in_order(), b.in_order());
}
template <class Member>
bool is_same(Member const& a, Member const& b) {
  return a == b;
}

TEST(Workload, FoldedAgainGivesTheSameState) {
  for (std::uint64_t const seed : kSeeds) {
    World const& world = after(seed).world;
    State again;
    for (Recorded const& recorded : world.history) apply(again, recorded.header, recorded.event);
    auto const folded = members_of(again);
    auto const kept = members_of(world.state);
    [&]<std::size_t... i>(std::index_sequence<i...>) {
      auto const expect = [](std::size_t member, bool same) { EXPECT_TRUE(same) << member; };
      (expect(i, is_same(std::get<i>(folded), std::get<i>(kept))), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(members_of(again))>>{});
  }
}

TEST(Workload, DecidedAgainGivesTheSameEvents) {
  for (std::uint64_t const seed : kSeeds) {
    World const& world = after(seed).world;
    std::vector<Event> expected;  // still to come of the decision under way
    for (Recorded const& recorded : world.history) {
      if (recorded.snapshot) {
        ASSERT_TRUE(expected.empty());
        auto outcome =
            decide(recorded.header.at, recorded.snapshot->command, recorded.snapshot->facts);
        EXPECT_EQ(outcome.run, recorded.header.run);
        EXPECT_EQ(outcome.tenant, recorded.header.tenant);
        expected = std::move(outcome.events);
      }
      ASSERT_FALSE(expected.empty());
      ASSERT_EQ(expected.front(), recorded.event) << recorded.header.seq;
      expected.erase(expected.begin());
    }
    EXPECT_TRUE(expected.empty());
  }
}

// The derived tables, made of the rows at once.
TEST(Workload, LeavesDerivedTablesThatAgreeWithTheRows) {
  for (std::uint64_t const seed : kSeeds) {
    for (int const steps : {200, 1000, kSteps}) {
      Workload const load = after(seed, steps);
      State const& state = load.world.state;
      State rows;
      put_all(state.runs, rows.runs);
      put_all(state.approvals, rows.approvals);
      put_all(state.answered, rows.answered);
      put_all(state.schedules, rows.schedules);
      derive(rows);
      EXPECT_EQ(state.phases, rows.phases);
      EXPECT_EQ(state.runs_live, rows.runs_live);
      EXPECT_EQ(state.leases, rows.leases);
      EXPECT_EQ(state.audits, rows.audits);
      EXPECT_EQ(state.finished, rows.finished);
      EXPECT_EQ(state.queue.waiting, rows.queue.waiting);
      EXPECT_EQ(state.queue.depth, rows.queue.depth);
      EXPECT_EQ(state.queue.rests, rows.queue.rests);
      EXPECT_EQ(state.deadlines, rows.deadlines);
      EXPECT_EQ(state.key_ends, rows.key_ends);
    }
  }
}

}  // namespace
}  // namespace tally::domain::testing
