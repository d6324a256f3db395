#include "sim/caller.h"

#include <fmt/format.h>

namespace tally::sim {

namespace {

constexpr Duration kPatience = seconds(10);
constexpr int kTriesMax = 4;
constexpr std::uint64_t kThinkMost = 2'000'000;  // microseconds between errands
constexpr std::uint64_t kBackoffMost = 1'500'000;
constexpr std::uint64_t kLongInput = 40'000;  // goes to the blob store

Duration some(Prng& prng, std::uint64_t most) {
  return Duration(1 + static_cast<std::int64_t>(prng.below(most)));
}

}  // namespace

void Caller::begin(std::uint32_t errands) {
  left_ = errands;
  rest();
}

void Caller::rest() {
  town_.later(some(prng_, kThinkMost), [this] { next(); });
}

void Caller::next() {
  if (left_ == 0 || town_.closing) return;
  --left_;
  errand();
  rest();
}

void Caller::errand() {
  std::uint64_t const dice = prng_.below(100);
  if (dice < 40) return submit_new();
  if (dice < 50) return race_for_one_key();
  if (dice < 58) return race_for_the_last_dollar();
  if (dice < 66) return submit_again();
  if (dice < 71) return submit_other_body();
  if (dice < 75) return dry_run();
  if (dice < 83) return cancel();
  if (dice < 91) return read_run();
  if (dice < 93) return read_list();
  read_budget();
}

Micros Caller::some_cost() {
  auto const most = static_cast<std::uint64_t>(town_.swarm.budget_micros);
  return Micros(1'000 + static_cast<std::int64_t>(prng_.below(most / 3 + 1)));
}

std::string Caller::body(Micros most) {
  constexpr std::array<std::string_view, 3> jobs{"fixed", "metered", "far"};
  std::string const text(prng_.chance(20) ? kLongInput : prng_.below(40), 'x');
  return fmt::format(R"({{"job":"{}","input":{{"n":{},"text":"{}"}},"max_cost_usd":"{}"}})",
                     jobs[prng_.below(jobs.size())], prng_.below(1000), text, format_usd(most));
}

void Caller::submit(SubmitAsk const& ask, int tries) {
  auto request = post("/v1/runs", token(), ask.body);
  request.headers.emplace_back("idempotency-key", "\"" + ask.key + "\"");
  ++town_.busy;
  town_.ask(
      std::move(request), kPatience,
      [this, ask, tries](std::optional<Answer> const& answer) {
        finished();
        bool const clear = answer && answer->status != 503 && answer->status != 429;
        if (clear || tries <= 1) return;
        town_.later(some(prng_, kBackoffMost), [this, ask, tries] { submit(ask, tries - 1); });
      },
      {},
      [this, ask](Answer const& answer) {
        town_.oracle.saw_submit(ask, answer);
        if (answer.status != 202) return;
        runs_.push_back(answer.id<RunId>("run_id"));
        town_.told_runs[tenant_] = runs_.back();
      });
}

void Caller::submit_new() {
  asked_.push_back({.tenant = tenant_, .key = fresh_key(), .body = body(some_cost())});
  submit(asked_.back(), kTriesMax);
}

void Caller::race_for_one_key() {
  asked_.push_back({.tenant = tenant_, .key = fresh_key(), .body = body(some_cost())});
  SubmitAsk const ask = asked_.back();
  for (std::uint32_t i = 0; i < town_.swarm.racers; ++i) submit(ask, 2);
}

void Caller::race_for_the_last_dollar() {
  Micros const price(town_.swarm.budget_micros / 3);
  for (std::uint32_t i = 0; i < std::min(town_.swarm.racers, 8u); ++i) {
    asked_.push_back({.tenant = tenant_, .key = fresh_key(), .body = body(price)});
    SubmitAsk const ask = asked_.back();
    submit(ask, 1);
  }
}

void Caller::submit_again() {
  if (asked_.empty()) return;
  SubmitAsk const ask = asked_[prng_.below(asked_.size())];
  submit(ask, 2);
}

void Caller::submit_other_body() {
  if (asked_.empty()) return;
  SubmitAsk ask = asked_[prng_.below(asked_.size())];
  ask.body = body(some_cost());
  submit(ask, 1);
}

void Caller::dry_run() {
  auto request = post("/v1/runs?dry_run=true", token(), body(some_cost()));
  ++town_.busy;
  town_.ask(std::move(request), kPatience, [this](std::optional<Answer> const& answer) {
    finished();
    if (answer && answer->status == 200)
      town_.verdicts.require(answer->find({"would_accept"}) != nullptr, "a dry run says yes or no",
                             name_);
  });
}

std::optional<RunId> Caller::some_run() {
  if (runs_.empty()) return std::nullopt;
  return runs_[prng_.below(runs_.size())];
}

void Caller::cancel() {
  auto const run = some_run();
  if (!run) return;
  bool const ended = town_.oracle.has_ended(*run);
  ++town_.busy;
  town_.ask(
      post("/v1/runs/" + to_text(*run) + "/cancel", token(), ""), kPatience,
      [this](std::optional<Answer> const&) { finished(); }, {},
      [this, run = *run, ended](Answer const& answer) {
        town_.oracle.saw_run(run, ended, answer);
      });
}

void Caller::read_run() {
  auto const run = some_run();
  if (!run) return;
  bool const ended = town_.oracle.has_ended(*run);
  auto const wait = prng_.chance(400) ? "?wait_s=" + std::to_string(prng_.below(20)) : "";
  ++town_.busy;
  town_.ask(
      get("/v1/runs/" + to_text(*run) + wait, token()), seconds(30),
      [this, run = *run](std::optional<Answer> const& answer) {
        finished();
        bool const succeeded =
            answer && answer->status == 200 && answer->text({"status"}) == "succeeded";
        if (!succeeded) return;
        ++town_.busy;
        town_.ask(get("/v1/runs/" + to_text(run) + "/result", token()), kPatience,
                  [this, run](std::optional<Answer> const& result) {
                    finished();
                    bool const told = !result || result->status == 200 || result->status == 503 ||
                                      result->status == 401 || result->status == 429;
                    town_.verdicts.require(told, "a run that succeeded has its result",
                                           to_text(run));
                  });
      },
      {},
      [this, run = *run, ended](Answer const& answer) {
        town_.oracle.saw_run(run, ended, answer);
      });
}

void Caller::read_list() {
  ++town_.busy;
  town_.ask(get("/v1/runs?limit=50", token()), kPatience,
            [this](std::optional<Answer> const&) { finished(); });
}

void Caller::read_budget() {
  auto const floor = town_.oracle.floor(tenant_);
  ++town_.busy;
  town_.ask(
      get("/v1/budget", token()), kPatience, [this](std::optional<Answer> const&) { finished(); },
      {}, [this, floor](Answer const& answer) { town_.oracle.saw_budget(tenant_, floor, answer); });
}

}  // namespace tally::sim
