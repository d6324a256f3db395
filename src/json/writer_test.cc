#include "json/writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace tally::json {
namespace {

TEST(Writer, PutsCommasAndKeepsTheGivenOrder) {
  std::string out;
  Writer writer(out);
  writer.begin_object().member("z", 1).member("a", std::string("x\"y")).key("list").begin_array();
  writer.value(true).null().begin_object().end_object().value("t").begin_array().end_array();
  writer.end_array().key("raw").raw("[1]").member("flag", false).end_object();
  EXPECT_EQ(out, R"({"z":1,"a":"x\"y","list":[true,null,{},"t",[]],"raw":[1],"flag":false})");
  EXPECT_TRUE(writer.balanced());
  EXPECT_TRUE(parse(out));
}

TEST(Writer, AppendsAfterWhatIsThere) {
  std::string out = "data: ";
  Writer(out).begin_array().value(1).end_array();
  EXPECT_EQ(out, "data: [1]");
}

TEST(Writer, WritesEachKindOfNumberAndWholeDocuments) {
  std::string out;
  Writer writer(out);
  writer.begin_array();
  writer.value(std::numeric_limits<std::int64_t>::min());
  writer.value(std::numeric_limits<std::uint64_t>::max());
  writer.value(std::uint8_t{7}).value(0.25).value(Value(Array{Value(1), Value("b")}));
  writer.end_array();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,7,0.25,[1,\"b\"]]");
}

TEST(Writer, KnowsWhetherAllIsClosed) {
  std::string out;
  Writer writer(out);
  writer.begin_object();
  EXPECT_FALSE(writer.balanced());
  writer.end_object();
  EXPECT_TRUE(writer.balanced());
}

TEST(WriterDeathTest, StopsAtAnEndWithoutABegin) {
  std::string out;
  EXPECT_DEATH(Writer(out).end_array(), "end without begin");
}

}  // namespace
}  // namespace tally::json
