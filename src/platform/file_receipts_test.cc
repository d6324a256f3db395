#include "platform/file_receipts.h"

#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

class FileReceiptsTest : public testing::Test {
 protected:
  FileReceipts open() {
    auto opened = FileReceipts::open(directory_ / "work");
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  ports::ReceiptState state(RunId run, std::uint64_t fence) {
    auto found = open().read_receipt(run, fence);
    EXPECT_TRUE(found);
    return found->state;
  }
  std::string file() const { return directory_ / "work/run_0000000000000007/3/receipt.json"; }

  TestDirectory directory_;
  Bytes content_ = to_bytes(R"({"result":"\"\u00e9\""})");
};

TEST_F(FileReceiptsTest, FindsAReceiptAgainAfterReopening) {
  ASSERT_TRUE(open().write_receipt(RunId(7), 3, content_));
  auto found = open().read_receipt(RunId(7), 3);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, ports::ReceiptState::valid);
  EXPECT_EQ(found->content, content_);
  EXPECT_EQ(std::filesystem::status(file()).permissions(), std::filesystem::perms(0600));
}

TEST_F(FileReceiptsTest, SaysNoneForAnotherRunOrFence) {
  ASSERT_TRUE(open().write_receipt(RunId(7), 3, content_));
  EXPECT_EQ(state(RunId(7), 4), ports::ReceiptState::none);
  EXPECT_EQ(state(RunId(8), 3), ports::ReceiptState::none);
}

TEST_F(FileReceiptsTest, NoticesAFlippedBitAnywhere) {
  ASSERT_TRUE(open().write_receipt(RunId(7), 3, content_));
  auto const whole = read_text(file());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto broken = whole;
    broken[i] = static_cast<char>(broken[i] ^ 0x20);
    write_text(file(), broken);
    EXPECT_EQ(state(RunId(7), 3), ports::ReceiptState::damaged) << "byte " << i;
  }
}

TEST_F(FileReceiptsTest, NoticesATruncatedFile) {
  ASSERT_TRUE(open().write_receipt(RunId(7), 3, content_));
  for (std::size_t size : {0u, 1u, 40u}) {
    std::filesystem::resize_file(file(), size);
    EXPECT_EQ(state(RunId(7), 3), ports::ReceiptState::damaged);
    ASSERT_TRUE(open().write_receipt(RunId(7), 3, content_));
  }
}

TEST_F(FileReceiptsTest, NoticesAReceiptOfAnotherExecutionInItsPlace) {
  ASSERT_TRUE(open().write_receipt(RunId(7), 2, content_));
  write_text(file(), read_text(directory_ / "work/run_0000000000000007/2/receipt.json"));
  EXPECT_EQ(state(RunId(7), 3), ports::ReceiptState::damaged);
}

TEST_F(FileReceiptsTest, ReplacesAndRemoves) {
  auto receipts = open();
  ASSERT_TRUE(receipts.write_receipt(RunId(7), 3, as_bytes("first")));
  ASSERT_TRUE(receipts.write_receipt(RunId(7), 3, content_));
  EXPECT_EQ(receipts.read_receipt(RunId(7), 3)->content, content_);
  ASSERT_TRUE(receipts.remove(RunId(7), 3));
  EXPECT_EQ(state(RunId(7), 3), ports::ReceiptState::none);
  EXPECT_TRUE(receipts.remove(RunId(7), 3));
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "work"));
}

TEST_F(FileReceiptsTest, ReportsAMediumThatCannotBeWritten) {
  auto receipts = open();
  write_text(directory_ / "work/run_0000000000000007", "a file where a directory must be");
  auto written = receipts.write_receipt(RunId(7), 3, content_);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "io_error");
}

}  // namespace
}  // namespace tally::platform
