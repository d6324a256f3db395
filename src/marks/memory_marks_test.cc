#include "marks/memory_marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/prng.h"

namespace tally::marks {
namespace {

std::vector<std::int64_t> newest(MarkTable const& table, RunId run, std::int64_t before = kNoSeqYet,
                                 std::size_t limit = 1'000'000) {
  std::vector<std::int64_t> found;
  EXPECT_TRUE(table.newest(key_of(run), before, limit, found));
  return found;
}

std::vector<std::int64_t> oldest(MarkTable const& table, RunId run, std::int64_t from,
                                 std::size_t limit) {
  std::vector<std::int64_t> found;
  EXPECT_TRUE(table.oldest(key_of(run), from, limit, found));
  return found;
}

TEST(Marks, HoldAKeyAndASequenceAndHaveOneOrder) {
  constexpr std::array<std::uint64_t, 3> kNumbers{0, 1, ~std::uint64_t{0}};
  constexpr std::array<std::int64_t, 3> kSequences{0, 1, kNoSeqYet};
  std::vector<Mark> marks;
  for (MarkKind kind : {MarkKind::correlation, MarkKind::run})
    for (std::uint64_t high : kNumbers)
      for (std::uint64_t low : kNumbers)
        for (std::int64_t seq : kSequences) {
          MarkKey const key{kind, high, low};
          marks.emplace_back(key, seq);
          EXPECT_EQ(marks.back().key(), key);
          EXPECT_EQ(marks.back().seq(), seq);
        }
  for (Mark const& a : marks)
    for (Mark const& b : marks) EXPECT_EQ(a < b, std::is_lt(a <=> b));
}

TEST(MemoryMarks, OfAnUnknownKeyThereAreNone) {
  MemoryMarks marks;
  EXPECT_TRUE(newest(marks, RunId(1)).empty());
  marks.add(key_of(RunId(2)), 7);
  EXPECT_TRUE(newest(marks, RunId(1)).empty());
  EXPECT_EQ(newest(marks, RunId(2)), std::vector<std::int64_t>{7});
}

TEST(MemoryMarks, AreWhatAMapOfListsWouldHoldAtEverySize) {
  Prng random(16);
  MemoryMarks marks;
  std::map<std::uint64_t, std::vector<std::int64_t>> lists;  // newest first
  for (std::int64_t seq = 0; seq < 20'000; ++seq) {
    std::uint64_t const key = random.chance(500) ? random.below(40) : random.below(5'000);
    marks.add(key_of(RunId(key)), seq);
    lists[key].insert(lists[key].begin(), seq);
    std::uint64_t const asked = random.chance(500) ? key : random.below(6'000);
    auto const before = static_cast<std::int64_t>(random.below(22'000));
    auto const limit = random.below(50);
    std::vector<std::int64_t> expected;
    for (std::int64_t const one : lists[asked])
      if (one < before && expected.size() < limit) expected.push_back(one);
    ASSERT_EQ(newest(marks, RunId(asked), before, limit), expected);
    expected.clear();
    for (auto one = lists[asked].rbegin(); one != lists[asked].rend(); ++one)
      if (*one >= before && expected.size() < limit) expected.push_back(*one);
    ASSERT_EQ(oldest(marks, RunId(asked), before, limit), expected);
  }
  EXPECT_EQ(marks.size(), 20'000u);
}

TEST(MemoryMarks, AreAllGivenOutInTheirOrder) {
  Prng random(17);
  MemoryMarks marks;
  for (std::int64_t seq = 0; seq < 3'000; ++seq)
    marks.add(random.chance(500) ? key_of(RunId(random.below(50))) : key_of(TenantId("acme")), seq);
  NextMarks const next = marks.all();
  auto const all = next();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 3'000u);
  EXPECT_TRUE(std::ranges::is_sorted(*all));
  EXPECT_TRUE(next()->empty());
}

TEST(Marks, OfSeveralTablesMergeIntoOneSequence) {
  for (std::size_t count = 1; count <= 9; ++count) {
    std::vector<MemoryMarks> tables(count);
    Prng random(count);
    for (std::int64_t seq = 0; seq < 12'000; ++seq)
      tables[random.below(count)].add(key_of(RunId(static_cast<std::uint64_t>(seq) % 7)), seq);
    std::vector<NextMarks> sequences;
    for (MemoryMarks const& table : tables) sequences.push_back(table.all());
    NextMarks const next = merged(std::move(sequences));
    std::vector<Mark> all;
    for (auto part = next(); part && !part->empty(); part = next())
      all.insert(all.end(), part->begin(), part->end());
    EXPECT_EQ(all.size(), 12'000u);
    EXPECT_TRUE(std::ranges::is_sorted(all));
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
  }
}

TEST(Marks, OfTenantsAreUnderKeysOfTheirOwn) {
  EXPECT_NE(key_of(TenantId("acme")), key_of(TenantId("beta")));
  EXPECT_EQ(key_of(TenantId("acme")), key_of(TenantId("acme")));
}

}  // namespace
}  // namespace tally::marks
