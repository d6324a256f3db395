#include "server/data_directory.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "ledger/hand_ports_fixture.h"
#include "server/private_modes.h"

namespace tally::server {
namespace {

namespace fs = std::filesystem;

class DataDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "tallyXXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
  }
  void TearDown() override { fs::remove_all(path_); }

  Result<std::unique_ptr<DataDirectory>> open() { return DataDirectory::open(path_, entropy_); }
  void write_halt(std::string const& text) { std::ofstream(path_ / "HALT") << text; }
  // What an open says, or "opened".
  std::string said() {
    auto const opened = open();
    return opened ? "opened" : opened.error().code + ": " + opened.error().detail;
  }

  fs::path path_;
  ledger::testing::SeededEntropy entropy_;
};

TEST_F(DataDirectoryTest, HonoursAHaltWhateverItsBytesAndItsLength) {
  { ASSERT_TRUE(open()); }
  struct Case {
    std::string file;
    std::string reason;
  };
  for (auto const& [file, reason] :
       {Case{"by hand\n", "by hand"}, Case{"\xff\xfe", "\\xff\\xfe"}, Case{"", ""},
        Case{std::string(5000, 'x'),
             "the HALT file holds bytes that are no reason: " + std::string(64, 'x')}}) {
    write_halt(file);
    auto const directory = open();
    ASSERT_TRUE(directory) << directory.error().detail;
    EXPECT_EQ((*directory)->halt_reason(), reason);
  }
}

TEST_F(DataDirectoryTest, KeepsAHaltUntilItIsCleared) {
  {
    auto const directory = open();
    ASSERT_TRUE(directory);
    (*directory)->write_halt("disk \xff lost");
  }
  auto const directory = open();
  ASSERT_TRUE(directory);
  EXPECT_EQ((*directory)->halt_reason(), "disk \\xff lost");
  EXPECT_TRUE((*directory)->clear_halt());
  EXPECT_EQ((*directory)->halt_reason(), "");
}

// It reads as empty, and takes every reason without keeping it.
TEST_F(DataDirectoryTest, RefusesAHaltThatIsNoFile) {
  { ASSERT_TRUE(open()); }
  fs::remove(path_ / "HALT");
  fs::create_symlink("/dev/null", path_ / "HALT");
  EXPECT_EQ(said(), "io_error: HALT is not a regular file: it could keep no reason; move it away");
}

TEST_F(DataDirectoryTest, RefusesWhatOtherUsersMayReadOrChange) {
  { ASSERT_TRUE(open()); }
  EXPECT_EQ(said(), "opened");
  auto const refused = [&](std::string const& inside, int mode, std::string const& remedy) {
    std::string const target = path_.string() + inside;
    auto const before = fs::status(target).permissions();
    fs::permissions(target, fs::perms(mode));
    EXPECT_EQ(said(), fmt::format("key_permissions: {0} is open to other users (mode {1:04o}): "
                                  "chmod {2} {0}",
                                  target, mode, remedy));
    fs::permissions(target, before);
    EXPECT_EQ(said(), "opened");
  };
  refused("", 0770, "go-w");
  refused("", 0702, "go-w");
  refused("/operator.key", 0640, "go-rwx");
  refused("/operator.key", 0604, "go-rwx");
  refused("/keys/pepper", 0644, "go-rwx");
  refused("/keys", 0750, "go-rwx");
  refused("/ledger", 0705, "go-rwx");
  fs::permissions(path_, fs::perms(01777));
  EXPECT_TRUE(said().ends_with("(mode 1777): choose a directory of the server's own")) << said();
  fs::permissions(path_, fs::perms(0755));  // it may be seen from outside
  EXPECT_EQ(said(), "opened");
}

}  // namespace
}  // namespace tally::server
