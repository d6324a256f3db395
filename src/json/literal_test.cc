#include "json/literal.h"

#include <gtest/gtest.h>

#include <array>

#include "base/prng.h"
#include "json/value.h"

namespace tally::json {
namespace {

// What is taken from the front of `text` and what is left, or "refused".
std::string taken_string(std::string_view text) {
  std::string to;
  std::string_view rest = text;
  if (take_string(rest, to)) return to + "|" + std::string(rest);
  return rest == text ? "refused" : "refused, but the text was moved";
}

std::string taken_integer(std::string_view text) {
  std::int64_t to = 0;
  std::string_view rest = text;
  if (take_integer(rest, to)) return std::to_string(to) + "|" + std::string(rest);
  return rest == text ? "refused" : "refused, but the text was moved";
}

TEST(Literal, TakesAStringAndLeavesWhatFollows) {
  EXPECT_EQ(taken_string(R"("",1)"), "|,1");
  EXPECT_EQ(taken_string(R"("a longer text/\"\\\n\u0001 end"})"), "a longer text/\"\\\n\x01 end|}");
  EXPECT_EQ(taken_string("\"\u00e9\U0001f600\""), "\u00e9\U0001f600|");
}

TEST(Literal, RefusesAStringThatCouldBeWrittenOtherwise) {
  for (char const* text : {R"("\u0041")", R"("\/")", R"("\u000a")", R"("\u001F")", R"("\u0020")",
                           R"("\u00)", R"("\)", R"("\x")", "\"\n\"", "\"open", "", "a"})
    EXPECT_EQ(taken_string(text), "refused") << text;
}

TEST(Literal, RefusesAStringThatIsNotUtf8) {
  for (char const* text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xc3\""})
    EXPECT_EQ(taken_string(text), "refused") << text;
}

TEST(Literal, TakesIntegersInTheirOnlyForm) {
  EXPECT_EQ(taken_integer("0,"), "0|,");
  EXPECT_EQ(taken_integer("-12}"), "-12|}");
  EXPECT_EQ(taken_integer("9007199254740991"), "9007199254740991|");
  EXPECT_EQ(taken_integer("1.5"), "1|.5");
  for (char const* text : {"", "-", "-0", "00", "01", "-01", "9007199254740992",
                           "-9007199254740992", "99999999999999999999", "+1", " 1"})
    EXPECT_EQ(taken_integer(text), "refused") << text;
}

// The two ways to read must agree: a document made of the text, written again.
TEST(Literal, TakesExactlyWhatCanonicalWrites) {
  constexpr std::array<std::string_view, 16> kPieces{
      "a", "longer text", "\"",   "\\", "\\n", "\\u00", "1",    "f",
      "F", "\\/",         "\x1f", "0",  "-",   "\xc3",  "\xa9", "\U0001f600"};
  Prng random(8785);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = random.chance(800) ? "\"" : "";
    for (auto n = random.below(5); n > 0; --n) text += kPieces[random.below(kPieces.size())];
    if (random.chance(800)) text += '"';
    auto const document = parse(text);
    bool const canonical_text = document && canonical(*document) == text;
    std::string_view rest = text;
    std::string to;
    std::int64_t number = 0;
    bool const whole = (take_string(rest, to) || take_integer(rest, number)) && rest.empty();
    EXPECT_EQ(whole, canonical_text && (document->string() || document->integer())) << text;
    if (whole && document->string()) {
      EXPECT_EQ(to, *document->string());
    }
  }
}

TEST(Literal, PassesOverAnObjectWhateverItsStringsHold) {
  std::string_view text = R"({"a}":{"b":["\"}","\\"]},"c":{}},"next":1})";
  EXPECT_TRUE(skip_object(text));
  EXPECT_EQ(text, R"(,"next":1})");
  for (std::string_view open : {"", "[]", "1", "{", R"({"a":{})", R"({"}")", R"({"a\"})", "{\"a\\"})
    EXPECT_FALSE(skip_object(open)) << open;
}

TEST(Literal, TellsAsciiFromTheRestWhereverItStands) {
  for (std::size_t length = 0; length < 25; ++length) {
    std::string const text(length, '"');
    EXPECT_TRUE(is_ascii(text));
    for (std::size_t at = 0; at < length; ++at) {
      std::string other = text;
      other[at] = '\x80';
      EXPECT_FALSE(is_ascii(other)) << at << " of " << length;
    }
  }
}

TEST(Literal, KnowsATextThatIsItsOwnLiteral) {
  for (std::size_t length = 0; length < 25; ++length) {
    std::string const text(length, '~');
    EXPECT_TRUE(is_plain_ascii(text));
    for (std::size_t at = 0; at < length; ++at)
      for (char c : {'"', '\\', '\n', '\x1f', '\x80', '\xff', '\0'}) {
        std::string other = text;
        other[at] = c;
        EXPECT_FALSE(is_plain_ascii(other)) << at << " of " << length << " " << int{c};
      }
  }
}

// Whatever falls into whole words, into the last one that is looked at twice, or into none.
TEST(Literal, FindsTheFirstCharacterThatNeedsAnEscapeAtAnyLength) {
  for (std::size_t length = 0; length < 80; ++length) {
    std::string const text(length, 'x');
    EXPECT_EQ(plain_length(text), length);
    std::string literal = "before ";
    append_string(literal, text);
    EXPECT_EQ(literal, "before \"" + text + "\"");
    for (std::size_t at = 0; at < length; ++at) {
      std::string other = text;
      other[at] = '"';
      other.back() = '\n';
      EXPECT_EQ(plain_length(other), at) << length;
      std::string escaped;
      append_string(escaped, other);
      std::string_view rest = escaped;
      std::string back;
      EXPECT_TRUE(take_string(rest, back) && rest.empty()) << escaped;
      EXPECT_EQ(back, other);
    }
  }
}

}  // namespace
}  // namespace tally::json
