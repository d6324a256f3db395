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

// U+202E turns what follows round, U+2066 and its kin isolate, U+2028 ends a line.
TEST(Printable, ShowsWhatBreaksALineOrTurnsItRound) {
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b",
                      100),
            "a\\xe2\\x80\\xaeb");
  for (std::string_view const turned :
       {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa",
        "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
    EXPECT_FALSE(is_one_line(turned));
    EXPECT_EQ(printable(turned, 100).front(), '\\');
  }
  for (std::string_view const plain : {"\xe2\x80\xa6", "\xe2\x80\x93", "\xe2\x81\xaa", "\xd8\x9b"})
    EXPECT_TRUE(is_one_line(plain));
}

TEST(Printable, SaysWhatIsOneLine) {
  EXPECT_TRUE(is_one_line(""));
  EXPECT_TRUE(is_one_line("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"));
  for (std::string_view const bad :
       {std::string_view("a\nb"), std::string_view("a\0b", 3), std::string_view("\x1b[2K"),
        std::string_view("a\tb"), std::string_view("\xc2\x9b"), std::string_view("\xff")})
    EXPECT_FALSE(is_one_line(bad));
}

TEST(Printable, PutsWhatIsNoWordBetweenQuotes) {
  EXPECT_EQ(as_a_word("a-1.b_c:d/e@f+g"), "a-1.b_c:d/e@f+g");
  EXPECT_EQ(as_a_word(""), "");
  EXPECT_EQ(as_a_word("x  succeeded"), "\"x  succeeded\"");
  EXPECT_EQ(as_a_word("a=b"), "\"a=b\"");
  EXPECT_EQ(in_quotes("b \"c\\"), "\"b \\\"c\\\\\"");
}

TEST(Printable, KeepsTheLinesOfATextThatHasSeveral) {
  EXPECT_EQ(printable_lines("a\n\tb\x1b[2K\r\n\n"), "a\n\tb\\x1b[2K\\x0d\n\n");
  EXPECT_EQ(printable_lines(""), "");
}

TEST(Printable, EndsBeforeACharacterThatDoesNotFit) {
  EXPECT_EQ(printable("ab\xe2\x82\xac", 4), "ab");
  EXPECT_EQ(printable("ab\xff", 5), "ab");
  EXPECT_EQ(printable("abcdef", 3), "abc");
}

}  // namespace
}  // namespace tally
