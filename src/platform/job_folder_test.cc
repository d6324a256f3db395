#include "platform/job_folder.h"

#include <sys/stat.h>

#include "platform/job_folder_toml.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

constexpr char const* kMinimal = R"(name = "summarise"
version = "1.2.0"
runner = "command"
command = ["./work.sh", "--fast"]
timeout_s = 60
price = { fixed_usd = "0.0010", per_second_usd = "0.0002" }
)";

// The error's text, or "accepted".
std::string verdict(std::string const& text) {
  auto spec = parse_job_toml(text, "job.toml");
  return spec ? "accepted" : spec.error().detail;
}

std::string with(std::string const& from, std::string const& to) {
  std::string text = kMinimal;
  return text.replace(text.find(from), from.size(), to);
}

TEST(JobToml, ReadsTheSettingsAndFillsInDefaults) {
  auto spec = parse_job_toml(kMinimal, "job.toml");
  ASSERT_TRUE(spec) << spec.error().detail;
  EXPECT_EQ(spec->name, JobName("summarise"));
  EXPECT_EQ(spec->version, "1.2.0");
  EXPECT_EQ(spec->command, (std::vector<std::string>{"./work.sh", "--fast"}));
  EXPECT_EQ(spec->timeout, seconds(60));
  EXPECT_EQ(spec->queue_deadline, seconds(3600));
  EXPECT_EQ(spec->retries, 0u);
  EXPECT_FALSE(spec->deterministic);
  EXPECT_EQ(spec->price.fixed, Micros(1000));
  EXPECT_EQ(spec->price.per_second, Micros(200));
  EXPECT_FALSE(spec->minimum_fee);
  EXPECT_EQ(spec->limits.cpu_s_max, 60u);
  EXPECT_EQ(spec->limits.processes_max, 64u);
  EXPECT_EQ(spec->limits.memory_bytes_max, 512u << 20);
  EXPECT_EQ(spec->limits.output_bytes_max, 1u << 20);
}

