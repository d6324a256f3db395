#include <gtest/gtest.h>

#include "base/prng.h"
#include "json/fault.h"
#include "json/value.h"

namespace tally::json {
namespace {

std::string refusal(std::string_view text) {
  auto value = parse(text);
  if (value) return "accepted: " + write(*value);
  EXPECT_EQ(value.error().code, "malformed");
  return value.error().detail;
}

TEST(Parse, KeepsTypesAndTheOrderOfMembers) {
  auto value = parse(R"( {"b":[1,-2.5,"x\u00e9",true,null],"a":{}} )");
  ASSERT_TRUE(value);
  Value const expected(Object{
      {"b", Array{Value(1), Value(-2.5), Value("x\u00e9"), Value(true), Value()}},
      {"a", Object{}},
  });
  EXPECT_EQ(*value, expected);
  EXPECT_EQ(value->find("b")->array()->size(), 5u);
  EXPECT_EQ(value->find("c"), nullptr);
  EXPECT_EQ(Value(1).find("a"), nullptr);
}

TEST(Parse, TellsIntegersFromDoublesByTheLiteral) {
  EXPECT_NE(parse("9007199254740991")->integer(), nullptr);
  EXPECT_NE(parse("-9007199254740991")->integer(), nullptr);
  EXPECT_NE(parse("1.0")->real(), nullptr);
  EXPECT_NE(parse("1e2")->real(), nullptr);
  EXPECT_EQ(*parse("1e-400")->real(), 0.0);
}

TEST(Parse, RefusesIntegersThatADoubleCannotHold) {
  EXPECT_EQ(refusal(R"({"n":[0,9007199254740992]})"),
            "an integer beyond 2^53-1 must be sent as a string: at /n/1");
  EXPECT_EQ(refusal("-9007199254740992"),
            "an integer beyond 2^53-1 must be sent as a string: at the root");
  EXPECT_EQ(refusal("[18446744073709551615]"),
            "an integer beyond 2^53-1 must be sent as a string: at /0");
  EXPECT_EQ(refusal("[1,18446744073709551616]"),
            "not valid JSON at byte 3: an integer beyond 2^53-1 must be sent as a string");
  EXPECT_EQ(refusal("1e400"), "not valid JSON at byte 0: the number is too large for a double");
}

TEST(Parse, RefusesANameThatStandsTwice) {
  EXPECT_EQ(refusal(R"({"o":[{"a/b":{"x":1,"\u0078":2}}]})"),
            "the member name \"x\" stands twice in the object at /o/0/a~1b");
  std::string many = "{";
  for (int i = 0; i < 50; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(parse(many + "\"last\":0}"));
  EXPECT_EQ(refusal(many + "\"k7\":0}"),
            "the member name \"k7\" stands twice in the object at the root");
}

TEST(Parse, AcceptsTheDeepestNestingAndRefusesOneMore) {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse(nested(kDepthMax)));
  EXPECT_NE(refusal(nested(kDepthMax + 1)).find("nesting is deeper than 64"), std::string::npos);
  EXPECT_EQ(refusal(nested(5000)), "not valid JSON at byte 64: nesting is deeper than 64");
}

TEST(Parse, NamesTheByteOfASyntaxError) {
  EXPECT_EQ(refusal(""), "not valid JSON at byte 0: the document is empty");
  EXPECT_EQ(refusal("  "), "not valid JSON at byte 2: the document is empty");
  EXPECT_EQ(refusal("{\"a\":1,}"),
            "not valid JSON at byte 7: a member name in quotes must stand here");
  EXPECT_EQ(refusal("[1 2]"), "not valid JSON at byte 3: a ',' or ']' must stand here");
  EXPECT_EQ(refusal("{\"a\" 1}"), "not valid JSON at byte 5: a ':' must follow the member name");
  EXPECT_EQ(refusal("1 1"), "not valid JSON at byte 2: something follows the end of the document");
  EXPECT_EQ(refusal("[01]"), "not valid JSON at byte 1: a number must not start with 0");
  EXPECT_EQ(refusal("[1.]"), "not valid JSON at byte 3: a digit must follow '.'");
  EXPECT_EQ(refusal("[NaN]"), "not valid JSON at byte 1: a value must stand here");
  EXPECT_EQ(refusal("{\"a\":1,\"b\":bogus}"), "not valid JSON at byte 11: a value must stand here");
}

TEST(Parse, RefusesBadStrings) {
  EXPECT_EQ(refusal(R"(["\x"])"), "not valid JSON at byte 2: this escape does not exist");
  EXPECT_EQ(refusal("[\"a\nb\"]"), "not valid JSON at byte 3: a control character must be escaped");
  EXPECT_EQ(refusal("[\"a"), "not valid JSON at byte 3: the string has no closing quote");
  for (auto text : {R"(["\ud800"])", R"(["\udc00"])", R"(["\ud800\u0041"])", R"(["\ud800x"])"})
    EXPECT_EQ(refusal(text), "not valid JSON at byte 2: this surrogate has no partner") << text;
  for (auto text : {"[\"\xff\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]", "[\"\xf4\x90\x80\x80\"]"})
    EXPECT_EQ(refusal(text), "not valid JSON at byte 2: this is not UTF-8");
  EXPECT_FALSE(parse("\xef\xbb\xbf{}")) << "a byte order mark is not JSON";
}

TEST(Parse, DecodesPairsOfSurrogates) {
  EXPECT_EQ(*parse(R"("\ud83d\ude00")")->string(), "\U0001F600");
  EXPECT_EQ(parse(R"("a\u0000b")")->string()->size(), 3u);
}

TEST(Parse, WorksAboveTheSizeOfTheKeptBuffers) {
  std::string const big(2u << 20, 'x');
  auto value = parse("[\"" + big + "\"]");
  ASSERT_TRUE(value);
  EXPECT_EQ(*value->array()->front().string(), big);
}

// The second reading must agree with the first on what is JSON, or errors would name no place.
TEST(Fault, IsFoundExactlyWhereTheParserRefuses) {
  std::string const seed =
      R"({"a":[0,-1.5e+3,1e-9,"\u00e9\ud83d\ude00\n","é😀"],"b":{"c":true,"d":null},"e":[[],{}]})";
  std::string_view const alphabet = "{}[]\",:\\/u0189.eE+-tfn \t\n\x01\x7f\xc3\xa9\xed\xf0";
  Prng prng(6);
  for (int round = 0; round < 30'000; ++round) {
    std::string text = seed;
    for (std::uint64_t edits = prng.below(3) + 1; edits > 0; --edits) {
      auto const at = prng.below(text.size());
      if (prng.chance(300)) {
        text.erase(at, prng.below(4));
      } else {
        text[at] = alphabet[prng.below(alphabet.size())];
      }
    }
    auto const value = parse(text);
    bool const repeated = !value && value.error().detail.find("stands twice") != std::string::npos;
    ASSERT_EQ(find_fault(text).has_value(), !value && !repeated) << text;
  }
}

TEST(Fault, AgreesWithTheParserOnExtremeNumbers) {
  for (std::string text :
       {"0e999", "1e308", "1e309", "-1e309", "1e-999", "1e99999999999999999999", "0.0e99999999999",
        "1e-99999999999999999999", "-0", "-0.0", "0.1e309", "0.01e311", "1E+2", "1e+", "-", "--1",
        "123456789012345678901234567890.0", "123456789012345678901234567890"})
    EXPECT_EQ(find_fault(text).has_value(), !parse(text)) << text;
  std::string const tiny = "0." + std::string(400, '0') + "1";
  EXPECT_TRUE(parse(tiny));
  EXPECT_FALSE(find_fault(tiny));
}

TEST(Pointer, EscapesTildeAndSlash) {
  EXPECT_EQ(pointer_join("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(pointer_join("", ""), "/");
}

// The fault: {"n":1e16} was accepted, and its canonical form refused by this very parser.
TEST(Parse, AcceptsNoNumberThatItCouldNotReadBackFromItsCanonicalForm) {
  for (char const* text : {"1e16", "-1e16", "9007199254740992.0", "1e20", "999999999999999900000.0",
                           "12345678901234567890.5", "9.007199254740993e15"}) {
    auto const read = parse(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().detail,
              "an integer beyond 2^53-1 must be sent as a string: at the root");
  }
  Prng random(16);
  for (int i = 0; i < 20'000; ++i) {
    auto const mantissa = std::to_string(random.next() % 100'000'000'000'000'000u);
    auto const text = mantissa.substr(0, 1) + "." + mantissa + "e" +
                      std::to_string(static_cast<int>(random.below(60)) - 20);
    auto const read = parse(text);
    if (!read) continue;
    auto const again = parse(canonical(*read));
    ASSERT_TRUE(again) << text << " became " << canonical(*read);
    EXPECT_EQ(canonical(*again), canonical(*read)) << text;
  }
  EXPECT_TRUE(parse("1e21"));
  EXPECT_TRUE(parse("6.02e23"));
  EXPECT_TRUE(parse("9007199254740991.0"));
}

TEST(SyntaxFault, IsNoMatterOfSizeOrDigits) {
  for (char const* text : {"1234567890123456789", "1e16", "1e999", "0.12345678901234567890",
                           R"({"n":99999999999999999999999})"})
    EXPECT_FALSE(find_syntax_fault(text)) << text;
  for (char const* text : {"", "01", "1.", "NaN", "{", "[1,]", "\"\xff\"", "1 2"})
    EXPECT_TRUE(find_syntax_fault(text)) << text;
}

}  // namespace
}  // namespace tally::json
