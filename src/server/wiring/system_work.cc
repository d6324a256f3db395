#include "server/wiring/system_work.h"

#include <algorithm>
#include <memory>

#include "domain/schedule/decide.h"

namespace tally::wiring {

namespace {

constexpr std::string_view kVersion = "1";
constexpr Duration kTimeout = hours(24);  // of an attempt; a pass over a large ledger takes hours
constexpr Duration kQueueDeadline = hours(24);
constexpr std::uint32_t kRetries = 2;
constexpr std::int64_t kThreeInTheMorning = 3 * 60;

ports::WorkFailure failure(std::string code, std::string detail, bool retry, Duration elapsed) {
  constexpr std::size_t kDetailMax = 200;  // ports::WorkFailure
  if (detail.size() > kDetailMax) detail.resize(kDetailMax);
  return {.code = std::move(code),
          .detail = std::move(detail),
          .retry = retry,
          .reported = {},
          .elapsed = elapsed,
          .sandbox = "none"};
}

}  // namespace

std::vector<ports::JobSpec> system_kinds() {
  ports::JobSpec attest;
  attest.name = JobName(std::string(kAttestJob));
  attest.version = kVersion;
  attest.timeout = kTimeout;
  attest.queue_deadline = kQueueDeadline;
  attest.retries = kRetries;
  attest.hash = sha256({as_bytes(kAttestJob), as_bytes("@"), as_bytes(kVersion)});
  return {attest};
}

SystemSchedule attest_daily() {
  return {.name = ScheduleName(std::string(kAttestSchedule)),
          .job = JobName(std::string(kAttestJob)),
          .rule = {.every = {}, .minute = kThreeInTheMorning, .zone = "UTC"}};
}

SystemSchedule attest_every(Duration period) {
  SystemSchedule schedule = attest_daily();
  schedule.rule = {.every = period, .minute = 0, .zone = {}};
  return schedule;
}

domain::schedule::NextAfter next_after(ports::Calendar const& calendar) {
  return [&calendar](domain::schedule::Rule const& rule, Instant at) -> std::optional<Instant> {
    auto const found = calendar.next_after(
        {.every = rule.every, .minute = rule.minute, .zone = rule.zone}, at);
    return found ? std::optional(*found) : std::nullopt;
  };
}

domain::schedule::NextAfter next_after(ports::Calendar const& calendar,
                                       std::atomic<bool> const& stops) {
  return [asked = next_after(calendar), &stops](domain::schedule::Rule const& rule,
                                                Instant at) -> std::optional<Instant> {
    if (stops) return std::nullopt;
    return asked(rule, at);
  };
}

std::vector<domain::Command> set_schedules(domain::State const& state,
                                           std::vector<SystemSchedule> const& schedules,
                                           Instant now,
                                           domain::schedule::NextAfter const& calendar) {
  namespace schedule = domain::schedule;
  std::vector<domain::Command> commands;
  for (SystemSchedule const& one : schedules) {
    auto const next = calendar(one.rule, now);
    if (!next) continue;
    schedule::Row const* row = state.schedules.find(one.name);
    bool const changes = row != nullptr && !(row->job == one.job && row->rule == one.rule);
    if (changes && row->next <= now) {
      auto owed = schedule::fire(state, row->number, now, now, calendar);
      if (owed) commands.emplace_back(schedule::Commands(std::move(*owed)));
    }
    commands.emplace_back(schedule::Commands(
        schedule::Set{.job = one.job, .name = one.name, .next = *next, .rule = one.rule}));
  }
  return commands;
}

Result<void> SystemRunner::ready(Digest const& job_hash) {
  for (ports::JobSpec const& kind : system_kinds())
    if (kind.hash == job_hash && handlers_.contains(kind.name)) return {};
  return fail("job_unknown", "this version of the server does not do this work");
}

bool SystemRunner::goes_on(Key const& key) const {
  return live_.with([&](auto const& live) {
    auto const at = live.find(key);
    return at != live.end() && at->second;
  });
}

void SystemRunner::run(ports::RunRequest request, std::function<void(ports::RunResult)> done) {
  Key const key{request.run, request.fence};
  live_.with([&](auto& live) { live[key] = true; });
  auto const shared =
      std::make_shared<std::function<void(ports::RunResult)>>(std::move(done));
  std::string owner = request.job.value();
  bool const taken = executor_.run(
      ports::TaskLane::system, {.owner = std::move(owner), .run = [this, key, request, shared] {
                                  ports::RunResult result = execute(request);
                                  live_.with([&](auto& live) { live.erase(key); });
                                  (*shared)(std::move(result));
                                }});
  if (taken) return;
  live_.with([&](auto& live) { live.erase(key); });
  (*shared)(failure("overloaded", "as much of the server's own work waits as can", true, {}));
}

ports::RunResult SystemRunner::execute(ports::RunRequest const& request) {
  Key const key{request.run, request.fence};
  Duration const began = clock_.monotonic();
  auto const found = handlers_.find(request.job);
  if (found == handlers_.end())
    return failure("job_unknown", "this version of the server does not do this work", false, {});
  if (!goes_on(key)) return failure("cancelled", "it was told to stop before it began", true, {});
  auto result = found->second([&] { return goes_on(key); });
  Duration const elapsed = clock_.monotonic() - began;
  if (!result) return failure(result.error().code, result.error().detail, true, elapsed);
  return ports::WorkReceipt{.result_json = std::move(*result),
                            .reported = {},
                            .elapsed = elapsed,
                            .sandbox = "none"};
}

void SystemRunner::cancel(RunId run, std::uint64_t fence) {
  live_.with([&](auto& live) {
    if (auto const at = live.find({run, fence}); at != live.end()) at->second = false;
  });
}

}  // namespace tally::wiring
