#include "platform/process_runner.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>

#include "platform/job_folder.h"
#include "platform/private_file.h"
#include "platform/process_result.h"
#include "platform/remove_tree.h"

namespace tally::platform {
namespace {

void ring(OwnedFd const& event) {
  if (event.open()) ::eventfd_write(event.get(), 1);
}

std::string box_path(std::string const& work, ports::RunRequest const& request) {
  return work + "/boxes/" + to_text(request.run) + "." + std::to_string(request.fence);
}

Result<void> make_empty_boxes(std::string const& work) {
  TRY_VOID(remove_tree(work + "/boxes"));
  return make_private_directory(work + "/boxes");
}

}  // namespace

Result<std::unique_ptr<ProcessRunner>> ProcessRunner::open(ProcessRunnerOptions options,
                                                           ports::Clock const& clock) {
  TRY_VOID(make_private_directory(options.work + "/boxes"));
  auto sandbox = Sandbox::probe(clock, options.work + "/boxes");
  return open(std::move(options), std::move(sandbox));
}

Result<std::unique_ptr<ProcessRunner>> ProcessRunner::open(ProcessRunnerOptions options,
                                                           Sandbox sandbox) {
  TRY_VOID(make_empty_boxes(options.work));
  std::unique_ptr<ProcessRunner> runner(new ProcessRunner(std::move(options), std::move(sandbox)));
  for (std::uint32_t i = 0; i < runner->options_.slots; ++i)
    runner->threads_.emplace_back([raw = runner.get()] { raw->work(); });
  return runner;
}

ProcessRunner::ProcessRunner(ProcessRunnerOptions options, Sandbox sandbox)
    : options_(std::move(options)), sandbox_(std::move(sandbox)) {
  for (auto& spec : options_.jobs)
    if (spec.runner == ports::JobRunnerKind::command) jobs_.emplace(spec.hash, std::move(spec));
  options_.jobs.clear();
}

ProcessRunner::~ProcessRunner() {
  std::deque<Waiting> never_run;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    server_stopping_ = true;
    never_run.swap(waiting_);
    for (auto const& [key, event] : running_) ring(event);
  }
  wake_.notify_all();
  server_stops_.notify_all();
  for (auto& each : never_run)
    each.done(failure("cancelled", "The worker is stopping; the work did not run.", true));
  for (auto& thread : threads_) thread.join();
}

ports::WorkFailure ProcessRunner::failure(char const* code, char const* detail, bool retry) const {
  std::string sandbox(level_name(sandbox_.level()));
  return {code, detail, retry, std::nullopt, Duration(0), std::move(sandbox)};
}

void ProcessRunner::server_stops() {
  {
    std::lock_guard lock(mutex_);
    server_stopping_ = true;
  }
  server_stops_.notify_all();
}

bool ProcessRunner::ended_with_server(ProcessOutcome const& outcome) {
  if (signal_of(outcome) == 0) return false;
  std::unique_lock lock(mutex_);
  return server_stops_.wait_for(lock, std::chrono::milliseconds(kTogetherMs),
                                [this] { return server_stopping_; });
}

ports::JobSpec const* ProcessRunner::find_job(Digest const& hash) {
  std::lock_guard lock(mutex_);
  auto const job = jobs_.find(hash);
  return job == jobs_.end() ? nullptr : &job->second;
}

// A version that is loaded no more is read from its private copy.
Result<void> ProcessRunner::ready(Digest const& job_hash) {
  if (find_job(job_hash) != nullptr) return {};
  auto kept = load_job(job_snapshot_path(options_.work + "/jobs", job_hash));
  if (!kept || kept->spec.hash != job_hash || kept->spec.runner != ports::JobRunnerKind::command)
    return fail("job_unknown",
                "this server has no copy of the job's files that the run was accepted with",
                kept ? "the copy does not have the hash that it is named by"
                     : kept.error().detail + kept.error().internal);
  std::lock_guard lock(mutex_);
  jobs_.emplace(job_hash, std::move(kept->spec));
  return {};
}

void ProcessRunner::run(ports::RunRequest request, std::function<void(ports::RunResult)> done) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_.size() < kWaitingMax) {
      waiting_.push_back({std::move(request), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(failure("overloaded", "The worker has more jobs than it can take; try again.", true));
}

void ProcessRunner::cancel(RunId run, std::uint64_t fence) {
  std::optional<Waiting> never_run;
  {
    std::lock_guard lock(mutex_);
    auto waits = std::ranges::find_if(waiting_, [&](Waiting const& each) {
      return each.request.run == run && each.request.fence == fence;
    });
    if (waits != waiting_.end()) {
      never_run = std::move(*waits);
      waiting_.erase(waits);
    } else if (auto at = running_.find({run, fence}); at != running_.end()) {
      ring(at->second);
    }
  }
  if (never_run)
    never_run->done(failure("cancelled", "The work was stopped before it began.", false));
}

void ProcessRunner::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    auto [request, done] = std::move(waiting_.front());
    waiting_.pop_front();
    Key key(request.run, request.fence);
    OwnedFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    int const cancel_fd = event.get();
    bool fresh = event.open() && running_.try_emplace(key, std::move(event)).second;
    lock.unlock();
    ports::RunResult result =
        fresh ? execute(request, cancel_fd)
              : failure("sandbox_failed", "The worker could not begin this execution.", true);
    lock.lock();
    if (fresh) running_.erase(key);
    lock.unlock();
    done(std::move(result));
    lock.lock();
  }
}

ports::RunResult ProcessRunner::execute(ports::RunRequest const& request, int cancel_fd) {
  if (!ready(request.job_hash))
    return failure("job_unknown", "This worker does not have that version of the job.", true);
  auto const& spec = *find_job(request.job_hash);
  auto limit =
      request.timeout > Duration(0) ? std::min(request.timeout, spec.timeout) : spec.timeout;
  bool const at_cost_limit = request.cost_limit && *request.cost_limit < limit;
  if (at_cost_limit) limit = *request.cost_limit;
  if (limit <= Duration(0))
    return failure("cost_limit", "The hold pays for no time at all, so the work did not run.",
                   false);
  SandboxTask task{job_snapshot_path(options_.work + "/jobs", spec.hash),
                   spec.command,
                   box_path(options_.work, request),
                   request.traceparent,
                   spec.limits,
                   limit};
  auto prepared = prepare_box(task.box, request.input_json);
  ports::RunResult result =
      failure("sandbox_failed", "The worker could not write the input to its disk.", true);
  if (prepared) {
    auto outcome = sandbox_.run(task, cancel_fd);
    result = judge(outcome, {.spec = spec,
                             .box = task.box,
                             .level = sandbox_.level(),
                             .setup_failed = sandbox_.setup_failed(outcome),
                             .at_cost_limit = at_cost_limit,
                             .server_stopping = ended_with_server(outcome)});
    auto line = last_line_redacted(outcome.error_tail);
    if (std::holds_alternative<ports::WorkFailure>(result) && options_.note && !line.empty())
      options_.note(request, line);
  }
  (void)remove_tree(task.box);  // what is left goes at the next start
  return result;
}

}  // namespace tally::platform
