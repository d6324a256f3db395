#include "platform/sandbox.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "platform/box_usage.h"
#include "platform/call_filter.h"
#include "platform/private_file.h"
#include "platform/remove_tree.h"
#include "platform/sandbox_bubblewrap.h"
#include "platform/sandbox_landlock.h"

namespace tally::platform {
namespace {

constexpr char const* kSearchPath = "PATH=/usr/local/bin:/usr/bin:/bin";
// Where a limit counts all processes of the server's user, room for the others.
constexpr std::uint64_t kOtherProcesses = 1024;
constexpr std::int64_t kProbeTimeoutS = 10;

std::vector<ProcessLimit> limits_of(SandboxTask const& task, SandboxLevel level) {
  std::vector<ProcessLimit> limits{{RLIMIT_AS, task.limits.memory_bytes_max},
                                   {RLIMIT_CPU, task.limits.cpu_s_max},
                                   {RLIMIT_FSIZE, kFileBytesMax},
                                   {RLIMIT_NOFILE, kOpenFilesMax},
                                   {RLIMIT_CORE, 0}};
  if (level != SandboxLevel::bubblewrap)
    limits.push_back({RLIMIT_NPROC, task.limits.processes_max + kOtherProcesses});
  return limits;
}

ProcessPlan plan_for(SandboxTask const& task, SandboxLevel level) {
  bool inside = level == SandboxLevel::bubblewrap;
  ProcessPlan plan;
  plan.environment = {kSearchPath,
                      "TALLY_INPUT=" + (inside ? kInsideInput : task.box + "/input.json"),
                      "TALLY_RECEIPT=" + (inside ? kInsideReceipt : task.box + "/receipt.json")};
  if (!task.traceparent.empty()) plan.environment.push_back("TRACEPARENT=" + task.traceparent);
  if (!inside) plan.environment.push_back("TMPDIR=" + task.box + "/work");
  plan.stdin_path = task.box + "/input.json";
  plan.limits = limits_of(task, level);
  plan.timeout = task.timeout;
  plan.output_bytes_max = task.limits.output_bytes_max;
  if (!inside)
    plan.exceeds_quota = [scratch = task.box + "/work"](int pid) {
      return uses_more_than(kScratchBytesMax, scratch, pid);
    };
  return plan;
}

ProcessOutcome not_started() {
  ProcessOutcome outcome;
  outcome.code = EPERM;
  return outcome;
}

ProcessOutcome run_in_bubblewrap(SandboxTask const& task, ByteView filter,
                                 ports::Clock const& clock, int cancel_fd) {
  OwnedFd const filter_file = call_filter_file(filter);
  if (!filter_file.open()) return not_started();
  bool door = ::geteuid() == 0;
  auto input = task.box + "/input.json";
  auto receipt = task.box + "/receipt.json";
  RootHandoff paths{task.folder.c_str(), input.c_str(), receipt.c_str()};
  auto plan = plan_for(task, SandboxLevel::bubblewrap);
  plan.arguments = bubblewrap_arguments(task, door);
  plan.wrappers = kBubblewrapProcesses;
  plan.handed_fd = filter_file.get();
  if (door) {
    plan.prepare = enter_bubblewrap_door;
    plan.context = &paths;
  }
  return run_process(plan, clock, cancel_fd);
}

// A path with a slash is relative to the folder, where the child starts; anything else is one of
// the system's programs.
std::string program_path(std::string const& name) {
  if (name.find('/') != std::string::npos) return name;
  for (char const* directory : {"/usr/local/bin/", "/usr/bin/", "/bin/"})
    if (::access((directory + name).c_str(), X_OK) == 0) return directory + name;
  return name;
}

ProcessOutcome run_confined(SandboxTask const& task, SandboxLevel level,
                            Confinement const& confinement, ports::Clock const& clock,
                            int cancel_fd) {
  auto plan = plan_for(task, level);
  plan.arguments = task.command;
  plan.arguments[0] = program_path(task.command[0]);
  plan.directory = task.folder;
  plan.prepare = enter_confinement;
  plan.context = &confinement;
  return run_process(plan, clock, cancel_fd);
}

Result<std::shared_ptr<Bytes const>> filter_of(SandboxLevel level) {
  if (level == SandboxLevel::rlimit) return nullptr;
  bool const own = level == SandboxLevel::bubblewrap;
  TRY(filter, make_call_filter(own ? Shared::nothing : Shared::with_machine));
  return std::make_shared<Bytes const>(std::move(filter));
}

Error io_error(std::string const& path) {
  return {"io_error", "The server could not use its disk.", path + ": " + std::strerror(errno)};
}

// Why a probe's outcome is no success, in words for an operator.
std::string describe(ProcessOutcome const& outcome) {
  std::string words = outcome.end == ProcessEnd::not_started
                          ? std::string("not started: ") + std::strerror(outcome.code)
                          : "ended with " + std::to_string(outcome.code);
  auto first_line = outcome.error_tail.substr(0, outcome.error_tail.find('\n'));
  return first_line.empty() ? words : words + " (" + first_line + ")";
}

}  // namespace

std::string_view level_name(SandboxLevel level) {
  switch (level) {
    case SandboxLevel::bubblewrap:
      return "bubblewrap";
    case SandboxLevel::landlock:
      return "landlock";
    case SandboxLevel::rlimit:
      return "rlimit";
  }
  return "unknown";
}

Result<void> prepare_box(std::string const& box, std::string_view input_json) {
  auto input = box + "/input.json";
  auto receipt = box + "/receipt.json";
  auto work = box + "/work";
  TRY_VOID(make_private_directory(work));
  TRY_VOID(write_private_file(input, as_bytes(input_json)));
  TRY_VOID(write_private_file(receipt, {}));
  if (::chmod(input.c_str(), 0444) != 0) return tl::unexpected<Error>(io_error(input));
  // For the user nobody, which the work may be; the box itself lets nobody else in.
  if (::chmod(receipt.c_str(), 0666) != 0) return tl::unexpected<Error>(io_error(receipt));
  return {};
}

ProcessOutcome Sandbox::run(SandboxTask const& task, int cancel_fd) const {
  if (task.command.empty()) return not_started();
  if (level_ == SandboxLevel::bubblewrap)
    return run_in_bubblewrap(task, *filter_, *clock_, cancel_fd);
  if (level_ == SandboxLevel::rlimit)
    return run_confined(task, level_, rlimit_confinement(), *clock_, cancel_fd);
  auto confinement = landlock_confinement(task, *filter_);
  if (!confinement) return not_started();
  return run_confined(task, level_, *confinement, *clock_, cancel_fd);
}

// bwrap tells its status pipe the exit code of what ran inside; without it nothing ran.
bool Sandbox::setup_failed(ProcessOutcome const& outcome) const {
  if (outcome.end == ProcessEnd::not_started) return true;
  return level_ == SandboxLevel::bubblewrap && outcome.end == ProcessEnd::exited &&
         outcome.status.find("\"exit-code\"") == std::string::npos;
}

Result<Sandbox> Sandbox::at(SandboxLevel level, ports::Clock const& clock,
                            std::string const& scratch) {
  if (level == SandboxLevel::bubblewrap) TRY_VOID(find_bubblewrap());
  SandboxTask task;
  task.box = scratch + "/probe";
  task.folder = "/usr";
  task.command = {"true"};
  task.limits = {64 << 20, 5, 16, 1024};
  task.timeout = seconds(kProbeTimeoutS);
  TRY_VOID(prepare_box(task.box, "{}"));
  Sandbox sandbox(level, clock);
  TRY(filter, filter_of(level));
  sandbox.filter_ = std::move(filter);
  auto outcome = sandbox.run(task, -1);
  (void)remove_tree(task.box);  // what is left goes with the boxes
  if (outcome.end == ProcessEnd::exited && outcome.code == 0) return sandbox;
  return fail("sandbox_failed", describe(outcome));
}

Sandbox Sandbox::probe(ports::Clock const& clock, std::string const& scratch) {
  std::string notes;
  for (auto level : {SandboxLevel::bubblewrap, SandboxLevel::landlock}) {
    auto sandbox = at(level, clock, scratch);
    if (!sandbox) {
      notes += std::string(level_name(level)) + ": " + sandbox.error().detail + "; ";
      continue;
    }
    sandbox->notes_ = notes;
    return *sandbox;
  }
  Sandbox last(SandboxLevel::rlimit, clock);
  last.notes_ = notes;
  return last;
}

}  // namespace tally::platform
