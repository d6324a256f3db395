#include "base/closed_words.h"

#include <gtest/gtest.h>

#include <set>

namespace tally {
namespace {

template <class Word>
void expect_one_word_for_each() {
  std::set<std::string_view> names;
  for (Word const word : all_of(Word{})) {
    EXPECT_EQ(parse_word<Word>(name_of(word)), word) << name_of(word);
    names.insert(name_of(word));
  }
  EXPECT_EQ(names.size(), kWords<Word>.size());
  EXPECT_EQ(parse_word<Word>(""), std::nullopt);
  EXPECT_EQ(parse_word<Word>("nothing"), std::nullopt);
}

TEST(ClosedWords, AreReadAsTheValueThatTheyName) {
  expect_one_word_for_each<KeyScope>();
  expect_one_word_for_each<Role>();
  expect_one_word_for_each<Mode>();
  expect_one_word_for_each<RunStatus>();
  expect_one_word_for_each<Severity>();
  expect_one_word_for_each<Layer>();
  expect_one_word_for_each<ErrorClass>();
}

TEST(ClosedWords, OfScopesAndRolesAreThosePublished) {
  EXPECT_EQ(kWords<KeyScope>[2], "budget:read");
  EXPECT_EQ(kWords<Role>[1], "operator");
}

}  // namespace
}  // namespace tally
