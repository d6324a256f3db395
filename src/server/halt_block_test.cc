#include "server/halt_block.h"

#include <gtest/gtest.h>

namespace tally::server {
namespace {

Bytes block_with(std::string_view text) {
  Bytes block(kHaltBytes);
  std::ranges::copy(as_bytes(text), block.begin());
  return block;
}

TEST(HaltBlock, OfZerosHaltsNobody) {
  EXPECT_EQ(halt_reason_in(Bytes(kHaltBytes)), "");
  EXPECT_EQ(halt_reason_in({}), "");
}

TEST(HaltBlock, GivesTheReasonThatWasWritten) {
  for (std::string const reason : {"the log could not be written", "gr\xc3\xbc\xc3\x9f"}) {
    EXPECT_EQ(halt_block_of(reason).size(), kHaltBytes);
    EXPECT_EQ(halt_reason_in(halt_block_of(reason)), reason);
  }
  EXPECT_EQ(halt_reason_in(block_with("by hand\n")), "by hand");
}

TEST(HaltBlock, OfBytesThatAreNoTextHaltsWithOneLineOfText) {
  EXPECT_EQ(halt_reason_in(block_with("a\xff\xfe")), "a\\xff\\xfe");
  auto const full = halt_reason_in(Bytes(kHaltBytes, 0xff));
  EXPECT_TRUE(full.starts_with("the HALT file holds bytes that are no reason: \\xff\\xff")) << full;
}

TEST(HaltBlock, OfAnythingButZerosHalts) {
  Bytes late(kHaltBytes);
  late.back() = 1;
  EXPECT_NE(halt_reason_in(late), "");
  Bytes behind = halt_block_of("reason");
  behind[100] = 'x';
  EXPECT_NE(halt_reason_in(behind), "");
  EXPECT_NE(halt_reason_in(block_with("\n")), "");
}

TEST(HaltBlock, IsNeverLongerThanALineInTheLedgerMayBe) {
  EXPECT_LE(halt_reason_in(Bytes(kHaltBytes, 'x')).size(), kHaltReasonBytesMax);
  auto const long_reason = halt_block_of(std::string(100'000, '\n'));
  EXPECT_EQ(long_reason.size(), kHaltBytes);
  EXPECT_LE(halt_reason_in(long_reason).size(), kHaltReasonBytesMax);
  EXPECT_NE(halt_reason_in(halt_block_of("")), "");
}

}  // namespace
}  // namespace tally::server
