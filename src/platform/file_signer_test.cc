#include "platform/file_signer.h"

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/bytes.h"
#include "base/mutex.h"
#include "platform/os_entropy.h"
#include "platform/system_clock.h"

namespace tally::platform {
namespace {

class FileSignerTest : public ::testing::Test {
 protected:
  FileSignerTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "signer-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~FileSignerTest() override { std::filesystem::remove_all(directory_); }
  std::string path() const { return directory_ / "key"; }
  void write_key(std::string const& bytes, mode_t mode) const {
    std::ofstream(path(), std::ios::binary) << bytes;
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
  }

  std::filesystem::path directory_;
};

TEST_F(FileSignerTest, MakesAKeyThatOnlyTheOwnerCanReadAndFindsItAgain) {
  auto const made = FileSigner::open_or_create(path());
  ASSERT_TRUE(made);
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_EQ(status.st_nlink, 1U);
  auto const found = FileSigner::open_or_create(path());
  ASSERT_TRUE(found);
  EXPECT_EQ((*made)->public_key(), (*found)->public_key());
}

TEST_F(FileSignerTest, TwoNewKeysDiffer) {
  auto const one = FileSigner::open_or_create(path());
  auto const two = FileSigner::open_or_create(path() + "2");
  ASSERT_TRUE(one && two);
  EXPECT_NE((*one)->public_key(), (*two)->public_key());
}

// RFC 8032 section 7.1, test 2.
TEST_F(FileSignerTest, SignsAsInThePublishedVector) {
  auto const seed = from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  write_key(std::string(as_text(*seed)), 0600);
  auto const signer = FileSigner::open_or_create(path());
  ASSERT_TRUE(signer);
  EXPECT_EQ(to_hex((*signer)->public_key()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  std::array<std::uint8_t, 1> const message{0x72};
  EXPECT_EQ(to_hex((*signer)->sign(message).value()),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST_F(FileSignerTest, RefusesAKeyThatOthersCanRead) {
  for (mode_t const mode : {mode_t{0640}, mode_t{0604}, mode_t{0620}}) {
    write_key(std::string(32, 'k'), mode);
    auto const signer = FileSigner::open_or_create(path());
    ASSERT_FALSE(signer) << mode;
    EXPECT_EQ(signer.error().code, "key_permissions");
    EXPECT_EQ(signer.error().detail.find(path()), std::string::npos);
  }
}

TEST_F(FileSignerTest, RefusesAKeyOfTheWrongLengthAndLeavesItAlone) {
  for (std::size_t const length : {std::size_t{0}, std::size_t{31}, std::size_t{33}}) {
    write_key(std::string(length, 'k'), 0600);
    auto const signer = FileSigner::open_or_create(path());
    ASSERT_FALSE(signer) << length;
    EXPECT_EQ(signer.error().code, "key_malformed");
    EXPECT_EQ(std::filesystem::file_size(path()), length);
  }
}

TEST_F(FileSignerTest, SaysWhenTheDirectoryIsMissing) {
  auto const signer = FileSigner::open_or_create((directory_ / "absent" / "key").string());
  ASSERT_FALSE(signer);
  EXPECT_EQ(signer.error().code, "key_unavailable");
}

TEST(OsEntropy, FillsEveryByteSoonerOrLater) {
  std::array<std::uint8_t, 600> seen{};
  for (int round = 0; round < 8; ++round) {
    std::array<std::uint8_t, 600> bytes{};
    OsEntropy().fill(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) seen[i] |= bytes[i];
  }
  for (auto const byte : seen) EXPECT_NE(byte, 0);
}

TEST(OsEntropy, NeverGivesTheSameBytesTwice) {
  Mutex<std::set<std::array<std::uint8_t, 16>>> all;
  auto const draw = [&all] {
    for (int i = 0; i < 2000; ++i) {  // several pages
      std::array<std::uint8_t, 16> bytes{};
      OsEntropy().fill(bytes);
      all.with([&](auto& set) { set.insert(bytes); });
    }
  };
  std::thread other(draw);
  draw();
  other.join();
  EXPECT_EQ(all.with([](auto const& set) { return set.size(); }), 4000u);
}

TEST(SystemClock, MovesForwardAndKnowsThisCentury) {
  SystemClock const clock;
  auto const first = clock.monotonic();
  while (clock.monotonic() == first) {
  }
  EXPECT_GT(clock.monotonic(), first);
  EXPECT_GT(clock.wall(), *from_rfc3339("2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace tally::platform
