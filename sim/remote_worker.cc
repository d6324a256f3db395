#include "sim/remote_worker.h"

#include <fmt/format.h>

namespace tally::sim {

namespace {

constexpr std::string_view kRoute = "/v1/work";
constexpr Duration kPatience = seconds(10);
constexpr int kTriesMax = 6;
constexpr Duration kBackoff = milliseconds(700);
constexpr Duration kNap = milliseconds(400);
constexpr Duration kHeartbeat = seconds(4);

}  // namespace

void RemoteWorker::look_for_work() {
  if (ended_) return;
  auto const wait = prng_.below(3);
  auto body = fmt::format(R"({{"jobs":["far"],"max":{},"wait_s":{}}})", 1 + prng_.below(2), wait);
  town_.ask(post(fmt::format("{}/lease", kRoute), town_.tokens[tenant_], std::move(body)),
            kPatience, [this](std::optional<Answer> const& answer) {
              if (answer && answer->status == 200) take(*answer);
              town_.later(kNap, [this] { look_for_work(); });
            });
}

void RemoteWorker::take(Answer const& answer) {
  auto const* work = answer.find({"work"});
  if (work == nullptr || work->array() == nullptr) return;
  for (auto const& each : *work->array()) {
    Answer const item{.status = 200, .body = each};
    auto const job = std::make_shared<Job>();
    job->lease = item.id<LeaseId>("lease_id");
    job->fence = item.integer({"fence"});
    job->run = item.id<RunId>("run_id");
    if (!dies()) start(job, kTriesMax);
  }
}

ports::HttpRequest RemoteWorker::about(Job const& job, std::string_view verb, std::string body) {
  return post(fmt::format("{}/{}/{}", kRoute, to_text(job.lease), verb), town_.tokens[tenant_],
              std::move(body));
}

void RemoteWorker::start(JobPtr const& job, int tries) {
  town_.ask(about(*job, "start", fmt::format(R"({{"fence":{}}})", job->fence)), kPatience,
            [this, job, tries](std::optional<Answer> const& answer) {
              if (answer && answer->status == 200) return execute(job);
              bool const passing = !answer || answer->status == 503;
              if (passing && tries > 1)
                town_.later(kBackoff, [this, job, tries] { start(job, tries - 1); });
            });
}

void RemoteWorker::execute(JobPtr const& job) {
  if (dies()) return;
  std::pair const key{job->run, static_cast<std::uint64_t>(job->fence)};
  job->deaf = prng_.chance(300);
  job->execution = draw_execution(prng_, town_.swarm.work, Micros(40'000));
  job->execution.touched = town_.executions[key].touched + 1;
  town_.executions[key] = job->execution;
  if (dies()) {
    town_.executions[key].succeeded = false;
    return;
  }
  town_.later(kHeartbeat, [this, job] { beat(job); });
  town_.later(job->execution.elapsed, [this, job] { report(job, kTriesMax); });
}

void RemoteWorker::beat(JobPtr const& job) {
  if (job->over) return;
  town_.ask(about(*job, "heartbeat", fmt::format(R"({{"fence":{}}})", job->fence)), kPatience,
            [this, job](std::optional<Answer> const& answer) {
              if (answer && answer->status == 409) job->over = true;
              bool const told = answer && answer->text({"action"}) == "stop";
              if (told && !job->over && !job->deaf) return stop(job, answer->text({"reason"}));
              if (!job->over) town_.later(kHeartbeat, [this, job] { beat(job); });
            });
}

// What it did until then is undone; the limit of a run that it does not keep ends without it.
void RemoteWorker::stop(JobPtr const& job, std::string reason) {
  job->reason = std::move(reason);
  job->execution.succeeded = false;
  town_.executions[{job->run, static_cast<std::uint64_t>(job->fence)}].succeeded = false;
  report(job, kTriesMax);
}

void RemoteWorker::report(JobPtr const& job, int tries) {
  if (job->over && tries == kTriesMax) return;
  job->over = true;
  auto const& execution = job->execution;
  std::string const cost =
      execution.reported ? fmt::format(R"(,"cost_usd":"{}")", format_usd(*execution.reported)) : "";
  auto const elapsed = execution.elapsed.value() / 1000;
  bool const well = execution.succeeded;
  std::string body = well ? fmt::format(R"({{"fence":{},"result":{},"elapsed_ms":{}{}}})",
                                        job->fence, execution.result_json, elapsed, cost)
                          : fmt::format(R"({{"fence":{},"code":"{}","retry":{},"elapsed_ms":{},)"
                                        R"("stderr_tail":"line one\nline two"{}}})",
                                        job->fence, job->reason, execution.elapsed.value() % 2 == 0,
                                        elapsed, cost);
  if (prng_.chance(100)) report_stale(job);
  town_.ask(
      about(*job, well ? "complete" : "fail", std::move(body)), kPatience,
      [this, job, tries](std::optional<Answer> const& answer) {
        bool const passing = !answer || answer->status == 503;
        // Also when all is said: a second report must change nothing.
        bool const twice = answer && answer->status == 200 && prng_.chance(200);
        if ((passing || twice) && tries > 1)
          town_.later(kBackoff, [this, job, tries] { report(job, tries - 1); });
      },
      {},
      [this, job, well](Answer const& answer) {
        if (well) town_.oracle.saw_completed(job->run, job->fence, answer);
      });
}

void RemoteWorker::report_stale(JobPtr const& job) {
  auto body = fmt::format(R"({{"fence":{},"result":{{}},"cost_usd":"0.0001"}})", job->fence + 1);
  town_.ask(about(*job, "complete", std::move(body)), kPatience,
            [this, job](std::optional<Answer> const& answer) {
              town_.verdicts.require(!answer || answer->status != 200,
                                     "a report under another fence is refused", to_text(job->run));
            });
}

}  // namespace tally::sim
