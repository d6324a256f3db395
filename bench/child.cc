#include "bench/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "bench/load.h"
#include "bench/measure.h"

namespace tally::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kJobToml = R"(name = "bench-echo"
version = "1.0.0"
runner = "worker"
timeout_s = 30
retries = 2
deterministic = true
price = { fixed_usd = "0.0001", per_second_usd = "0.0000" }
)";
// A kind that the server's own worker could execute stands beside it, as in most servers; nothing
// submits it.
constexpr std::string_view kOwnJobToml = R"(name = "bench-own"
version = "1.0.0"
runner = "command"
command = ["./work.sh"]
timeout_s = 30
price = { fixed_usd = "0.0001", per_second_usd = "0.0000" }
)";
constexpr std::string_view kConfig = "[first]\ngrant_usd = \"100000000.00\"\n";

void write_file(std::string const& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

void write_jobs(Scratch const& scratch) {
  std::error_code ignored;
  std::string const remote = scratch.path(fmt::format("jobs/{}", kBenchJob));
  std::string const own = scratch.path("jobs/bench-own");
  fs::create_directories(remote, ignored);
  fs::create_directories(own, ignored);
  write_file(remote + "/job.toml", kJobToml);
  write_file(own + "/job.toml", kOwnJobToml);
  write_file(own + "/work.sh", "#!/bin/sh\nexit 0\n");
  fs::permissions(own + "/work.sh", fs::perms::owner_all, ignored);
}

[[noreturn]] void become(std::vector<std::string> const& command, int output,
                         std::string const& log) {
  int const errors = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(output, STDOUT_FILENO);
  if (errors >= 0) dup2(errors, STDERR_FILENO);
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

std::string first_line(int fd) {
  std::string line;
  char letter = 0;
  while (read(fd, &letter, 1) == 1 && letter != '\n') line.push_back(letter);
  return line;
}

}  // namespace

Result<Child> Child::start(std::vector<std::string> const& command, std::string const& log) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail("not_started", "no pipe can be made");
  pid_t const process = fork();
  if (process < 0) return fail("not_started", "no process can be made");
  if (process == 0) become(command, ends[1], log);
  close(ends[1]);
  Child child(process, ends[0]);
  std::string const line = first_line(ends[0]);
  constexpr std::string_view kBefore = "http://127.0.0.1:";
  std::size_t const at = line.find(kBefore);
  if (at == std::string::npos)
    return fail("not_started", command.front() + " did not say where it listens: " + line);
  std::from_chars(line.data() + at + kBefore.size(), line.data() + line.size(), child.port_);
  return child;
}

Child::Child(Child&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      output_(std::exchange(other.output_, -1)),
      port_(other.port_) {}

Child::~Child() {
  if (process_ > 0) {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
}

double Child::cpu_us() const { return cpu_us_of(process_); }

std::uint64_t Child::resident_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/statm", process_));
  std::uint64_t whole = 0;
  std::uint64_t resident = 0;
  file >> whole >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Result<Served> serve(std::string const& tally, Scratch const& scratch) {
  write_jobs(scratch);
  write_file(scratch.path("config.toml"), kConfig);
  TRY(child,
      Child::start({tally, "serve", "--data", scratch.path("data"), "--listen", "127.0.0.1:0",
                    "--jobs", scratch.path("jobs"), "--config", scratch.path("config.toml")},
                   scratch.path("server.log")));
  std::string key;
  std::ifstream(scratch.path("data/operator.key")) >> key;
  return Served{.child = std::move(child),
                .authorization = fmt::format("Authorization: Bearer {}\r\n", key)};
}

double metric(Served const& served, std::string_view name) {
  std::string text;
  bool asked = false;
  auto const report =
      run_load({.port = served.child.port(),
                .connections = 1,
                .seconds_max = 10,
                .next =
                    [&](std::size_t, std::string& request) {
                      request = fmt::format("GET /metrics HTTP/1.1\r\nHost: bench\r\n{}\r\n",
                                            served.authorization);
                      return !std::exchange(asked, true);
                    },
                .heard = [&](std::size_t, int, std::string_view body) { text = body; }});
  std::string const line = fmt::format("\n{} ", name);
  std::size_t const at = report ? text.find(line) : std::string::npos;
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + line.size(), nullptr);
}

std::string own_program() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).string();
}

std::string tally_beside_us() {
  return (fs::path(own_program()).parent_path().parent_path() / "tally").string();
}

}  // namespace tally::bench
