#include "platform/file_disk.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace tally::platform {

namespace {

constexpr std::uint64_t kBlock = ports::kDiskBlock;

class FileDiskTest : public testing::TestWithParam<Transfer> {
 protected:
  FileDiskTest() {
    std::string pattern = testing::TempDir() + "file_disk_XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
    disk_ = std::move(*FileDisk::open_directory(path_, GetParam()));
  }
  ~FileDiskTest() override { std::filesystem::remove_all(path_); }

  std::string path_;
  std::unique_ptr<FileDisk> disk_;
};

Bytes pattern(std::size_t bytes, std::uint8_t first) {
  Bytes out(bytes);
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(first + i % 251);
  return out;
}

}  // namespace

TEST_P(FileDiskTest, CreatesAFileOfZerosThatIsListed) {
  auto file = disk_->create_zeroed("a.seg", 5 * kBlock);
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->size(), 5 * kBlock);
  Bytes bytes(5 * kBlock, 9);
  ASSERT_TRUE((*file)->read(0, bytes));
  EXPECT_EQ(bytes, Bytes(5 * kBlock));
  EXPECT_EQ(*disk_->list(), std::vector<std::string>{"a.seg"});
  // Really written: as many bytes are allocated as the file is long.
  struct stat status {};
  ASSERT_EQ(::stat((path_ + "/a.seg").c_str(), &status), 0);
  EXPECT_GE(static_cast<std::uint64_t>(status.st_blocks) * 512, 5 * kBlock);
}

TEST_P(FileDiskTest, RefusesToCreateOverAnExistingName) {
  ASSERT_TRUE(disk_->create_zeroed("a", kBlock));
  EXPECT_EQ(disk_->create_zeroed("a", kBlock).error().code, "exists");
  EXPECT_EQ(*disk_->list(), std::vector<std::string>{"a"});
}

TEST_P(FileDiskTest, ReadsBackWhatAnotherHandleWroteAtAnyOffsetAndAlignment) {
  auto file = disk_->create_zeroed("a", 600 * kBlock);
  ASSERT_TRUE(file);
  auto bytes = pattern(300 * kBlock, 3);
  ASSERT_TRUE((*file)->write_durable(2 * kBlock, bytes));
  auto other = disk_->open("a");
  ASSERT_TRUE(other);
  for (std::size_t offset : {0u, 1u, 511u, 4095u, 4096u, 70'001u}) {
    for (std::size_t length : {1u, 512u, 4096u, 1'100'000u}) {
      if (offset + length > bytes.size()) continue;
      Bytes read(length);
      ASSERT_TRUE((*other)->read(2 * kBlock + offset, read));
      auto from = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
      EXPECT_TRUE(std::equal(read.begin(), read.end(), from)) << offset << " " << length;
    }
  }
}

TEST_P(FileDiskTest, ReadsTheLastBytesOfAFileThatEndsInsideABlock) {
  auto content = pattern(kBlock + 60, 1);
  ASSERT_TRUE(disk_->replace("head", content));
  auto file = disk_->open("head");
  ASSERT_TRUE(file);
  ASSERT_EQ((*file)->size(), content.size());
  Bytes read(content.size());
  ASSERT_TRUE((*file)->read(0, read));
  EXPECT_EQ(read, content);
  Bytes tail(60);
  ASSERT_TRUE((*file)->read(kBlock, tail));
  EXPECT_TRUE(std::equal(tail.begin(), tail.end(), content.begin() + kBlock));
}

TEST_P(FileDiskTest, RefusesAReadPastTheEnd) {
  auto file = disk_->create_zeroed("a", kBlock);
  ASSERT_TRUE(file);
  Bytes bytes(2);
  EXPECT_EQ((*file)->read(kBlock - 1, bytes).error().code, "io_error");
}

TEST_P(FileDiskTest, ReportsAFileThatWasCutWhileItWasOpen) {
  auto file = disk_->create_zeroed("a", 4 * kBlock);
  ASSERT_TRUE(file);
  std::filesystem::resize_file(path_ + "/a", kBlock);
  Bytes bytes(2 * kBlock);
  EXPECT_EQ((*file)->read(kBlock, bytes).error().code, "io_error");
}

TEST_P(FileDiskTest, ReplacesAFileAsAWholeAndLeavesNoTemporaryFile) {
  ASSERT_TRUE(disk_->replace("head", as_bytes("old and long")));
  ASSERT_TRUE(disk_->replace("head", as_bytes("new")));
  auto file = disk_->open("head");
  ASSERT_TRUE(file);
  Bytes read(3);
  ASSERT_TRUE((*file)->read(0, read));
  EXPECT_EQ(as_text(read), "new");
  std::size_t entries = 0;
  for (auto const& entry : std::filesystem::directory_iterator(path_)) {
    (void)entry;
    ++entries;
  }
  EXPECT_EQ(entries, 1u);
}

TEST_P(FileDiskTest, IgnoresAndReplacesWhatACreationThatWasCutShortLeft) {
  std::ofstream(path_ + "/.new-a") << "half of it";
  EXPECT_TRUE(disk_->list()->empty());
  auto file = disk_->create_zeroed("a", kBlock);
  ASSERT_TRUE(file);
  Bytes bytes(kBlock, 1);
  ASSERT_TRUE((*file)->read(0, bytes));
  EXPECT_EQ(bytes, Bytes(kBlock));
}

TEST_P(FileDiskTest, RemovesAFileAndReportsOneThatIsMissing) {
  ASSERT_TRUE(disk_->replace("a", as_bytes("x")));
  ASSERT_TRUE(disk_->remove("a"));
  EXPECT_EQ(disk_->remove("a").error().code, "not_found");
  EXPECT_EQ(disk_->open("a").error().code, "not_found");
}

TEST_P(FileDiskTest, ReadOnlyReadsAndRefusesEveryChange) {
  auto written = pattern(kBlock, 7);
  {
    auto file = disk_->create_zeroed("a", kBlock);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_durable(0, written));
  }
  auto disk = FileDisk::open_read_only(path_);
  ASSERT_TRUE(disk);
  auto file = (*disk)->open("a");
  ASSERT_TRUE(file);
  Bytes bytes(kBlock);
  ASSERT_TRUE((*file)->read(0, bytes));
  EXPECT_EQ(bytes, written);
  EXPECT_EQ((*file)->write_durable(0, bytes).error().code, "read_only");
  EXPECT_EQ((*disk)->create_zeroed("b", kBlock).error().code, "read_only");
  EXPECT_EQ((*disk)->replace("a", bytes).error().code, "read_only");
  EXPECT_EQ((*disk)->remove("a").error().code, "read_only");
}

