#pragma once

// Executes jobs in the sandbox, `slots` at a time, each on a thread of its own that lives as long
// as the runner (a child dies with the thread that started it).
//
//   <work>/jobs/<hash>/          the job's files, written by write_job_snapshot, read-only
//   <work>/boxes/<run>.<fence>/  input and cost file of one execution; gone when it ends, and
//                                what a crash left there goes at the next start

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/process_fd.h"
#include "platform/sandbox.h"
#include "ports/job_runner.h"

namespace tally::platform {

// More requests than this wait for a thread: further ones are refused as "overloaded".
inline constexpr std::size_t kWaitingMax = 1'024;

struct ProcessRunnerOptions {
  std::string work;  // the data directory's work/, absolute
  std::uint32_t slots = 2;
  std::vector<ports::JobSpec> jobs;  // those with another runner than command are passed over
  // Told one redacted line of what a failed execution wrote to stderr. Any thread; may be empty.
  std::function<void(ports::RunRequest const&, std::string const& line)> note;
};

class ProcessRunner : public ports::JobRunner {
 public:
  // The clock outlives the runner. The sandbox is probed here.
  static Result<std::unique_ptr<ProcessRunner>> open(ProcessRunnerOptions options,
                                                     ports::Clock const& clock);
  // Uses this sandbox instead of the best one.
  static Result<std::unique_ptr<ProcessRunner>> open(ProcessRunnerOptions options, Sandbox sandbox);
  // Stops everything; each `done` is called before it returns.
  ~ProcessRunner() override;

  Sandbox const& sandbox() const { return sandbox_; }

  void run(ports::RunRequest request, std::function<void(ports::RunResult)> done) override;
  void cancel(RunId run, std::uint64_t fence) override;

 private:
  using Key = std::pair<RunId, std::uint64_t>;
  struct Waiting {
    ports::RunRequest request;
    std::function<void(ports::RunResult)> done;
  };

  ProcessRunner(ProcessRunnerOptions options, Sandbox sandbox);
  void work();
  ports::RunResult execute(ports::RunRequest const& request, int cancel_fd) const;
  ports::WorkFailure failure(char const* code, char const* detail, bool retry) const;

  ProcessRunnerOptions options_;
  Sandbox sandbox_;
  std::map<Digest, ports::JobSpec> jobs_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  std::map<Key, OwnedFd> running_;  // readable when the execution is to stop
  bool stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace tally::platform
