#include <fstream>

#include "cli/ledger_fixture.h"
#include "cli/program_fixture.h"
#include "platform/job_folder.h"
#include "wire/idempotency_key.h"

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

  void submit_a_run_of(Digest const& folder) {
    ledger.register_job(ContentRef(folder));
    TenantId const tenant("default");
    domain::run::Submit submit;
    submit.job = JobName("j");
    submit.key = KeyId(5);
    submit.max_cost = Micros(50'000);
    submit.tenant = tenant;
    ledger.decide(
        domain::run::Commands(submit),
        domain::IdempotencyKey{.fingerprint = {},
                               .key = wire::idempotency_digest(tenant, "POST /v1/runs", "key")});
    ledger.end_frame();
    ASSERT_EQ(ledger.state().runs_live, 1);
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

TEST_F(BackupTest, OfACopyWithoutKeysIsRefusedBeforeAnythingIsCopied) {
  fs::remove_all(ledger.file("keys"));
  Ran const ran = backup({away.file("copy"), "--keys", away.file("keys")});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(contains(ran.err, ledger.data() + " has no keys")) << ran.err;
  EXPECT_TRUE(fs::is_empty(away.path()));
}

// What another name would mend is said so, before a byte is copied.
TEST_F(BackupTest, ToANameThatCannotBeIsAMistakeOfTheCaller) {
  std::ofstream(away.file("file")) << "a file";
  std::vector<std::vector<std::string>> const wrong{
      {""},
      {away.file("copy"), "--keys", ""},
      {away.file("file/copy")},
      {away.file("copy"), "--keys", away.file("file/keys")}};
  for (auto const& words : wrong) {
    Ran const ran = backup(words);
    EXPECT_EQ(ran.code, ExitCode::usage) << ran.err;
    EXPECT_FALSE(contains(ran.err, ".unfinished; remove it")) << ran.err;
  }
  EXPECT_FALSE(fs::exists(".unfinished"));
  Ran const of_a_file = run_tally({"backup", away.file("copy"), "--data", away.file("file")});
  EXPECT_EQ(of_a_file.code, ExitCode::usage) << of_a_file.err;
  for (char const* name : {"copy", "copy.unfinished"})
    EXPECT_FALSE(fs::exists(away.file(name))) << name;
}

TEST_F(BackupTest, NamesTheJobKindsThatLiveRunsMiss) {
  std::string const toml = "anything";
  platform::JobFile file;
  file.path = "job.toml";
  file.content = to_bytes(toml);
  Digest const hash = platform::hash_of({file});
  submit_a_run_of(hash);
  std::string const named = "work/jobs/" + hash.hex();
  Ran const without = backup({away.file("without")});
  EXPECT_EQ(without.code, ExitCode::yes) << without.err;
  EXPECT_TRUE(contains(without.out, "verified but for job kinds\n")) << without.out;
  EXPECT_TRUE(contains(without.err, named)) << without.err;
  fs::create_directories(ledger.file(named));
  std::ofstream(ledger.file(named + "/job.toml")) << "something else";
  Ran const changed = backup({away.file("changed"), "--json"});
  EXPECT_TRUE(contains(changed.out, "\"jobs_missing\":[\"" + hash.hex() + "\"]")) << changed.out;
  EXPECT_TRUE(contains(changed.err, named)) << changed.err;
  std::ofstream(ledger.file(named + "/job.toml")) << toml;
  Ran const whole = backup({away.file("whole")});
  EXPECT_EQ(whole.code, ExitCode::yes) << whole.err;
  EXPECT_TRUE(contains(whole.out, "verified\n")) << whole.out;
  EXPECT_FALSE(contains(whole.err, named)) << whole.err;
}

TEST_F(BackupTest, ThatWasCutShortIsRecognisedAndNotWrittenOver) {
  fs::create_symlink("nowhere", ledger.file("keys/odd"));  // is neither file nor directory
  Ran const ran = backup({away.file("copy"), "--keys", away.file("keys")});
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_TRUE(contains(ran.err, "keys/odd")) << ran.err;
  EXPECT_FALSE(fs::exists(away.file("copy")));
  EXPECT_FALSE(fs::exists(away.file("keys")));
  EXPECT_TRUE(fs::exists(away.file("copy.unfinished/ledger/head")));
  Ran const again = backup({away.file("copy")});
  EXPECT_EQ(again.code, ExitCode::usage);
  EXPECT_TRUE(contains(again.err, ".unfinished")) << again.err;
}

}  // namespace tally::cli
