#include "sim/sim_runner.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::sim {

namespace {

constexpr Duration kShortest = milliseconds(2);
constexpr std::uint64_t kUsualMost = 3'000'000;  // microseconds above the shortest
constexpr std::int64_t kCostlyFactor = 40;
constexpr std::uint64_t kMissingMost = 400'000'000;  // microseconds that a job's files stay away
constexpr std::int64_t kAbsurdFactor = 2'000'000'000;  // up to 80 million USD

ports::WorkFailure failure(std::string code, Execution const& execution, bool retry) {
  return {.code = std::move(code),
          .detail = "as the simulation decided",
          .retry = retry,
          .reported = execution.reported,
          .elapsed = execution.elapsed,
          .sandbox = "simulated"};
}

}  // namespace

Execution draw_execution(Prng& prng, RunnerMix const& mix, Micros usual_cost) {
  Execution execution;
  execution.succeeded = !prng.chance(mix.fails_per_mille);
  execution.elapsed = kShortest + Duration(static_cast<std::int64_t>(prng.below(kUsualMost)));
  if (prng.chance(mix.slow_per_mille)) execution.elapsed = execution.elapsed + mix.slow;
  auto cost =
      static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(usual_cost.value()) + 1));
  if (prng.chance(mix.costly_per_mille)) cost *= kCostlyFactor;
  if (prng.chance(mix.absurd_per_mille)) cost *= kAbsurdFactor;
  if (!prng.chance(mix.silent_per_mille)) execution.reported = Micros(cost);
  execution.result_json = fmt::format(R"({{"n":{}}})", prng.below(1'000'000));
  return execution;
}

// Files that are gone stay gone for a while: for some runs until nobody may try again.
Result<void> SimRunner::ready(Digest const&) {
  Duration const now = clock_.monotonic();
  if (now >= missing_until_ && prng_.chance(mix_.missing_per_mille))
    missing_until_ = now + Duration(static_cast<std::int64_t>(prng_.below(kMissingMost)));
  if (now >= missing_until_) return {};
  return tally::fail("job_unknown", "as the simulation decided");
}

void SimRunner::run(ports::RunRequest request, std::function<void(ports::RunResult)> done) {
  Key const key{request.run, request.fence};
  Execution execution = draw_execution(prng_, mix_, Micros(40'000));
  bool const reports = reported_.contains(request.job);
  if (!reports) execution.reported.reset();
  Going going{.done = std::move(done), .result = {}};
  Duration const limit = std::min(request.timeout, request.cost_limit.value_or(request.timeout));
  if (execution.elapsed > limit) {
    execution.elapsed = limit;
    execution.succeeded = false;
    bool const by_cost = limit < request.timeout;
    going.result = failure(by_cost ? "cost_limit" : "timeout", execution, !by_cost);
  } else if (!execution.succeeded) {
    going.result = failure("exit_nonzero", execution, prng_.chance(500));
  } else {
    going.result = ports::WorkReceipt{.result_json = execution.result_json,
                                      .reported = execution.reported,
                                      .elapsed = execution.elapsed,
                                      .sandbox = "simulated"};
  }
  execution.touched = executions_[key].touched + 1;
  executions_[key] = execution;
  timeline_.at(clock_.monotonic() + execution.elapsed,
               [this, key, life = life_] { finish(key, life); });
  going_.insert_or_assign(key, std::move(going));
  if (on_begin_) on_begin_();
}

void SimRunner::finish(Key key, std::uint64_t life) {
  auto const at = going_.find(key);
  if (life != life_ || at == going_.end()) return;
  Going going = std::move(at->second);
  going_.erase(at);
  going.done(std::move(going.result));
}

void SimRunner::cancel(RunId run, std::uint64_t fence) {
  Key const key{run, fence};
  auto const at = going_.find(key);
  if (at == going_.end()) return;
  Execution& execution = executions_[key];
  execution.succeeded = false;
  at->second.result = failure("cancelled", execution, false);
  timeline_.at(clock_.monotonic() + kShortest, [this, key, life = life_] { finish(key, life); });
}

void SimRunner::die() {
  for (auto const& [key, going] : going_) executions_[key].succeeded = false;
  going_.clear();
  ++life_;
}

}  // namespace tally::sim
