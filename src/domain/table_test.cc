#include "domain/table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/prng.h"

namespace tally::domain {
namespace {

using Rows = Table<int, std::string>;

struct Visited {
  int key;
  std::string row;  // "-": erased
  Digest noted;
  bool operator==(Visited const&) const = default;
};

Digest number(std::uint8_t n) {
  Digest digest;
  digest.bytes[0] = n;
  return digest;
}

// What is visited, and `note` left beside each.
std::vector<Visited> take_touched(Rows& rows, Digest const& note) {
  std::vector<Visited> all;
  rows.take_touched([&](int key, std::string const* row, Digest& noted) {
    all.push_back({key, row == nullptr ? "-" : *row, noted});
    noted = note;
  });
  return all;
}

TEST(Table, GivesTheRowThatWasReplaced) {
  Rows rows;
  EXPECT_EQ(rows.put(1, "a"), std::nullopt);
  EXPECT_EQ(rows.put(1, "b"), "a");
  EXPECT_EQ(rows.at(1), "b");
  EXPECT_EQ(rows.find(2), nullptr);
  EXPECT_EQ(rows.size(), 1u);
}

TEST(Table, KeepsRowsWhereTheyAreAndGivesThemInTheOrderOfKeys) {
  Rows rows;
  Prng random(7);
  std::map<int, std::string const*> where;
  for (int i = 0; i < 5000; ++i) {
    int const key = static_cast<int>(random.below(3000));
    if (random.chance(300)) {
      rows.erase(key);
      where.erase(key);
    } else {
      rows.put(key, std::to_string(i));
      where.emplace(key, rows.find(key));
    }
  }
  ASSERT_EQ(rows.size(), where.size());
  auto expected = where.begin();
  for (auto const& [key, row] : rows.in_order()) {
    EXPECT_EQ(key, expected->first);
    EXPECT_EQ(&row, expected->second);
    ++expected;
  }
}

TEST(Table, VisitsEachTouchedRowOnceWithWhatWasNotedOfIt) {
  Rows rows;
  rows.put(1, "a");
  rows.put(2, "b");
  rows.edit(1) += "c";
  EXPECT_EQ(take_touched(rows, number(9)),
            (std::vector<Visited>{{1, "ac", Digest()}, {2, "b", Digest()}}));
  EXPECT_TRUE(take_touched(rows, number(9)).empty());
  rows.edit(2) += "d";
  EXPECT_EQ(take_touched(rows, number(8)), (std::vector<Visited>{{2, "bd", number(9)}}));
}

TEST(Table, VisitsARowThatIsNoMoreAndThenForgetsIt) {
  Rows rows;
  rows.put(1, "a");
  take_touched(rows, number(9));
  EXPECT_EQ(*rows.erase(1), "a");
  EXPECT_EQ(rows.erase(1), nullptr);
  rows.put(1, "again");
  EXPECT_EQ(take_touched(rows, number(8)),
            (std::vector<Visited>{{1, "-", number(9)}, {1, "again", Digest()}}));
  EXPECT_TRUE(take_touched(rows, number(7)).empty());
}

TEST(Table, VisitsEachRowInOneOfItsParts) {
  Rows rows;
  for (int i = 0; i < 100; ++i) rows.put(i, std::to_string(i));
  rows.erase(7);
  std::map<int, std::string> seen;
  for (std::size_t part = 0; part < 3; ++part) {
    std::size_t const before = seen.size();
    rows.each_of_part(part, 3, [&](int key, std::string const& row, Digest& noted) {
      EXPECT_TRUE(seen.emplace(key, row).second) << key;
      noted = number(9);
    });
    EXPECT_EQ(seen.size() - before, 33u);
  }
  rows.forget_touched();
  EXPECT_TRUE(take_touched(rows, number(8)).empty());
  rows.edit(3) += "d";
  EXPECT_EQ(take_touched(rows, number(8)), (std::vector<Visited>{{3, "3d", number(9)}}));
}

TEST(Table, VisitsEachRowForSums) {
  Rows rows;
  int sum = 0;
  for (int i = 1; i <= 10; ++i) rows.put(i, std::to_string(i));
  rows.erase(4);
  rows.each([&](int key, std::string const& row) { sum += key + std::stoi(row); });
  EXPECT_EQ(sum, 2 * (55 - 4));
}

TEST(TableDeathTest, StopsAtARowThatMustExist) {
  Rows rows;
  EXPECT_DEATH(rows.at(1), "a row that must exist does not");
  EXPECT_DEATH(rows.edit(1), "a row that must exist does not");
}

}  // namespace
}  // namespace tally::domain
