#include "workers/receipt_text.h"

#include <gtest/gtest.h>

namespace tally::workers {
namespace {

TEST(ReceiptText, IsReadAsItWasWritten) {
  ports::WorkReceipt receipt{R"({"a":[1]})", Micros(12'300), seconds(2), "bubblewrap"};
  auto const read = parse_receipt(receipt_text(receipt));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->result_json, receipt.result_json);
  EXPECT_EQ(read->reported, receipt.reported);
  EXPECT_EQ(read->elapsed, receipt.elapsed);
  EXPECT_EQ(read->sandbox, receipt.sandbox);
}

TEST(ReceiptText, ReadsBackWhatItWrote) {
  ports::WorkReceipt whole{"\"\\u0007 \xc3\xa9\"", std::nullopt, milliseconds(250), "bubblewrap"};
  auto const read = parse_receipt(receipt_text(whole));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->result_json, whole.result_json);
  EXPECT_EQ(read->reported, std::nullopt);
}

TEST(ReceiptText, OfLessThanNoTimeOrNoMoneyIsNone) {
  EXPECT_TRUE(parse_receipt(R"({"elapsed_us":0,"result":"1","sandbox":"x"})"));
  EXPECT_FALSE(parse_receipt(R"({"elapsed_us":-1,"result":"1","sandbox":"x"})"));
  EXPECT_FALSE(
      parse_receipt(R"({"elapsed_us":1,"reported_micros":-1,"result":"1","sandbox":"x"})"));
}

TEST(ReceiptText, OfOtherBytesThanWouldBeWrittenIsNone) {
  for (char const* text :
       {"", "[]", "1", R"({"elapsed_us":1})", R"({"elapsed_us":1, "result":"1","sandbox":"x"})",
        R"({"elapsed_us":1,"result":"1","sandbox":"x","z":1})"})
    EXPECT_FALSE(parse_receipt(text)) << text;
}

}  // namespace
}  // namespace tally::workers
