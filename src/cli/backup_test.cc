#include <fstream>

#include "cli/ledger_fixture.h"
#include "cli/program_fixture.h"

namespace tally::cli {
namespace {

namespace fs = std::filesystem;

class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    ledger.fill();
    for (char const* folder : {"keys/data/default", "blobs/sha256", "work/jobs/one", "snapshots"})
      fs::create_directories(ledger.file(folder));
    for (char const* file : {"keys/ledger.key", "keys/pepper", "keys/data/default/2026-11.key",
                             "operator.key", "work/jobs/one/job.toml", "snapshots/old"})
      std::ofstream(ledger.file(file)) << file;
  }

  Ran backup(std::vector<std::string> const& more) const {
    std::vector<std::string> words{"backup", "--data", ledger.data()};
    words.insert(words.end(), more.begin(), more.end());
    return run_tally(words);
  }

  LedgerFixture ledger;
  TemporaryFolder away;
};

}  // namespace

TEST_F(BackupTest, HoldsTheLedgerAndPayloadsAndTheKeysApart) {
  Ran const ran = backup({away.file("copy"), "--keys", away.file("keys")});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, "5 events")) << ran.out;
  EXPECT_TRUE(contains(ran.out, ledger.root().hex())) << ran.out;
  for (char const* file : {"copy/ledger/head", "copy/ledger/0000000000.seg", "copy/blobs/sha256",
                           "copy/work/jobs/one/job.toml", "keys/keys/ledger.key",
                           "keys/keys/data/default/2026-11.key", "keys/operator.key"})
    EXPECT_TRUE(fs::exists(away.file(file))) << file;
  for (char const* file : {"copy/keys", "copy/operator.key", "copy/snapshots", "copy.unfinished",
                           "keys.unfinished", "keys/ledger"})
    EXPECT_FALSE(fs::exists(away.file(file))) << file;
  Ran const verified =
      run_tally({"ledger", "verify", "--data", away.file("copy"), "--vkey", ledger.vkey()});
  EXPECT_EQ(verified.code, ExitCode::yes) << verified.err;
}

TEST_F(BackupTest, WithoutKeysSaysThatTheyAreNotInIt) {
  Ran const ran = backup({away.file("copy"), "--json"});
  EXPECT_EQ(ran.code, ExitCode::yes);
  EXPECT_TRUE(contains(ran.out, "\"events\":5,")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "\"keys\":false,")) << ran.out;
  EXPECT_TRUE(contains(backup({away.file("second")}).err, "the keys are not in it"));
}

TEST_F(BackupTest, WritesOverNothingAndIntoNothing) {
  ASSERT_EQ(backup({away.file("copy")}).code, ExitCode::yes);
  auto const before = fs::last_write_time(away.file("copy/ledger/head"));
  std::vector<std::vector<std::string>> const wrong{
      {away.file("copy")},
      {away.file("absent/copy")},
      {ledger.file("copy")},
      {away.file("other"), "--keys", away.file("copy")},
      {away.file("other"), "--keys", away.file("other/keys")},
      {away.file("other"), "--keys", ledger.file("copy")}};
  for (auto const& words : wrong) EXPECT_EQ(backup(words).code, ExitCode::usage) << words.back();
  EXPECT_EQ(fs::last_write_time(away.file("copy/ledger/head")), before);
  EXPECT_FALSE(fs::exists(away.file("other.unfinished")));
  EXPECT_FALSE(fs::exists(ledger.file("copy.unfinished")));
  EXPECT_EQ(run_tally({"backup", away.file("x"), "--data", away.file("nothing")}).code,
            ExitCode::usage);
  fs::create_directories(away.file("bare/ledger"));
  EXPECT_EQ(run_tally({"backup", away.file("x"), "--data", away.file("bare")}).code,
            ExitCode::usage);
  EXPECT_FALSE(fs::exists(away.file("x.unfinished")));
}

TEST_F(BackupTest, OfADamagedLedgerIsNotMade) {
  {
    std::fstream segment(ledger.file("ledger/0000000000.seg"),
                         std::ios::in | std::ios::out | std::ios::binary);
    segment.seekp(5000).put('#');
  }
  Ran const ran = backup({away.file("copy"), "--keys", away.file("keys")});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.err, "the ledger is damaged: ")) << ran.err;
  for (char const* name : {"copy", "copy.unfinished", "keys", "keys.unfinished"})
    EXPECT_FALSE(fs::exists(away.file(name))) << name;
}

TEST_F(BackupTest, ThatWasCutShortIsRecognisedAndNotWrittenOver) {
  fs::remove(ledger.file("keys/ledger.key"));
  Ran const ran = backup({away.file("copy"), "--keys", away.file("keys")});
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_TRUE(contains(ran.err, "keys/ledger.key")) << ran.err;
  EXPECT_FALSE(fs::exists(away.file("copy")));
  EXPECT_FALSE(fs::exists(away.file("keys")));
  EXPECT_TRUE(fs::exists(away.file("copy.unfinished/ledger/head")));
  Ran const again = backup({away.file("copy")});
  EXPECT_EQ(again.code, ExitCode::usage);
  EXPECT_TRUE(contains(again.err, ".unfinished")) << again.err;
}

}  // namespace tally::cli
