#include "requests/life.h"

#include <fmt/format.h>

#include "audit/replay.h"
#include "audit/verify.h"
#include "base/check.h"
#include "base/money.h"
#include "wire/problem_catalog.h"

namespace tally::requests {

namespace {

constexpr std::size_t kShown = 600;  // bytes of a request in a report

std::string text_at(json::Value const& value, std::string_view name) {
  auto const* found = value.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

Micros amount_at(json::Value const& value, std::string_view name) {
  return parse_usd(text_at(value, name)).value_or(Micros(0));
}

bool is_submit(ports::HttpRequest const& request) {
  return request.method == "POST" && request.path == "/v1/runs" && request.query.empty();
}

}  // namespace

Life::Life(std::uint64_t seed)
    : seed_(seed), random_(seed), maker_(seed ^ 0x6d616b65, pool_), server_(seed) {
  prepare();
}

void Life::say(std::string what) {
  if (!fault_.empty()) return;
  fault_ = fmt::format("seed {}: {}\nthe request before: {}", seed_, what, last_request_);
}

void Life::note(ports::HttpRequest const& request) {
  last_request_ = fmt::format("{} {}?{}", request.method, request.path, request.query);
  for (auto const& [name, value] : request.headers)
    last_request_ += fmt::format("\n  {}: {}", name, value.substr(0, kShown));
  last_request_ += "\n  " + request.body.substr(0, kShown);
}

void Life::prepare() {
  for (auto const& job : sim::job_kinds(hours(1))) pool_.add("job", job.name.value());
  for (std::string_view const tenant : {"default", "t1", "t2"}) {
    pool_.add("tenant", std::string(tenant));
    server_.post("/v1/admin/tenants", fmt::format("{{\"tenant\":\"{}\"}}", tenant));
    server_.post(fmt::format("/v1/admin/tenants/{}/grants", tenant), R"({"amount_usd":"100000"})");
    auto const key = server_.post(
        "/v1/admin/keys",
        fmt::format(R"({{"tenant":"{}","scopes":["runs:read","runs:write","work","budget:read"]}})",
                    tenant));
    pool_.harvest(key.body);
  }
  pool_.add("plan", "unlimited");
  pool_.add("person", "operator");
}

void Life::live(int requests) {
  try {
    CheckTrap const trap;
    for (int i = 0; i < requests && fault_.empty(); ++i) {
      one_request();
      if (!server_.refused().empty()) say("the server ended: " + server_.refused());
      if (random_.chance(40)) ask_again();
      if (random_.chance(30)) server_.pass(seconds(static_cast<std::int64_t>(random_.below(900))));
      if (random_.chance(4)) server_.crash();
    }
    if (fault_.empty()) check_runs();
    if (fault_.empty()) check_budgets();
    server_.stop();
    if (!server_.refused().empty()) say("the server ended: " + server_.refused());
    if (fault_.empty()) check_ledger();
  } catch (BrokenAssumption const& broken) {
    say(fmt::format("a broken assumption would have ended the process: {}", broken.what()));
  }
}

void Life::one_request() {
  ports::HttpRequest const request = maker_.any();
  note(request);
  Answered const answer = server_.ask(request);
  check(request, answer);
  pool_.harvest(answer.body);
  keep(request, answer);
  if (answer.text("code") == "halted") lift_modes();
}

void Life::check(ports::HttpRequest const& request, Answered const& answer) {
  auto const match = api::match_route(request.method, request.path);
  ++seen_[fmt::format("{} {} {}", request.method, match.route ? match.route->pattern : "other",
                      answer.status)];
  if (answer.status == 0) return say("there was no answer");
  if (answer.status < 300) return;
  if (answer.status == 304) return;
  auto const code = answer.text("code");
  if (wire::find_problem_kind(code) == nullptr)
    return say(fmt::format("status {} without a problem: {}", answer.status, answer.body));
  bool const expected = answer.status < 500 || code == "halted" || code == "overloaded";
  if (!expected) say(fmt::format("status {}: {}", answer.status, answer.body));
}

// What was accepted is asked for later.
void Life::keep(ports::HttpRequest const& request, Answered const& answer) {
  bool const again = answer.header("idempotent-replayed") == "true";
  // A claim code is shown once, whatever the key.
  bool const keyed = !answer.header("idempotency-key-expires").empty() &&
                     !request.path.ends_with("/claim-code");
  if (keyed && !again && kept_.size() < 200) kept_.push_back({request, answer});
  if (request.path == "/v1/work/lease" && answer.status == 200) check_leased(answer);
  if (!is_submit(request) || answer.status != 202) return;
  auto const asked = json::parse(request.body);
  if (!asked) return say("a body was accepted that is no JSON");
  auto const* input = asked->find("input");
  auto const* labels = asked->find("labels");
  runs_[answer.text("run_id")] = {.job = text_at(*asked, "job"),
                                  .input = input ? json::canonical(*input) : "",
                                  .labels = labels ? *labels : json::Value(json::Object{})};
}

void Life::check_leased(Answered const& answer) {
  json::Value const document = answer.document();
  auto const* work = document.find("work");
  if (work == nullptr || work->array() == nullptr) return say("a lease without a list of work");
  for (json::Value const& item : *work->array()) {
    auto const run = runs_.find(text_at(item, "run_id"));
    auto const* input = item.find("input");
    if (run == runs_.end() || input == nullptr) continue;
    if (json::canonical(*input) != run->second.input)
      say("a worker got another input than was submitted: " + json::canonical(*input));
  }
}

// The same key and body: the same answer, whatever happened since.
void Life::ask_again() {
  if (kept_.empty() || !fault_.empty()) return;
  Kept const& kept = kept_[random_.below(kept_.size())];
  auto const expires =
      from_rfc3339(std::string(kept.answer.header("idempotency-key-expires")));
  if (!expires || *expires <= server_.now()) return;
  note(kept.request);
  Answered const answer = server_.ask(kept.request);
  // Its caller may have lost the right, or the pace, to ask.
  if (answer.status == 401 || answer.status == 403 || answer.status == 429) return;
  if (answer.status != kept.answer.status)
    return say(fmt::format("a repeated request got {} after {}: {}", answer.status,
                           kept.answer.status, answer.body));
  if (answer.header("idempotent-replayed").empty()) say("a replay does not say that it is one");
}

// A halt is lifted to safe mode, which stands for 48 h.
void Life::lift_modes() {
  json::Value const report = server_.get("/v1/halt").document();
  auto const* scopes = report.find("scopes");
  if (scopes == nullptr || scopes->array() == nullptr) return;
  bool waits = false;
  for (json::Value const& scope : *scopes->array()) {
    auto const name = text_at(scope, "scope");
    bool const halted = text_at(scope, "mode") == "halt";
    server_.post("/v1/halt", fmt::format(R"({{"mode":"{}","scope":"{}","reason":"go on"}})",
                                         halted ? "safe" : "normal", name));
    waits = waits || halted;
  }
  if (waits) server_.pass(hours(49));
}

void Life::check_runs() {
  for (auto const& [id, accepted] : runs_) {
    last_request_ = "GET /v1/runs/" + id;
    Answered const answer = server_.get("/v1/runs/" + id);
    if (answer.status == 404) continue;  // another tenant's
    if (answer.status != 200) {
      if (answer.status == 401 || answer.status == 403 || answer.status == 429) return;
      return say(fmt::format("an accepted run reads {}: {}", answer.status, answer.body));
    }
    json::Value const run = answer.document();
    auto const* labels = run.find("labels");
    if (text_at(run, "job") != accepted.job) say("a run reads back with another job");
    if (labels == nullptr || json::canonical(*labels) != json::canonical(accepted.labels))
      say("a run reads back with other labels: " + answer.body);
  }
}

void Life::check_budgets() {
  for (std::string_view const tenant : {"default", "t1", "t2"}) {
    last_request_ = fmt::format("GET the budget of {}", tenant);
    Answered const answer = server_.get(fmt::format("/v1/admin/tenants/{}/budget", tenant));
    if (answer.status != 200) return;
    json::Value const budget = answer.document();
    Micros const parts = amount_at(budget, "available_usd") + amount_at(budget, "held_usd") +
                         amount_at(budget, "spent_usd");
    if (parts != amount_at(budget, "granted_usd")) say("a budget does not add up: " + answer.body);
  }
}

void Life::check_ledger() {
  last_request_ = "none: the ledger at rest";
  auto const verified = audit::verify(server_.disk());
  if (!verified) return say("verify: " + verified.error().detail);
  if (!verified->ok) return say("verify: " + verified->what);
  std::string different;
  auto const replayed = audit::replay(server_.disk(), {}, [&](audit::Replayed const& one) {
    if (one.verdict == audit::ReplayVerdict::same || !different.empty()) return;
    different = fmt::format("decision at {} ({}): {}", one.seq, one.command, one.reason);
    for (audit::Difference const& difference : one.differences)
      different += fmt::format("\n  {}: {} / {}", difference.pointer, difference.recorded,
                               difference.replayed);
  });
  if (!replayed) return say("replay: " + replayed.error().detail);
  if (!different.empty()) say("replay: " + different);
}

}  // namespace tally::requests
