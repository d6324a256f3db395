#include "codec/state_digest.h"

#include <gtest/gtest.h>

#include <thread>

#include "codec/fields_random.h"
#include "codec/state_tables.h"

namespace tally::codec {
namespace {

using domain::State;

template <class T>
T random_value(Prng& random) {
  T value{};
  fill(random, value);
  return value;
}

// Puts, edits or drops a row under one of a few keys, so that edits meet.
template <class Key, class Row>
void disturb(Prng& random, domain::Table<Key, Row>& table, Key const& key) {
  if (random.chance(300)) {
    table.erase(key);
  } else if (table.find(key) != nullptr && random.chance(500)) {
    fill(random, table.edit(key));
  } else {
    table.put(key, random_value<Row>(random));
  }
}

Digest numbered_digest(std::uint64_t number) {
  Digest digest;
  digest.bytes[0] = static_cast<std::uint8_t>(number);
  return digest;
}

void disturb(Prng& random, State& state) {
  std::uint64_t const number = random.below(5);
  std::string const name = "n" + std::to_string(number);
  switch (random.below(13)) {
    case 0:
      return disturb(random, state.tenants, TenantId(name));
    case 1:
      return disturb(random, state.people, PersonId(name));
    case 2:
      return disturb(random, state.keys, KeyId(number));
    case 3:
      return disturb(random, state.plans, PlanName(name));
    case 4:
      return disturb(random, state.jobs, JobName(name));
    case 5:
      return disturb(random, state.runs, RunId(number));
    case 6:
      return disturb(random, state.answered, numbered_digest(number));
    case 7:
      return disturb(random, state.modes, {name, domain::mode::ScopeKind::tenant});
    case 8:
      return disturb(random, state.approvals, ApprovalId(number));
    case 9:
      return disturb(random, state.last_served, JobName(name));
    case 10:
      return disturb(random, state.schedules, ScheduleName(name));
    case 11:
      return fill(random, state.settings);
    default:
      state.ledger.seq_next += 1;
  }
}

TEST(StateDigest, IncrementallyEqualsFromNothingOverRandomEdits) {
  Prng random(31);
  State state;
  StateDigest digest;
  for (int round = 0; round < 400; ++round) {
    for (auto n = random.below(4); n > 0; --n) disturb(random, state);
    ASSERT_EQ(digest.update(state), StateDigest::of(state)) << round;
  }
}

TEST(StateDigest, BegunLateCoversWhatWasNotWatched) {
  Prng random(33);
  State state;
  StateDigest digest;
  for (int i = 0; i < 100; ++i) {
    disturb(random, state);
    digest.skip(state);
  }
  EXPECT_EQ(digest.update(state), StateDigest::of(state));
  disturb(random, state);
  EXPECT_EQ(digest.update(state), StateDigest::of(state));
}

TEST(StateDigest, BegunAfterAnotherDoesNotBelieveWhatThatOneNoted) {
  Prng random(35);
  State state;
  StateDigest first;
  for (int i = 0; i < 100; ++i) disturb(random, state);
  first.update(state);
  for (int i = 0; i < 20; ++i) disturb(random, state);
  StateDigest second;
  auto const at_once = [](auto const& one, auto const& other) {
    std::thread beside(other);
    one();
    beside.join();
  };
  EXPECT_EQ(second.update(state, at_once), StateDigest::of(state));
  disturb(random, state);
  EXPECT_EQ(second.update(state), StateDigest::of(state));
}

TEST(StateDigest, ReadBackFromItsLinesIsTheSameState) {
  Prng random(34);
  State state;
  for (int i = 0; i < 200; ++i) disturb(random, state);
  fill(random, state.ledger);
  State again;
  write_state(state, [&](std::string_view line) {
    auto const read = read_line(again, line);
    ASSERT_TRUE(read) << line << read.error().detail;
  });
  EXPECT_EQ(StateDigest::of(again), StateDigest::of(state));
  EXPECT_EQ(again.ledger, state.ledger);
  EXPECT_EQ(again.settings, state.settings);
}

TEST(StateDigest, RefusesLinesThatNobodyWrote) {
  State state;
  for (std::string_view const line :
       {"", "[", "[]", "{}", "[\"runs\"]", "[\"runs\",\"run_0000000000000001\"]",
        "[\"nothing\",\"a\",{}]", "[\"plans\",\"a\",{}", "[\"plans\",\"a\",{}]x",
        "[\"plans\",\"a\",{\"b\":1}]", "[\"plans\",1,{}]"}) {
    auto const read = read_line(state, line);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().code, "malformed_row");
  }
  EXPECT_EQ(state.plans.size(), 0u);
}

TEST(StateDigest, DoesNotDependOnTheOrderOfEdits) {
  Prng random(32);
  auto const tenant = random_value<domain::directory::Tenant>(random);
  auto const run = random_value<domain::run::Row>(random);
  State forwards;
  State backwards;
  StateDigest first;
  StateDigest second;
  forwards.tenants.put(TenantId("a"), tenant);
  first.update(forwards);
  forwards.runs.put(RunId(1), run);
  backwards.runs.put(RunId(1), {});
  second.update(backwards);
  backwards.runs.put(RunId(1), run);
  backwards.runs.put(RunId(2), run);
  second.update(backwards);
  backwards.tenants.put(TenantId("a"), tenant);
  backwards.runs.erase(RunId(2));
  EXPECT_EQ(first.update(forwards), second.update(backwards));
}

TEST(StateDigest, IsTheSumOfTheHashesOfTheRowsModulo2To256) {
  State state;
  state.tenants.put(TenantId("a"),
                    {.balances = {}, .holds_live = {}, .plan = {}, .runs_live = 7, .seq_next = 0});
  state.settings.set("leases.lease_s", 20);
  auto const settings =
      as_bytes(R"(["settings","",{"changed":[{"name":"leases.lease_s","value":20}]}])");
  std::array const hashes{sha256(as_bytes("[\"tenants\",\"a\",{\"runs_live\":7}]")),
                          sha256(as_bytes("[\"ledger\",\"\",{}]")), sha256(settings)};
  Digest sum;
  std::uint32_t carry = 0;
  for (std::size_t i = 0; i < sum.bytes.size(); ++i) {
    for (Digest const& hash : hashes) carry += hash.bytes[i];
    sum.bytes[i] = static_cast<std::uint8_t>(carry & 0xFF);
    carry >>= 8;
  }
  EXPECT_EQ(StateDigest::of(state), sum);
}

TEST(StateDigest, ChangesWithAnyMemberOfTheLedgerRow) {
  std::set<Digest> seen{StateDigest::of({})};
  auto expect_new = [&](auto change) {
    State state;
    change(state.ledger);
    EXPECT_TRUE(seen.insert(StateDigest::of(state)).second) << seen.size();
  };
  using Row = domain::LedgerRow;
  expect_new([](Row& row) { row.approvals = 1; });
  expect_new([](Row& row) { row.at = Instant(1); });
  expect_new([](Row& row) { row.checkpoint_size = 1; });
  expect_new([](Row& row) { row.epoch = 1; });
  expect_new([](Row& row) { row.id_key = IdKey(~std::uint64_t{0}); });
  expect_new([](Row& row) { row.keys = 1; });
  expect_new([](Row& row) { row.leases = 1; });
  expect_new([](Row& row) { row.ledger = LedgerId(1); });
  expect_new([](Row& row) { row.origin = "1"; });
  expect_new([](Row& row) { row.runs = 1; });
  expect_new([](Row& row) { row.seq_next = 1; });
  expect_new([](Row& row) { row.vkey = "1"; });
  expect_new([](Row& row) { row.work_clock.paused = Duration(1); });
}

TEST(StateDigest, ChangesWithOneMemberOneKeyAndOneTable) {
  auto const with_a_run = [] {
    State state;
    state.runs.put(RunId(1), {});
    return state;
  };
  std::set<Digest> seen{StateDigest::of(with_a_run())};
  auto expect_new = [&](auto change) {
    State state = with_a_run();
    change(state);
    EXPECT_TRUE(seen.insert(StateDigest::of(state)).second) << seen.size();
  };
  expect_new([](State& state) { state.runs.edit(RunId(1)).timeout = Duration(1); });
  expect_new([](State& state) { state.runs.edit(RunId(1)).hold.scopes.clear(); });
  expect_new([](State& state) { state.runs.put(RunId(2), {}); });
  expect_new([](State& state) { state.runs.erase(RunId(1)); });
  expect_new([](State& state) { state.settings.set(domain::setting::kQuorum.name, 3); });
  expect_new([](State& state) { state.plans.put(PlanName("a"), {}); });
  expect_new([](State& state) { state.tenants.put(TenantId("a"), {}); });
  expect_new([](State& state) { state.modes.put({"a", domain::mode::ScopeKind::job}, {}); });
  expect_new([](State& state) { state.modes.put({"a", domain::mode::ScopeKind::tenant}, {}); });
}

}  // namespace
}  // namespace tally::codec
