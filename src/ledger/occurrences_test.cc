#include "ledger/occurrences.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>

#include "base/prng.h"

namespace tally::ledger {
namespace {

TEST(Occurrences, OfAnUnknownKeyThereAreNone) {
  Occurrences<std::uint64_t, int> occurrences;
  EXPECT_TRUE(occurrences.of(1).empty());
  occurrences.add(2, 7);
  EXPECT_TRUE(occurrences.of(1).empty());
  EXPECT_EQ(occurrences.of(2), std::vector<int>{7});
}

TEST(Occurrences, AreWhatAMapOfListsWouldHoldAtEverySize) {
  Prng random(16);
  Occurrences<std::uint64_t, int> occurrences;
  std::map<std::uint64_t, std::vector<int>> lists;
  for (int value = 0; value < 20'000; ++value) {
    std::uint64_t const key = random.chance(500) ? random.below(40) : random.below(5'000);
    occurrences.add(key, value);
    lists[key].push_back(value);
    std::uint64_t const asked = random.chance(500) ? key : random.below(6'000);
    auto const expected = lists.find(asked);
    EXPECT_EQ(occurrences.of(asked),
              expected == lists.end() ? std::vector<int>{} : expected->second);
  }
}

}  // namespace
}  // namespace tally::ledger
