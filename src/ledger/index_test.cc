#include "ledger/index.h"

#include "ledger/loop_fixture.h"
#include "ledger/reader.h"

namespace tally::ledger::testing {
namespace {

struct Opened : LoopWorld {
  Opened() { open(); }
  RunId submit(std::string_view key, TenantId const& tenant = kAcme) {
    return ask(submission(key, kHold, kFixed, tenant)).entry->recorded.header.run.value();
  }
  RunId run_at(std::int64_t seq) const { return *index.recent(seq)->recorded.header.run; }
};

TEST(Index, ListsATenantsRunsNewestFirst) {
  Opened world;
  RunId const first = world.submit("1");
  world.submit("1", kBeta);
  RunId const second = world.submit("2");
  RunId const third = world.submit("3");
  auto const page = world.index.runs_of(kAcme, std::nullopt, 2);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ(world.run_at(page->at(0)), third);
  EXPECT_EQ(world.run_at(page->at(1)), second);
  auto const rest = world.index.runs_of(kAcme, page->at(1), 2);
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ(world.run_at(rest->at(0)), first);
  EXPECT_TRUE(world.index.of_run(RunId(1))->empty());
}

TEST(Index, FindsWhatWasNotedAndKeepsOnlyWhatWasAdded) {
  Opened world;
  RunId const run = world.submit("1");
  world.submit("2", kBeta);
  Index again;
  for (std::int64_t seq = 0; seq < world.index.size(); ++seq) {
    auto const entry = world.index.recent(seq);
    seq + 1 < world.index.size() ? again.note(entry->recorded, entry->leaf_hash) : again.add(entry);
  }
  EXPECT_EQ(again.size(), world.index.size());
  EXPECT_EQ(again.of_run(run), *world.index.of_run(run));
  EXPECT_EQ(again.runs_of(kBeta, std::nullopt, 9), *world.index.runs_of(kBeta, std::nullopt, 9));
  EXPECT_EQ(again.recent(again.size() - 2), nullptr);
  EXPECT_EQ(again.recent(again.size() - 1), world.index.recent(again.size() - 1));
}

// Everything that the tests ask for themselves has one correlation.
TEST(Index, FindsTheFirstOfACorrelationFromAnyEventOnAndNoMoreThanAsked) {
  Opened world;
  for (int i = 0; i < 9; ++i) world.submit(std::to_string(i));
  Index parts(4);  // several tables
  for (std::int64_t seq = 0; seq < world.index.size(); ++seq) parts.add(world.index.recent(seq));
  CorrelationId const id = *world.index.recent(world.index.size() - 1)->recorded.header.correlation;
  auto const all = *parts.first_of(key_of(id), 0, 1'000);
  for (std::int64_t from = 0; from <= world.index.size(); ++from) {
    for (std::size_t const limit : {std::size_t{0}, std::size_t{1}, std::size_t{5}, all.size()}) {
      std::vector<std::int64_t> expected;
      for (auto const seq : all)
        if (seq >= from && expected.size() < limit) expected.push_back(seq);
      EXPECT_EQ(parts.first_of(key_of(id), from, limit), expected) << from << " " << limit;
    }
  }
}

TEST(Reader, HandsOverEventsUntilItIsToldToStop) {
  Opened world;
  for (int i = 0; i < 40; ++i) world.ask(submission(std::to_string(i), Micros(1000)));
  Reader const reader(world.log, world.index);
  std::vector<std::int64_t> seen;
  auto const note = [&](Entry const& entry) -> Result<bool> {
    seen.push_back(entry.recorded.header.seq);
    return seen.back() != 30;
  };
  EXPECT_EQ(reader.each(3, note), 31);
  EXPECT_EQ(seen.size(), 28u);
  EXPECT_EQ(seen.front(), 3);
  seen.clear();
  EXPECT_EQ(reader.each(31, note), world.index.size());
  EXPECT_EQ(seen.back() + 1, world.index.size());
  EXPECT_EQ(reader.each(world.index.size() + 7, note), world.index.size() + 7);
}

TEST(Reader, TellsARunThatLeftMemoryFromItsEventsAlone) {
  Opened world;
  Leased const leased = world.running("k", kFixed);
  world.ask(complete(leased.handle));
  auto const reading = world.read(leased.run);
  world.settle();
  auto const row = *reading->answer->row;
  world.live_through(hours(25));
  auto const gone = world.read(leased.run);
  world.settle();
  EXPECT_FALSE(gone->answer->row);
  Reader const reader(world.log, world.index);
  auto const told = reader.run(leased.run);
  ASSERT_TRUE(told);
  EXPECT_EQ(*told, row);
  EXPECT_EQ(reader.run(RunId(1)).error().code, "not_found");
}

TEST(Reader, ReadsEntriesFromTheLogAsTheyWereWritten) {
  Opened world;
  world.submit("k");
  Reader const reader(world.log, world.index);
  auto const all = reader.entries(0, 1000);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), world.size());
  auto const hashes = reader.leaf_hashes(0, world.index.size());
  ASSERT_TRUE(hashes);
  for (std::size_t i = 0; i < all->size(); ++i) {
    EXPECT_EQ((*all)[i].recorded, world.index.recent(static_cast<std::int64_t>(i))->recorded);
    EXPECT_EQ((*hashes)[i], (*all)[i].leaf_hash);
  }
  EXPECT_EQ(reader.entry(world.index.size()).error().code, "not_found");
}

}  // namespace
}  // namespace tally::ledger::testing
