#include "sim/admin.h"

#include <fmt/format.h>

namespace tally::sim {

namespace {

constexpr Duration kPatience = seconds(10);
constexpr Duration kAgain = milliseconds(500);
constexpr Duration kRestoreAgain = seconds(2);
constexpr std::uint64_t kErrandMost = 8'000'000;  // microseconds
constexpr std::uint64_t kStopMost = 5'000'000;    // microseconds that a stop lasts
constexpr std::string_view kCallerScopes = R"("runs:write","runs:read","budget:read","work")";
constexpr std::string_view kAuditorScopes = R"("budget:read","runs:read","evidence:read")";

std::string const kOperator(kOperatorToken);

ports::HttpRequest credits_of(TenantId const& tenant, std::string_view way, Micros amount) {
  return post(fmt::format("/v1/admin/tenants/{}/{}", tenant.value(), way), kOperator,
              fmt::format(R"({{"amount_usd":"{}"}})", format_usd(amount)));
}

ports::HttpRequest grant_of(TenantId const& tenant, Micros amount) {
  return credits_of(tenant, "grants", amount);
}

bool made(Answer const& answer) { return answer.status == 201 || answer.status == 409; }

}  // namespace

TenantId tenant_name(std::uint32_t number) { return TenantId("tenant-" + std::to_string(number)); }

TenantId Admin::some_tenant() {
  return tenant_name(static_cast<std::uint32_t>(prng_.below(town_.swarm.tenants)));
}

void Admin::begin() {
  plan_set_up();
  run_tasks();
}

void Admin::plan_set_up() {
  tasks_.push_back({.request =
                        [] {
                          return post("/v1/admin/people", kOperator,
                                      R"({"person":"alice","name":"Alice","roles":["admin"]})");
                        },
                    .done = made,
                    .delivered = {}});
  two_people_ = prng_.chance(500);
  plan_alice();
  std::string const plan = "drawn";
  std::string const rate = town_.swarm.rate_limited ? R"({"requests":3,"window_s":2})" : "null";
  std::string const believed =
      town_.swarm.believed_max_micros == 0
          ? "null"
          : "\"" + format_usd(Micros(town_.swarm.believed_max_micros)) + "\"";
  std::string const body =
      fmt::format(R"({{"plan":"{}","rate":{},"overrun":"{}","overrun_believed_max_usd":{}}})", plan,
                  rate, town_.swarm.overrun, believed);
  tasks_.push_back({.request = [body] { return post("/v1/admin/plans", kOperator, body); },
                    .done = [](Answer const& answer) { return answer.status == 200; },
                    .delivered = {}});
  for (std::uint32_t i = 0; i < town_.swarm.tenants; ++i) {
    auto const tenant = tenant_name(i);
    tasks_.push_back(
        {.request =
             [tenant, plan] {
               return post("/v1/admin/tenants", kOperator,
                           fmt::format(R"({{"tenant":"{}","plan":"{}"}})", tenant.value(), plan));
             },
         .done = made,
         .delivered = {}});
    plan_grant(tenant, Micros(town_.swarm.budget_micros));
    change_key(tenant);
  }
  plan_key("operator", tenant_name(0), std::string(kAuditorScopes),
           [this](Answer const& answer) { town_.auditor_token = answer.text({"token"}); });
}

// The operator makes a key for her, and she claims it. In half of all lives a day passes before
// anything else, and she counts. Where another delivery of the same claim was faster, the token is
// lost, and she gets another key.
void Admin::plan_alice() {
  auto const code = std::make_shared<std::string>();
  plan_key("alice", TenantId("default"), R"("admin","ops:read")",
           [code](Answer const& answer) { *code = answer.text({"claim_code"}); });
  tasks_.push_back(
      {.request = [code] { return post("/v1/keys/claim", "", R"({"code":")" + *code + R"("})"); },
       .done =
           [this](Answer const& answer) {
             if (answer.status == 404) plan_alice();
             if (answer.status == 200) alice_claimed(answer);
             return answer.status == 200 || answer.status == 404;
           },
       .delivered = {}});
}

void Admin::alice_claimed(Answer const& answer) {
  alice_ = answer.text({"token"});
  if (two_people_)
    town_.clock.advance_to(town_.clock.monotonic() + domain::kNewcomerPeriod + seconds(60));
}

void Admin::plan_key(std::string owner, TenantId const& tenant, std::string scopes,
                     std::function<void(Answer const&)> keep) {
  auto body =
      fmt::format(R"({{"tenant":"{}","owner":"{}","scopes":[{}]}})", tenant.value(), owner, scopes);
  tasks_.push_back({.request = [body] { return post("/v1/admin/keys", kOperator, body); },
                    .done =
                        [this, keep](Answer const& answer) {
                          if (answer.status != 201) return false;
                          town_.oracle.key_acknowledged(answer.id<KeyId>("key_id"));
                          keep(answer);
                          return true;
                        },
                    .delivered = {}});
}

// A fresh key first; then the old one is revoked, and from its acknowledgement on it opens nothing.
void Admin::change_key(TenantId const& tenant) {
  plan_key("operator", tenant, std::string(kCallerScopes), [this, tenant](Answer const& answer) {
    auto const old = keys_.find(tenant);
    auto const old_token = town_.tokens[tenant];
    town_.tokens[tenant] = answer.text({"token"});
    if (old == keys_.end()) {
      keys_[tenant] = answer.id<KeyId>("key_id");
      return;
    }
    KeyId const revoked = std::exchange(old->second, answer.id<KeyId>("key_id"));
    tasks_.push_back({.request =
                          [revoked] {
                            return post("/v1/admin/keys/" + to_text(revoked) + "/revoke", kOperator,
                                        "");
                          },
                      .done =
                          [this, revoked, old_token](Answer const& done) {
                            if (done.status != 200) return false;
                            town_.oracle.revocation_acknowledged(revoked);
                            town_.ask(get("/v1/budget", old_token), kPatience,
                                      [this, revoked](std::optional<Answer> const& tried) {
                                        town_.verdicts.require(
                                            !tried || tried->status == 401 || tried->status == 429,
                                            "a revoked key opens nothing", to_text(revoked));
                                      });
                            return true;
                          },
                      .delivered = {}});
  });
}

// Grants carry no key of their own: each delivery may count.
void Admin::plan_grant(TenantId const& tenant, Micros amount) {
  tasks_.push_back(
      {.request = [tenant, amount] { return grant_of(tenant, amount); },
       .done =
           [this, tenant, amount](Answer const& answer) {
             if (answer.status != 201) return false;
             town_.oracle.grant_acknowledged(tenant, amount);
             return true;
           },
       .delivered = [this, tenant, amount] { town_.oracle.grant_delivered(tenant, amount); }});
}

void Admin::run_tasks() {
  if (tasks_.empty()) {
    if (ready_) std::exchange(ready_, nullptr)();
    if (errands_ < town_.swarm.admin_errands && !town_.closing) {
      ++errands_;
      town_.later(Duration(static_cast<std::int64_t>(prng_.below(kErrandMost))),
                  [this] { errand(); });
    }
    return;
  }
  auto const& task = tasks_.front();
  town_.ask(
      task.request(), kPatience,
      [this](std::optional<Answer> const& answer) {
        if (answer && tasks_.front().done(*answer)) {
          tasks_.pop_front();
          return run_tasks();
        }
        if (town_.closing) return tasks_.clear();
        town_.later(kAgain, [this] { run_tasks(); });
      },
      task.delivered);
}

void Admin::errand() {
  if (town_.closing) return;
  auto const dice = prng_.below(125);
  if (dice >= 100) {
    people_errand();
  } else if (dice < 15) {
    restore();
  } else if (dice < 23) {
    take_back(some_tenant(), Micros(1 + static_cast<std::int64_t>(prng_.below(200'000))));
  } else if (dice < 45) {
    plan_grant(some_tenant(), Micros(1 + static_cast<std::int64_t>(prng_.below(100'000))));
  } else if (dice < 55) {
    pay_debt(some_tenant());
  } else if (dice < 70 || !town_.swarm.may_halt) {
    change_key(some_tenant());
  } else {
    change_mode();
  }
  run_tasks();
}

// Whatever the tenant owes, and a little to go on with.
void Admin::pay_debt(TenantId const& tenant) {
  town_.ask(get("/v1/admin/tenants/" + tenant.value() + "/budget", kOperator), kPatience,
            [this, tenant](std::optional<Answer> const& answer) {
              Micros const owed =
                  answer && answer->status == 200 ? answer->usd({"overrun_usd"}) : Micros(0);
              if (owed == Micros(0) || town_.closing) return;
              Micros const amount = owed + Micros(town_.swarm.budget_micros);
              town_.ask(
                  grant_of(tenant, amount), kPatience,
                  [this, tenant, amount](std::optional<Answer> const& granted) {
                    if (granted && granted->status == 201)
                      town_.oracle.grant_acknowledged(tenant, amount);
                  },
                  [this, tenant, amount] { town_.oracle.grant_delivered(tenant, amount); });
            });
}

// Refused where so much is not available.
void Admin::take_back(TenantId const& tenant, Micros amount) {
  town_.ask(
      credits_of(tenant, "withdrawals", amount), kPatience,
      [this, tenant, amount](std::optional<Answer> const& answer) {
        if (answer && answer->status == 201) town_.oracle.withdrawal_acknowledged(tenant, amount);
      },
      [this, tenant, amount] { town_.oracle.withdrawal_delivered(tenant, amount); });
}

void Admin::change_mode() {
  constexpr std::array<std::string_view, 3> modes{"safe", "stop", "stop"};
  auto const mode = modes[prng_.below(modes.size())];
  auto const scope =
      prng_.chance(500) ? std::string("everything") : "tenant:" + some_tenant().value();
  propose(std::string(mode), scope);
  town_.later(Duration(static_cast<std::int64_t>(prng_.below(kStopMost))), [this] { restore(); });
}

void Admin::propose(std::string const& mode, std::string const& scope) {
  auto body =
      fmt::format(R"({{"mode":"{}","scope":"{}","reason":"the simulation says so"}})", mode, scope);
  ask_as_one_of_two("/v1/halt", std::move(body));
}

// Where only the operator counts, the operator decides; as alice it must not go.
void Admin::ask_as_one_of_two(std::string target, std::string body) {
  bool const as_alice = prng_.chance(two_people_ ? 500 : 100);
  std::string const key = as_alice ? alice_ : kOperator;
  town_.ask(post(std::move(target), key, std::move(body)), kPatience,
            [this, key](std::optional<Answer> const& answer) { sign(answer, key); });
}

// Mostly by the other one, now and then by the very one who asked.
void Admin::sign(std::optional<Answer> const& proposed, std::string const& asked_with) {
  if (!proposed || proposed->status != 202) return;
  std::string const other = asked_with == kOperator ? alice_ : kOperator;
  std::string const path = "/v1/approvals/" + proposed->text({"approval_id"}) + "/sign";
  if (prng_.chance(200))
    town_.ask(post(path, asked_with, ""), kPatience, [](std::optional<Answer> const&) {});
  town_.ask(post(path, other, ""), kPatience, [](std::optional<Answer> const&) {});
}

void Admin::resolve_audits() {
  for (std::uint32_t i = 0; i < town_.swarm.tenants; ++i) {
    auto request = get("/v1/runs?status=audit_required&limit=50", town_.tokens[tenant_name(i)]);
    town_.ask(std::move(request), kPatience, [this](std::optional<Answer> const& answer) {
      auto const* runs = answer ? answer->find({"runs"}) : nullptr;
      if (runs == nullptr || runs->array() == nullptr) return;
      for (auto const& each : *runs->array()) {
        Answer const run{.status = 200, .body = each};
        auto const charge = Micros(static_cast<std::int64_t>(prng_.below(30'000)));
        auto body = fmt::format(R"({{"charge_usd":"{}","reason":"two people looked"}})",
                                format_usd(charge));
        ask_as_one_of_two("/v1/admin/runs/" + run.text({"run_id"}) + "/resolution",
                          std::move(body));
      }
    });
  }
}

void Admin::restore() {
  restored_ = false;
  town_.ask(get("/v1/halt", kOperator), kPatience, [this](std::optional<Answer> const& answer) {
    if (answer && answer->status == 200) lift(*answer);
    if (!restored_) town_.later(kRestoreAgain, [this] { restore(); });
  });
}

void Admin::lift(Answer const& report) {
  auto const* scopes = report.find({"scopes"});
  bool standing = false;
  if (scopes != nullptr && scopes->array() != nullptr) {
    for (auto const& each : *scopes->array()) {
      Answer const scope{.status = 200, .body = each};
      // Safe mode after an audit ends at once; within 48 h of a halt it stays, whatever is asked.
      auto const next = scope.text({"next_mode"});
      standing = standing || scope.text({"mode"}) != "safe";
      propose(next.empty() ? "normal" : next, scope.text({"scope"}));
    }
  }
  restored_ = !standing;
}

}  // namespace tally::sim
