#include "server/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace tally::server {
namespace {

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() : folder_(testing::TempDir() + "tally_config_XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string const& folder() const { return folder_; }
  std::string path() const { return folder_ + "/tally.toml"; }
  Result<Config> load(std::string_view text) const {
    std::ofstream(path()) << text;
    return load_config(path());
  }
  // What is wrong, without the file's name.
  std::string faults_of(std::string_view text) const {
    auto const config = load(text);
    if (config) return "";
    EXPECT_EQ(config.error().code, "configuration");
    std::string faults = config.error().detail;
    for (auto at = faults.find(path()); at != std::string::npos; at = faults.find(path()))
      faults.erase(at, path().size());
    return faults;
  }

 private:
  std::string folder_;
};

}  // namespace

TEST_F(ConfigTest, SaysEverythingThatIsWrongInTheOrderOfTheFile) {
  EXPECT_EQ(faults_of("[worker]\n"
                      "slots = 0\n"
                      "[limits]\n"
                      "runs_live_max = 5\n"
                      "runs_max = 5\n"
                      "[http]\n"
                      "threads = \"many\"\n"
                      "[leases]\n"
                      "lease_s = 0\n"),
            ":2: worker.slots must be a whole number from 1 to 256\n"
            ":5: there is no setting limits.runs_max\n"
            ":7: http.threads must be a whole number from 1 to 64\n"
            ":9: leases.lease_s must be a whole number of seconds from 1 to 86400");
}

// A start without a file, or with one that is silent about a setting, changes nothing.
TEST_F(ConfigTest, HoldsTheSettingsThatTheFileNamesAndNoOthers) {
  EXPECT_TRUE(load("")->settings.empty());
  EXPECT_EQ(load("[approvals]\nquorum = 2\n[leases]\nlease_s = 60\n")->settings,
            (domain::SettingValues{{"approvals.quorum", 2}, {"leases.lease_s", 60}}));
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

TEST(SettingsPage, HasARowForEachSettingAsTheTableSays) {
  std::ifstream file(TALLY_SOURCE_DIR "/docs/how_to/run_in_production.md");
  std::string const page(std::istreambuf_iterator<char>(file), {});
  for (domain::Setting const& one : domain::kSettings) {
    bool const guarded = one.guard == domain::SettingGuard::guarded;
    std::string const row =
        fmt::format("| `{}` | {} | {} to {} | {} | {} |\n", one.name, grouped(one.standard),
                    grouped(one.min), grouped(one.max), guarded ? "yes" : "no", one.says);
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

TEST_F(ConfigTest, NamesTheSettingThatWasProbablyMeant) {
  EXPECT_EQ(faults_of("[http]\nthread = 1\n"),
            ":2: there is no setting http.thread; did you mean http.threads?");
}

TEST_F(ConfigTest, SaysWhereAFileIsNoToml) {
  EXPECT_TRUE(faults_of("[http]\nthreads = = 1\n").starts_with(":2: "));
}

TEST_F(ConfigTest, RefusesWhatIsNoFile) {
  ASSERT_TRUE(load("[worker]\nslots = 3\n"));
  auto const said = [](std::string const& name) {
    auto const config = load_config(name);
    return config ? "taken" : config.error().code + " " + config.error().detail;
  };
  auto const refused = [](std::string const& name, std::string const& why) {
    return "configuration " + name + ": " + why;
  };
  EXPECT_EQ(said(folder()), refused(folder(), "a directory; name the file inside"));
  EXPECT_EQ(said("/dev/null"), refused("/dev/null", "not a regular file"));
  EXPECT_EQ(said("/dev/zero"), refused("/dev/zero", "not a regular file"));
  std::string const none = folder() + "/none.toml";
  EXPECT_EQ(said(none), refused(none, "cannot be read: No such file or directory"));
  std::ofstream(none) << std::string(std::size_t{1} << 20, '\n') << "\n";
  EXPECT_EQ(said(none), refused(none, "larger than 1048576 bytes"));
}

// Such as `--config <(...)` of a shell, or a link that a package keeps.
TEST_F(ConfigTest, TakesAPipeAndALink) {
  std::string const pipe = folder() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "[worker]\nslots = 3\n"; });
  auto const piped = load_config(pipe);
  writer.join();
  ASSERT_TRUE(piped) << piped.error().detail;
  EXPECT_EQ(piped->worker_slots, 3U);
  ASSERT_TRUE(load("[worker]\nslots = 4\n"));
  std::filesystem::create_symlink(path(), folder() + "/link");
  auto const linked = load_config(folder() + "/link");
  ASSERT_TRUE(linked) << linked.error().detail;
  EXPECT_EQ(linked->worker_slots, 4U);
}

TEST_F(ConfigTest, TakesAPublicAddressWithoutAPath) {
  EXPECT_EQ(load("[http]\npublic_url = \"https://tally.example.com/\"\n")->public_url,
            "https://tally.example.com");
  for (std::string_view bad :
       {"tally.example.com", "https://", "https://a/b", "ftp://a", "https://u@a"})
    EXPECT_NE(faults_of("[http]\npublic_url = \"" + std::string(bad) + "\"\n"), "") << bad;
}

}  // namespace tally::server