TEST_P(FileDiskTest, ReadOnlyDoesNotCreateTheDirectory) {
  auto disk = FileDisk::open_read_only(path_ + "/missing");
  ASSERT_FALSE(disk);
  EXPECT_EQ(disk.error().code, "not_found");
  EXPECT_FALSE(std::filesystem::exists(path_ + "/missing"));
}

TEST_P(FileDiskTest, OpeningCreatesTheDirectory) {
  ASSERT_TRUE(FileDisk::open_directory(path_ + "/made"));
  EXPECT_TRUE(std::filesystem::is_directory(path_ + "/made"));
}

TEST_P(FileDiskTest, NamesAFullDiskAndLeavesNothingBehind) {
  // The kernel refuses to let a file grow past this limit; it stands in for a full disk.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = before;
  tight.rlim_cur = 2 * kBlock;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  auto file = disk_->create_zeroed("a", 8 * kBlock);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, "disk_full");
  EXPECT_NE(file.error().internal.find("writing"), std::string::npos);
  EXPECT_TRUE(disk_->list()->empty());
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_P(FileDiskTest, IsDirectOnlyWhenAskedAndSaysSo) {
  if (GetParam() == Transfer::buffered) {
    EXPECT_FALSE(disk_->is_direct());
  }
  EXPECT_TRUE(std::filesystem::is_empty(path_));  // the probe is gone
}

TEST_P(FileDiskTest, PutsAFileTogetherFromPartsOrLeavesTheOldOne) {
  ASSERT_TRUE(disk_->put("a", [](ports::Write const& write) -> Result<void> {
    for (std::uint8_t i = 0; i < 5; ++i) TRY_VOID(write(Bytes(1'000, i)));
    return {};
  }));
  auto const file = disk_->open("a");
  ASSERT_TRUE(file);
  Bytes bytes(5'000);
  ASSERT_TRUE((*file)->read(0, bytes));
  EXPECT_EQ(bytes[999], 0);
  EXPECT_EQ(bytes[4'000], 4);
  auto const refused = disk_->put("a", [](ports::Write const& write) -> Result<void> {
    TRY_VOID(write(Bytes(10, 9)));
    return fail("enough", "no more of it");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "enough");
  EXPECT_EQ((*disk_->open("a"))->size(), 5'000u);
  EXPECT_EQ(*disk_->list(), std::vector<std::string>{"a"});
}

TEST_P(FileDiskTest, RemovesWhatAWriteThatWasCutShortLeft) {
  ASSERT_TRUE(disk_->replace("kept", Bytes(10, 1)));
  std::ofstream(path_ + "/.new-state-7") << "the beginning of somethi";
  disk_.reset();
  disk_ = std::move(*FileDisk::open_directory(path_, GetParam()));
  EXPECT_FALSE(std::filesystem::exists(path_ + "/.new-state-7"));
  EXPECT_EQ(*disk_->list(), std::vector<std::string>{"kept"});
}

TEST_P(FileDiskTest, SaysWhatFilesMayStillTake) {
  auto const free = disk_->free_bytes();
  ASSERT_TRUE(free);
  EXPECT_GT(*free, 0u);
  EXPECT_LE(*free, std::filesystem::space(path_).capacity);
}

INSTANTIATE_TEST_SUITE_P(Transfers, FileDiskTest,
                         testing::Values(Transfer::direct_if_possible, Transfer::buffered,
                                         Transfer::cached));

}  // namespace tally::platform
