#include "platform/new_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

class NewFolderTest : public testing::Test {
 protected:
  NewFolderTest() : top_(testing::TempDir() + "tally_folder_XXXXXX") {
    EXPECT_NE(::mkdtemp(top_.data()), nullptr);
  }
  ~NewFolderTest() override { fs::remove_all(top_); }

  std::string const& top() const { return top_; }
  std::string at(std::string const& name) const { return top_ + "/" + name; }
  void write(std::string const& name, fs::perms mode = fs::perms::owner_read) const {
    std::ofstream(at(name)) << name;
    fs::permissions(at(name), mode);
  }

 private:
  std::string top_;
};

std::string code_of(Result<void> const& result) { return result ? "" : result.error().code; }
std::string code_of(Result<NewFolder> const& folder) { return folder ? "" : folder.error().code; }
fs::perms mode_of(std::string const& path) { return fs::status(path).permissions(); }

// Whom modes hold for, where root runs the test: a user who owns what is below `folder`.
class SomebodyElse {
 public:
  explicit SomebodyElse(std::string const& folder) {
    if (!was_root_) return;
    EXPECT_EQ(::chown(folder.c_str(), kNobody, kNobody), 0);
    for (auto const& entry : fs::recursive_directory_iterator(folder))
      EXPECT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
  ~SomebodyElse() {
    if (was_root_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  SomebodyElse(SomebodyElse const&) = delete;
  SomebodyElse& operator=(SomebodyElse const&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool const was_root_ = ::geteuid() == 0;
};

}  // namespace

TEST_F(NewFolderTest, StandsUnderItsNameOnlyWhenItIsFinished) {
  auto folder = NewFolder::begin(at("copy/"));
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->path(), at("copy.unfinished"));
  EXPECT_EQ(mode_of(folder->path()), fs::perms::owner_all);
  EXPECT_FALSE(fs::exists(at("copy")));
  ASSERT_TRUE(folder->finish());
  EXPECT_TRUE(fs::is_directory(at("copy")));
  EXPECT_FALSE(fs::exists(at("copy.unfinished")));
}

TEST_F(NewFolderTest, TakesNoNameThatIsTaken) {
  ASSERT_TRUE(fs::create_directory(at("taken")));
  EXPECT_EQ(code_of(NewFolder::begin(at("taken"))), "exists");
  EXPECT_FALSE(fs::exists(at("taken.unfinished")));
  ASSERT_TRUE(fs::create_directory(at("cut.unfinished")));
  EXPECT_EQ(code_of(NewFolder::begin(at("cut"))), "exists");
  fs::create_symlink("nowhere", at("link"));
  EXPECT_EQ(code_of(NewFolder::begin(at("link"))), "exists");
  EXPECT_EQ(code_of(NewFolder::begin(at("absent/copy"))), "not_found");
  write("file");
  EXPECT_EQ(code_of(NewFolder::begin(at("file/copy"))), "not_found");
  EXPECT_EQ(code_of(NewFolder::begin(at(std::string(300, 'n')))), "not_found");
  EXPECT_EQ(code_of(NewFolder::begin("")), "not_found");
  EXPECT_FALSE(fs::exists(".unfinished"));
  auto folder = NewFolder::begin(at("late"));
  ASSERT_TRUE(folder);
  ASSERT_TRUE(fs::create_directory(at("late")));
  EXPECT_EQ(code_of(folder->finish()), "exists");
  EXPECT_TRUE(fs::is_empty(at("late")));
}

TEST_F(NewFolderTest, CopiesATreeWithItsModes) {
  ASSERT_TRUE(fs::create_directories(at("source/deep/empty")));
  fs::permissions(at("source/deep"), fs::perms::owner_all);
  write("source/run", fs::perms::owner_read | fs::perms::owner_exec);
  write("source/deep/.hidden");
  auto folder = NewFolder::begin(at("copy"));
  ASSERT_TRUE(folder);
  auto copied = folder->copy_tree(at("source"), "work/jobs");
  ASSERT_TRUE(copied) << copied.error().detail;
  EXPECT_EQ(copied->files, 2u);
  EXPECT_EQ(copied->bytes,
            fs::file_size(at("source/run")) + fs::file_size(at("source/deep/.hidden")));
  std::string const target = folder->path() + "/work/jobs";
  EXPECT_EQ(mode_of(target + "/run"), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(mode_of(target + "/deep"), fs::perms::owner_all);
  EXPECT_EQ(mode_of(folder->path() + "/work"), fs::perms::owner_all);
  EXPECT_TRUE(fs::is_directory(target + "/deep/empty"));
  EXPECT_TRUE(fs::exists(target + "/deep/.hidden"));
  EXPECT_EQ(folder->copy_tree(at("source/run"), "one")->files, 1u);
  EXPECT_EQ(folder->copy_tree(at("absent"), "two")->files, 0u);
}

// Such are the copies of job kinds, and the server's user is not root.
TEST_F(NewFolderTest, CopiesADirectoryThatItsOwnerMayNotWriteTo) {
  constexpr fs::perms kClosed = fs::perms::owner_read | fs::perms::owner_exec;
  ASSERT_TRUE(fs::create_directories(at("source/closed/deep")));
  write("source/closed/deep/file");
  for (char const* name : {"source/closed/deep", "source/closed"})
    fs::permissions(at(name), kClosed);
  {
    SomebodyElse const user(top());
    auto folder = NewFolder::begin(at("copy"));
    ASSERT_TRUE(folder);
    auto copied = folder->copy_tree(at("source"), "jobs");
    ASSERT_TRUE(copied) << copied.error().detail;
    EXPECT_EQ(copied->files, 1u);
    EXPECT_EQ(mode_of(folder->path() + "/jobs/closed"), kClosed);
    EXPECT_EQ(mode_of(folder->path() + "/jobs/closed/deep"), kClosed);
    folder->give_up();
  }
  EXPECT_FALSE(fs::exists(at("copy.unfinished")));
  for (char const* name : {"source/closed", "source/closed/deep"})
    fs::permissions(at(name), fs::perms::owner_all);
}

TEST_F(NewFolderTest, CopiesNeitherOverAFileNorWhatIsNone) {
  write("file");
  ASSERT_TRUE(fs::create_directory(at("odd")));
  ASSERT_EQ(::mkfifo(at("odd/pipe").c_str(), 0600), 0);
  auto folder = NewFolder::begin(at("copy"));
  ASSERT_TRUE(folder);
  ASSERT_TRUE(folder->copy_tree(at("file"), "file"));
  EXPECT_EQ(folder->copy_tree(at("file"), "file").error().code, "exists");
  auto const odd = folder->copy_tree(at("odd"), "odd");
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, "io_error");
  EXPECT_NE(odd.error().detail.find("odd/pipe"), std::string::npos);
  folder->give_up();
  EXPECT_FALSE(fs::exists(at("copy.unfinished")));
}

}  // namespace tally::platform