TEST(JobToml, ReadsEverySetting) {
  auto spec = parse_job_toml(R"(name = "label"
version = "2"
runner = "worker"
timeout_s = 5
retries = 3
deterministic = true
queue_deadline_s = 60
max_output_bytes = 100
memory_bytes_max = 33554432
cpu_s_max = 2
processes_max = 7
price = { reported = true }
minimum_fee = { floor_usd = "0.0050", percent = 2, cap_usd = "0.1000" }
)",
                             "job.toml");
  ASSERT_TRUE(spec) << spec.error().detail;
  EXPECT_EQ(spec->runner, ports::JobRunnerKind::worker);
  EXPECT_TRUE(spec->command.empty());
  EXPECT_EQ(spec->retries, 3u);
  EXPECT_TRUE(spec->deterministic);
  EXPECT_EQ(spec->queue_deadline, seconds(60));
  EXPECT_EQ(spec->limits.output_bytes_max, 100u);
  EXPECT_EQ(spec->limits.memory_bytes_max, 33554432u);
  EXPECT_EQ(spec->limits.cpu_s_max, 2u);
  EXPECT_EQ(spec->limits.processes_max, 7u);
  EXPECT_TRUE(spec->price.reported);
  ASSERT_TRUE(spec->minimum_fee);
  EXPECT_EQ(spec->minimum_fee->floor, Micros(5000));
  EXPECT_EQ(spec->minimum_fee->percent, 2u);
  EXPECT_EQ(spec->minimum_fee->cap, Micros(100'000));
}

TEST(JobToml, NamesTheLineOfEachFault) {
  EXPECT_EQ(verdict(with("timeout_s", "timeout")),
            "job.toml:1: \"timeout_s\" is missing\n"
            "job.toml:5: \"timeout\" is not a known key; did you mean \"timeout_s\"?");
  EXPECT_EQ(verdict(std::string(kMinimal) + "colour = 1\n"),
            "job.toml:7: \"colour\" is not a known key");
  EXPECT_EQ(verdict(with("60", "0")),
            "job.toml:5: \"timeout_s\" must be an integer from 1 to 86400");
  EXPECT_EQ(verdict(with("60", "\"60\"")),
            "job.toml:5: \"timeout_s\" must be an integer from 1 to 86400");
  EXPECT_EQ(verdict(with("\"command\"", "\"shell\"")),
            "job.toml:3: \"runner\" must be \"command\" or \"worker\"");
  EXPECT_EQ(verdict(with("\"command\"", "\"caller\"")),
            "job.toml:4: \"command\" belongs to runner = \"command\" only");
  EXPECT_TRUE(verdict(with("summarise", "Sum it")).starts_with("job.toml:1: \"name\" must be"));
  EXPECT_TRUE(verdict(with("60", "60 60")).starts_with("job.toml:5: "));
}

TEST(JobToml, SaysAllThatIsWrongAndWhatWasMeant) {
  EXPECT_EQ(verdict("name = \"Sum it\"\n"
                    "version = 1\n"
                    "runer = \"command\"\n"
                    "timeout_s = 0\n"
                    "prise = { fixed_usd = \"1\", per_second_usd = \"0\" }\n"
                    "minimum_fee = { flor_usd = \"1\", percent = 101, cap_usd = \"2\" }\n"),
            "job.toml:1: \"name\" must be 1 to 64 lower-case letters, digits, '-', '_' or '.'\n"
            "job.toml:1: \"runner\" is missing\n"
            "job.toml:1: \"price\" is missing\n"
            "job.toml:2: \"version\" must be a string\n"
            "job.toml:3: \"runer\" is not a known key; did you mean \"runner\"?\n"
            "job.toml:4: \"timeout_s\" must be an integer from 1 to 86400\n"
            "job.toml:5: \"prise\" is not a known key; did you mean \"price\"?\n"
            "job.toml:6: \"floor_usd\" is missing\n"
            "job.toml:6: \"percent\" must be an integer from 0 to 100\n"
            "job.toml:6: \"flor_usd\" is not a known key; did you mean \"floor_usd\"?");
  EXPECT_EQ(verdict(with("fixed_usd", "fixed_us")),
            "job.toml:6: \"fixed_usd\" is missing\n"
            "job.toml:6: \"fixed_us\" is not a known key; did you mean \"fixed_usd\"?");
}

TEST(JobToml, RefusesUnclearPrices) {
  EXPECT_EQ(verdict(with("\"0.0010\"", "0.001")),
            "job.toml:6: \"fixed_usd\" must be an amount in a string, such as \"0.0010\"");
  EXPECT_EQ(verdict(with("fixed_usd = \"0.0010\"", "reported = true")),
            "job.toml:6: \"per_second_usd\" is not a known key");
  EXPECT_EQ(
      verdict(with("fixed_usd = \"0.0010\", per_second_usd = \"0.0002\"", "reported = false")),
      "job.toml:6: \"reported\" can only be true; else give the amounts");
  EXPECT_EQ(verdict(std::string(kMinimal) +
                    "minimum_fee = { floor_usd = \"2\", percent = 2, cap_usd = \"1\" }"),
            "job.toml:7: \"cap_usd\" must not be below floor_usd");
}

TEST(JobToml, RefusesCommandsThatAreNoListOfStrings) {
  for (char const* command : {"[]", "\"./work.sh\"", "[\"\"]", "[1]", "[\"./work.sh\", 1]",
                              "[\"./work.sh\", \"a\\u0000b\"]"})
    EXPECT_EQ(verdict(with("[\"./work.sh\", \"--fast\"]", command)),
              "job.toml:4: \"command\" must be a list of strings, the program first")
        << command;
}

class JobFolderTest : public testing::Test {
 protected:
  void make(std::string const& name) {
    write_text(directory_ / (name + "/job.toml"), kMinimal);
    write_script(directory_ / (name + "/work.sh"), "cat");
    write_text(directory_ / (name + "/data/words.txt"), "words");
  }
  Digest hash(std::string const& name) {
    auto job = load_job(directory_ / name);
    EXPECT_TRUE(job) << job.error().detail;
    return job ? job->spec.hash : Digest{};
  }

  TestDirectory directory_;
};

TEST_F(JobFolderTest, HashesPathsContentsAndExecutableBits) {
  make("a");
  make("b");
  auto first = hash("a");
  EXPECT_EQ(first, hash("b"));
  write_text(directory_ / "b/data/words.txt", "other");
  EXPECT_NE(first, hash("b"));
  make("b");
  fs::permissions(directory_ / "b/data/words.txt", fs::perms(0755));
  EXPECT_NE(first, hash("b"));
  fs::permissions(directory_ / "b/data/words.txt", fs::perms(0600));
  EXPECT_EQ(first, hash("b"));
  fs::rename(directory_ / "b/data/words.txt", directory_ / "b/data/Words.txt");
  EXPECT_NE(first, hash("b"));
}

// Computed with coreutils: (echo tally-job-folder-v1; echo "- $(printf x | sha256sum | cut -c-64)
// a"; echo "x $(printf '' | sha256sum | cut -c-64) b/c") | sha256sum
TEST_F(JobFolderTest, HashesAsItsDefinitionSays) {
  std::vector<JobFile> files{{"a", false, to_bytes("x")}, {"b/c", true, {}}};
  EXPECT_EQ(hash_of(files).hex(),
            "f77455f7594f0680c9e7dcc55463a6fb553f92ecaee9ac766293d403ff72387e");
}

TEST_F(JobFolderTest, RefusesWhatIsNoRegularFile) {
  make("a");
  fs::create_symlink("/etc/passwd", directory_ / "a/link");
  auto link = load_job(directory_ / "a");
  ASSERT_FALSE(link);
  EXPECT_NE(link.error().detail.find("a/link: a symbolic link"), std::string::npos);
  fs::remove(directory_ / "a/link");
  ASSERT_EQ(::mkfifo((directory_ / "a/pipe").c_str(), 0600), 0);
  EXPECT_FALSE(load_job(directory_ / "a"));
  fs::remove(directory_ / "a/pipe");
  write_text(directory_ / "a/new\nline", "");
  EXPECT_FALSE(load_job(directory_ / "a"));
}

std::vector<std::string> reasons(Result<LoadedJobs> const& loaded) {
  EXPECT_TRUE(loaded) << loaded.error().detail;
  std::vector<std::string> all;
  for (auto const& refused : loaded->refused) all.push_back(refused.why);
  return all;
}

TEST_F(JobFolderTest, LoadsEveryFolderAndRefusesAllThatClaimOneName) {
  make("kinds/a");
  write_text(directory_ / "kinds/README.md", "not a job");
  write_text(directory_ / "kinds/.git/config", "neither");
  auto one = load_all_jobs(directory_ / "kinds");
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_EQ(one->jobs.size(), 1u);
  EXPECT_TRUE(one->refused.empty());
  fs::rename(directory_ / "kinds/a", directory_ / "elsewhere");
  fs::create_directory_symlink(directory_ / "elsewhere", directory_ / "kinds/a");
  EXPECT_EQ(load_all_jobs(directory_ / "kinds")->jobs.size(), 1u) << "a folder may be a link";
  make("kinds/b");
  auto two = load_all_jobs(directory_ / "kinds");
  EXPECT_EQ(reasons(two).size(), 2u);
  EXPECT_TRUE(two->jobs.empty());
  EXPECT_NE(two->refused.at(1).why.find("b/job.toml: 2 folders claim the name \"summarise\""),
            std::string::npos)
      << two->refused.at(1).why;
  EXPECT_FALSE(load_all_jobs(directory_ / "missing"));
}

TEST_F(JobFolderTest, OneFolderThatIsNoJobKindKeepsNoOtherFromLoading) {
  make("kinds/good");
  for (char const* name : {"link", "broken", "empty", "loop"})
    fs::create_directories(directory_ / (std::string("kinds/") + name));
  make("kinds/link");
  fs::create_symlink("/etc/passwd", directory_ / "kinds/link/passwd");
  write_text(directory_ / "kinds/broken/job.toml", "name = ");
  fs::remove(directory_ / "kinds/loop");
  fs::create_symlink("loop", directory_ / "kinds/loop");
  auto const loaded = load_all_jobs(directory_ / "kinds");
  auto const why = reasons(loaded);
  ASSERT_EQ(loaded->jobs.size(), 1u);
  EXPECT_EQ(loaded->jobs.front().spec.name, JobName("summarise"));
  ASSERT_EQ(why.size(), 4u);
  EXPECT_EQ(why.at(3), (directory_ / "kinds/loop") + ": a symbolic link that leads nowhere");
  EXPECT_EQ(loaded->refused.at(0).name, JobName("broken"));
  EXPECT_EQ(loaded->refused.at(2).name, JobName("summarise"));
  EXPECT_TRUE(why.at(0).starts_with(directory_ / "kinds/broken/job.toml:1: ")) << why.at(0);
  EXPECT_EQ(why.at(1), (directory_ / "kinds/empty") + ": has no job.toml");
  EXPECT_EQ(why.at(2),
            (directory_ / "kinds/link/passwd") + ": a symbolic link; put the file itself here");
}

TEST_F(JobFolderTest, ACommandThatCannotBeExecutedIsRefusedAndSaysWhatToDo) {
  make("a");
  auto const said = [&] {
    auto const job = load_job(directory_ / "a");
    return job ? std::string("accepted") : job.error().detail;
  };
  std::string const program = directory_ / "a/job.toml: the program ";
  fs::permissions(directory_ / "a/work.sh", fs::perms(0644));
  EXPECT_EQ(said(),
            program + "\"./work.sh\" is not executable: chmod +x " + (directory_ / "a/work.sh"));
  fs::remove(directory_ / "a/work.sh");
  EXPECT_EQ(said(), program + "\"./work.sh\" is no file of the job's folder");
  auto const command = [&](std::string const& name) {
    write_text(directory_ / "a/job.toml", with("./work.sh", name));
    return said();
  };
  EXPECT_EQ(command("no-such-program"),
            program + "\"no-such-program\" is not installed on this machine");
  EXPECT_EQ(command("/usr/bin/no-such"),
            program + "\"/usr/bin/no-such\" is not installed on this machine");
  EXPECT_EQ(command("../b/work.sh"), program + "\"../b/work.sh\" is no file of the job's folder");
  EXPECT_EQ(command("sh"), "accepted");
  EXPECT_EQ(command("/bin/sh"), "accepted");
  write_script(directory_ / "a/bin/work.sh", "cat");
  EXPECT_EQ(command("bin/../bin/work.sh"), "accepted");
  EXPECT_EQ(command("/job/bin/work.sh"), "accepted");
}

TEST_F(JobFolderTest, MakesAReadOnlyCopyThatHasTheSameHash) {
  make("a");
  auto job = load_job(directory_ / "a");
  ASSERT_TRUE(job);
  auto path = write_job_snapshot(directory_ / "jobs", *job);
  ASSERT_TRUE(path) << path.error().internal;
  EXPECT_EQ(*path, job_snapshot_path(directory_ / "jobs", job->spec.hash));
  EXPECT_EQ(fs::status(*path + "/work.sh").permissions(), fs::perms(0555));
  EXPECT_EQ(fs::status(*path + "/data/words.txt").permissions(), fs::perms(0444));
  EXPECT_EQ(fs::status(*path + "/data").permissions(), fs::perms(0555));
  EXPECT_EQ(load_job(*path)->spec.hash, job->spec.hash);
}

TEST_F(JobFolderTest, RemovesTheCopiesThatNothingUsesAnyMore) {
  make("a");
  auto const used = write_job_snapshot(directory_ / "jobs", *load_job(directory_ / "a"));
  write_text(directory_ / "a/data/words.txt", "an older version");
  auto const unused = write_job_snapshot(directory_ / "jobs", *load_job(directory_ / "a"));
  fs::create_directories(directory_ / "jobs/interrupted.new");
  ASSERT_TRUE(used && unused);
  write_text(directory_ / "a/data/words.txt", "words");
  auto const removed = remove_unused_snapshots(directory_ / "jobs", {hash("a")});
  ASSERT_TRUE(removed) << removed.error().internal;
  EXPECT_EQ(*removed, 2u);
  EXPECT_TRUE(fs::exists(*used + "/work.sh"));
  EXPECT_FALSE(fs::exists(*unused));
  EXPECT_EQ(*remove_unused_snapshots(directory_ / "no jobs yet", {}), 0u);
}

TEST_F(JobFolderTest, ReplacesACopyThatWasChanged) {
  make("a");
  auto job = load_job(directory_ / "a");
  ASSERT_TRUE(job);
  auto path = write_job_snapshot(directory_ / "jobs", *job);
  ASSERT_TRUE(path);
  fs::permissions(*path + "/work.sh", fs::perms(0755));
  write_text(*path + "/work.sh", "changed");
  ASSERT_TRUE(write_job_snapshot(directory_ / "jobs", *job));
  EXPECT_EQ(load_job(*path)->spec.hash, job->spec.hash);
}

}  // namespace
}  // namespace tally::platform
