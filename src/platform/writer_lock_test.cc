#include "platform/writer_lock.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "platform/os_entropy.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

class WriterLockTest : public testing::Test {
 protected:
  WriterLockTest() : root_(testing::TempDir() + "tally_lock_XXXXXX") {
    EXPECT_NE(::mkdtemp(root_.data()), nullptr);
    ledger = root_ + "/data/ledger";
    fs::create_directories(ledger);
  }
  ~WriterLockTest() override { fs::remove_all(root_); }

  Result<std::unique_ptr<WriterLock>> take() { return WriterLock::take(ledger, entropy); }
  std::string data() const { return root_ + "/data"; }
  std::string other() const { return root_ + "/other"; }
  static std::string code_of(Result<void> const& result) {
    return result ? "held" : result.error().code;
  }

  OsEntropy entropy;
  std::string ledger;

 private:
  std::string root_;
};

TEST_F(WriterLockTest, IsForOneAtATime) {
  EXPECT_FALSE(WriterLock::is_held(ledger));
  auto first = take();
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_TRUE(WriterLock::is_held(ledger));
  auto const second = take();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "in_use");
  EXPECT_EQ(code_of((*first)->still_held()), "held");  // the one who was refused left no mark
  first->reset();
  EXPECT_FALSE(WriterLock::is_held(ledger));
  EXPECT_TRUE(take());
}

// Whatever file is removed: the lock is on what holds them.
TEST_F(WriterLockTest, IsHeldWhereEveryFileOfTheDirectoryWasRemoved) {
  auto const first = take();
  ASSERT_TRUE(first);
  for (auto const& file : fs::directory_iterator(ledger)) fs::remove_all(file);
  auto const second = take();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "in_use");
  EXPECT_EQ(code_of((*first)->still_held()), "fenced");
}

TEST_F(WriterLockTest, IsLostWithTheDirectory) {
  auto const lock = take();
  ASSERT_TRUE(lock);
  fs::remove_all(data());
  auto const held = (*lock)->still_held();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, "fenced");
  EXPECT_EQ(held.error().detail, "the data directory is gone");
  EXPECT_FALSE(WriterLock::is_held(ledger));
}

TEST_F(WriterLockTest, IsLostWhereACopyStandsInThePlaceOfTheDirectory) {
  auto const lock = take();
  ASSERT_TRUE(lock);
  fs::rename(data(), other());
  EXPECT_EQ(code_of((*lock)->still_held()), "fenced");
  fs::copy(other(), data(), fs::copy_options::recursive);
  EXPECT_EQ(code_of((*lock)->still_held()), "fenced");  // the same word in another file
  EXPECT_TRUE(take());
  fs::remove_all(data());
  fs::rename(other(), data());
  EXPECT_EQ(code_of((*lock)->still_held()), "held");
}

// On a file system whose locks do not reach everybody.
TEST_F(WriterLockTest, IsLostToWhoeverWritesAnotherWord) {
  auto const lock = take();
  ASSERT_TRUE(lock);
  std::fstream(ledger + "/writer", std::ios::in | std::ios::out) << "0123456789abcdef";
  auto const held = (*lock)->still_held();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().detail, "another process has taken the ledger over");
}

TEST_F(WriterLockTest, OfADirectoryThatIsNotThereIsNobodys) {
  EXPECT_FALSE(WriterLock::is_held(ledger + "/nothing"));
  auto const taken = WriterLock::take(ledger + "/nothing", entropy);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "io_error");
}

}  // namespace
}  // namespace tally::platform
