#include "platform/remove_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/process_fd.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

// A chain of directories with a file in each.
void make_deep(std::string const& path, int depth) {
  fs::create_directories(path);
  OwnedFd at(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    OwnedFd const file(::openat(at.get(), "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ASSERT_EQ(::mkdirat(at.get(), "d", 0700), 0);
    at = OwnedFd(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(at.open());
  }
}

TEST(RemoveTree, TakesFilesLinksAndDirectories) {
  TestDirectory directory;
  write_text(directory / "outside", "stays");
  write_text(directory / "tree/a/b/file", "goes");
  write_text(directory / "tree/.removed-0/.removed-1/file", "a name that we might choose");
  fs::create_symlink(directory / "outside", directory / "tree/link");
  fs::create_directory_symlink(directory / "", directory / "tree/a/up");
  ASSERT_EQ(::mkfifo((directory / "tree/pipe").c_str(), 0600), 0);
  auto const removed = remove_tree(directory / "tree");
  EXPECT_TRUE(removed) << removed.error().internal;
  EXPECT_FALSE(fs::exists(directory / "tree"));
  EXPECT_EQ(read_text(directory / "outside"), "stays");
  EXPECT_TRUE(remove_tree(directory / "tree"));
  EXPECT_TRUE(remove_tree(directory / "outside/below"));
}

TEST(RemoveTree, TakesATreeThatIsDeeperThanAPathCanBeLong) {
  TestDirectory directory;
  make_deep(directory / "tree", 5000);
  auto const removed = remove_tree(directory / "tree");
  EXPECT_TRUE(removed) << removed.error().internal;
  EXPECT_FALSE(fs::exists(directory / "tree"));
}

TEST(RemoveTree, TakesDirectoriesThatNobodyMayRead) {
  TestDirectory directory;
  for (char const* mode : {"000", "300", "100", "500"}) {
    write_text(directory / ("tree/" + std::string(mode) + "/inner/file"), "x");
    fs::permissions(directory / ("tree/" + std::string(mode) + "/inner"), fs::perms(0));
    fs::permissions(directory / ("tree/" + std::string(mode)),
                    fs::perms(std::stoi(mode, nullptr, 8)));
  }
  // Modes do not bind root: the owner is somebody else for as long as it takes.
  bool const root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chmod((directory / "").c_str(), 0777), 0);
    std::vector<std::string> all{directory / "tree"};
    for (auto const& entry : fs::recursive_directory_iterator(directory / "tree"))
      all.push_back(entry.path().string());
    for (auto const& path : all) ASSERT_EQ(::lchown(path.c_str(), 65534, 65534), 0);
    ASSERT_EQ(::seteuid(65534), 0);
  }
  auto const removed = remove_tree(directory / "tree");
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_TRUE(removed) << removed.error().internal;
  EXPECT_FALSE(fs::exists(directory / "tree"));
}

}  // namespace
}  // namespace tally::platform
