#include "sim/oracle.h"

#include <fmt/format.h>

namespace tally::sim {

namespace {

bool is_final(std::string const& status) {
  return status == "succeeded" || status == "failed" || status == "expired" ||
         status == "cancelled";
}

}  // namespace

Digest idempotency_digest(TenantId const& tenant, std::string const& key) {
  Bytes const zero{0};
  return sha256({as_bytes(tenant.value()), zero, as_bytes("POST /v1/runs"), zero, as_bytes(key)});
}

void Oracle::saw(std::string const& path, Answer const& answer) {
  verdicts_.require(answer.status != 500, "no answer is an internal error", path);
  if (answer.status < 400) return;
  bool const problem = !answer.code().empty() && answer.text({"correlation_id"}).size() == 32 &&
                       answer.integer({"status"}) == answer.status;
  verdicts_.require(problem, "every refusal is a problem",
                    fmt::format("{} {}", path, answer.status));
}

void Oracle::saw_submit(SubmitAsk const& ask, Answer const& answer) {
  if (answer.status != 202 && answer.status != 402) {
    bool const expected = answer.status == 401 || answer.status == 422 || answer.status == 429 ||
                          answer.status == 503;
    verdicts_.require(expected, "a submit is answered as the contract says",
                      fmt::format("{} {}", answer.status, answer.code()));
    return;
  }
  Told const told{.status = answer.status,
                  .run = answer.id<RunId>("run_id"),
                  .seq = answer.integer({"evidence", "seq"}),
                  .leaf = answer.text({"evidence", "leaf_sha256"}),
                  .body = ask.body};
  check_told(ask, told, answer);
}

void Oracle::check_told(SubmitAsk const& ask, Told const& told, Answer const& answer) {
  auto const [at, first] = told_.try_emplace({ask.tenant, ask.key}, told);
  verdicts_.require(at->second == told, "one key has one outcome, the same answer for all",
                    fmt::format("{}/{}: {} {} seq {}, before {} {} seq {}", ask.tenant.value(),
                                ask.key, told.status, to_text(told.run), told.seq,
                                at->second.status, to_text(at->second.run), at->second.seq));
  if (told.status == 202 && first) ++accepted_;
  auto& floor = floors_[ask.tenant];
  floor = std::max(floor, told.seq);
  auto const* replay = answer.find({"idempotent_replay"});
  bool const marked = replay != nullptr && replay->boolean() != nullptr;
  verdicts_.require(marked, "an answer says whether it is a replay", ask.key);
}

void Oracle::saw_run(RunId run, bool ended_before, Answer const& answer) {
  if (answer.status == 404)
    return verdicts_.broken("an accepted run is not found: " + to_text(run));
  if (answer.status != 200) return;
  auto const status = answer.text({"status"});
  statuses_[run].insert(status);
  if (!is_final(status)) {
    verdicts_.require(!ended_before, "a run that ended stays ended", to_text(run));
    return;
  }
  auto const at = final_.try_emplace(run, answer).first;
  auto const* now = answer.find({"receipt"});
  auto const* before = at->second.find({"receipt"});
  verdicts_.require(at->second.text({"status"}) == status && now != nullptr && before != nullptr &&
                        *now == *before,
                    "a run has one end and one receipt", to_text(run));
}

std::int64_t Oracle::floor(TenantId const& tenant) const {
  auto const at = floors_.find(tenant);
  return at == floors_.end() ? -1 : at->second;
}

void Oracle::saw_budget(TenantId const& tenant, std::int64_t floor, Answer const& answer) {
  if (answer.status != 200) return;
  BudgetStory const story{.granted = answer.usd({"granted_usd"}),
                          .available = answer.usd({"available_usd"}),
                          .held = answer.usd({"held_usd"}),
                          .spent = answer.usd({"spent_usd"}),
                          .overrun = answer.usd({"overrun_usd"})};
  verdicts_.require(story.available + story.held + story.spent == story.granted, "a budget adds up",
                    tenant.value());
  budgets_.push_back({.tenant = tenant, .floor = floor, .story = story});
}

void Oracle::saw_completed(RunId run, std::int64_t fence, Answer const& answer) {
  if (answer.status != 200) return;
  auto const at = completed_.try_emplace(run, fence).first;
  verdicts_.require(at->second == fence, "one execution completes a run", to_text(run));
}

void Oracle::grant_delivered(TenantId const& tenant, Micros amount) {
  granted_[tenant].delivered = granted_[tenant].delivered + amount;
}

void Oracle::grant_acknowledged(TenantId const& tenant, Micros amount) {
  granted_[tenant].acknowledged = granted_[tenant].acknowledged + amount;
}

// What may have been taken back may be missing; what surely was is missing.
void Oracle::withdrawal_delivered(TenantId const& tenant, Micros amount) {
  granted_[tenant].acknowledged = granted_[tenant].acknowledged - amount;
}

void Oracle::withdrawal_acknowledged(TenantId const& tenant, Micros amount) {
  granted_[tenant].delivered = granted_[tenant].delivered - amount;
}

}  // namespace tally::sim
