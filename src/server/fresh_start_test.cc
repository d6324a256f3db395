#include "server/fresh_start.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace tally::server {
namespace {

namespace fs = std::filesystem;

class FreshStartTest : public testing::Test {
 protected:
  FreshStartTest() : folder_(testing::TempDir() + "tally_fresh_XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  ~FreshStartTest() override { fs::remove_all(folder_); }

  std::string data() const { return folder_ + "/data"; }
  // What a start makes before it can fail at its port.
  void make(std::string const& name) const {
    fs::create_directories(fs::path(data() + "/" + name).parent_path());
    std::ofstream(data() + "/" + name) << "x";
  }
  void make_all() const {
    for (char const* name : {"LOCK", "HALT", "operator.key", "keys/pepper", "keys/data/k",
                             "ledger/head", "blobs/b", "work/w", "snapshots/s"})
      make(name);
  }

 private:
  std::string folder_;
};

}  // namespace

TEST_F(FreshStartTest, ThatFailsLeavesNoDirectoryBehind) {
  {
    FreshStart fresh(data());
    make_all();
    fresh.locked();
    make("ledger/0000000000.seg");
  }
  EXPECT_FALSE(fs::exists(data()));
}

TEST_F(FreshStartTest, ThatFailsLeavesNoFolderAboveTheDirectoryBehind) {
  std::string const deep = data() + "/of/acme";
  for (std::string const& path : {deep, deep + "/"}) {
    {
      FreshStart fresh(path);
      make("of/acme/LOCK");
      make("of/acme/ledger/head");
      fresh.locked();
    }
    EXPECT_FALSE(fs::exists(data()));
  }
  make("notes.txt");
  {
    FreshStart fresh(deep);
    make("of/acme/LOCK");
    fresh.locked();
  }
  EXPECT_FALSE(fs::exists(data() + "/of"));
  EXPECT_TRUE(fs::exists(data() + "/notes.txt"));
}

TEST_F(FreshStartTest, ThatServesKeepsEverything) {
  {
    FreshStart fresh(data());
    make_all();
    fresh.locked();
    make("ledger/0000000000.seg");
    fresh.serves();
  }
  EXPECT_TRUE(fs::exists(data() + "/ledger/0000000000.seg"));
  EXPECT_TRUE(fs::exists(data() + "/operator.key"));
}

TEST_F(FreshStartTest, OnADirectoryWithALedgerRemovesNothing) {
  make("ledger/0000000000.seg");
  {
    FreshStart fresh(data());
    make_all();
    fresh.locked();
  }
  EXPECT_TRUE(fs::exists(data() + "/ledger/0000000000.seg"));
  EXPECT_TRUE(fs::exists(data() + "/keys/pepper"));
}

// The lock is another server's: its ledger may appear at any time.
TEST_F(FreshStartTest, WithoutTheLockRemovesNothing) {
  {
    FreshStart const fresh(data());
    make_all();
  }
  EXPECT_TRUE(fs::exists(data() + "/keys/pepper"));
}

TEST_F(FreshStartTest, KeepsWhatStoodThereBefore) {
  make("keys/pepper");
  make("notes.txt");
  {
    FreshStart fresh(data());
    make_all();
    fresh.locked();
  }
  EXPECT_TRUE(fs::exists(data() + "/keys/pepper"));
  EXPECT_TRUE(fs::exists(data() + "/notes.txt"));
  EXPECT_FALSE(fs::exists(data() + "/ledger"));
  EXPECT_FALSE(fs::exists(data() + "/operator.key"));
}

}  // namespace tally::server
