#include "json/raw.h"

#include <gtest/gtest.h>

#include "json/value.h"

namespace tally::json {
namespace {

TEST(RawMember, IsTheBytesThatStandThere) {
  std::string const text =
      R"( { "fence" : 1 , "result" : {"a": [1.10, "}\"]", {"b":2}], "n":0.12345678901234567890} ,)"
      R"( "last":"x" } )";
  ASSERT_TRUE(parse(text));
  EXPECT_EQ(raw_member(text, "result"),
            R"({"a": [1.10, "}\"]", {"b":2}], "n":0.12345678901234567890})");
  EXPECT_EQ(raw_member(text, "fence"), "1");
  EXPECT_EQ(raw_member(text, "last"), R"("x")");
  EXPECT_EQ(raw_member(text, "a"), std::nullopt) << "only the root's own members";
}

TEST(RawMember, TakesEveryKindOfValue) {
  for (std::string const value : {"1", "-1.5e7", "true", "null", R"("")", R"("\\")", "[]", "{}",
                                  R"([{"a":"]"},[]])", R"({"a":{"b":"}"}})"}) {
    for (std::string const& text : {"{\"v\":" + value + "}", "{\"v\": " + value + " }",
                                    "{\"v\":" + value + ",\"w\":1}"}) {
      ASSERT_TRUE(parse(text)) << text;
      EXPECT_EQ(raw_member(text, "v"), value) << text;
    }
  }
}

TEST(RawMember, FindsNothingWhereThereIsNone) {
  for (std::string const text : {"{}", "[1]", "1", R"("v")", R"({"w":{"v":1}})"})
    EXPECT_EQ(raw_member(text, "v"), std::nullopt) << text;
}

}  // namespace
}  // namespace tally::json
