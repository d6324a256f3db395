#pragma once

// Executes jobs in the sandbox, `slots` at a time, each on a thread of its own that lives as long
// as the runner (a child dies with the thread that started it).
//
//   <work>/jobs/<hash>/          the job's files, written by write_job_snapshot, read-only; also of
//                                versions that are loaded no more, as long as runs name them
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

#include "platform/process.h"
#include "platform/process_fd.h"
#include "platform/sandbox.h"
#include "ports/job_runner.h"

namespace tally::platform {

// More requests than this wait for a thread: further ones are refused as "overloaded".
inline constexpr std::size_t kWaitingMax = 1'024;
// Who kills a server often kills its work in the same moment: a signal that ends work is called the
// work's own only if the server is not told to stop within this time.
inline constexpr std::int64_t kTogetherMs = 250;

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

  // From here on work that is ended by a signal counts as ended together with the server.
  void server_stops();

  Result<void> ready(Digest const& job_hash) override;
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
  ports::RunResult execute(ports::RunRequest const& request, int cancel_fd);
  ports::JobSpec const* find_job(Digest const& hash);
  bool ended_with_server(ProcessOutcome const& outcome);
  ports::WorkFailure failure(char const* code, char const* detail, bool retry) const;

  ProcessRunnerOptions options_;
  Sandbox sandbox_;

  std::mutex mutex_;                       // guards what follows
  std::map<Digest, ports::JobSpec> jobs_;  // grows only, so that its rows stay where they are
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  std::map<Key, OwnedFd> running_;  // readable when the execution is to stop
  bool stopping_ = false;
  bool server_stopping_ = false;
  std::condition_variable server_stops_;

  std::vector<std::thread> threads_;
};

}  // namespace tally::platform
