#include "base/printable.h"

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(Printable, LeavesWellFormedTextAsItIs) {
  for (std::string_view const text : {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac",
                                      "\xf0\x9f\x98\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(printable(text, 100), text);
}

TEST(Printable, ShowsBytesThatAreNoTextAndControlCharacters) {
  EXPECT_EQ(printable("a\xff\xfe", 100), "a\\xff\\xfe");
  EXPECT_EQ(printable("line\nbreak\x7f", 100), "line\\x0abreak\\x7f");
  EXPECT_EQ(printable("\xc2\x85", 100), "\\xc2\\x85");
  // Overlong, a surrogate, beyond U+10FFFF, cut off.
  EXPECT_EQ(printable("\xc0\xaf", 100), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xe0\x80\xaf", 100), "\\xe0\\x80\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80", 100), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf4\x90\x80\x80", 100), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xe2\x82", 100), "\\xe2\\x82");
}

TEST(Printable, EndsBeforeACharacterThatDoesNotFit) {
  EXPECT_EQ(printable("ab\xe2\x82\xac", 4), "ab");
  EXPECT_EQ(printable("ab\xff", 5), "ab");
  EXPECT_EQ(printable("abcdef", 3), "abc");
}

}  // namespace
}  // namespace tally
