// What holds for every route: keys, scopes, tenants, forms, limits, silence about secrets.

#include <gtest/gtest.h>

#include "api/routes.h"
#include "api/test_world.h"
#include "wire/problem_catalog.h"

namespace tally::api {
namespace {

// The pattern with something in every brace.
std::string target_of(Route const& route) {
  std::string target(route.pattern);
  for (auto open = target.find('{'); open != std::string::npos; open = target.find('{'))
    target.replace(open, target.find('}') - open + 1, "0000000000000000");
  return target;
}

// A problem as every answer of ours that is no success.
void expect_problem(SentPtr const& sent, int status, std::string const& code) {
  EXPECT_EQ(sent->answer.status, status) << sent->answer.body;
  EXPECT_EQ(sent->code(), code);
  EXPECT_EQ(sent->header("content-type"), "application/problem+json");
  auto const document = sent->body();
  for (auto const* name : {"type", "title", "status", "detail", "code", "correlation_id"})
    EXPECT_NE(document.find(name), nullptr) << name;
  EXPECT_EQ(*document.find("status")->integer(), status);
  EXPECT_NE(sent->header("traceparent").find(*document.find("correlation_id")->string()),
            std::string::npos);
}

TEST(EveryRoute, AsksForAKeyAndForTheRightOne) {
  Options options;
  options.unauthenticated_per_minute = 1'000'000;
  World world(std::move(options));
  auto const weak = world.key("default", "metrics:read");
  auto const weaker = world.key("default", "work");
  for (Route const& route : routes()) {
    if (route.scopes.empty()) continue;
    std::string const method(route.method);
    auto const nobody = world.send(method, target_of(route), "");
    expect_problem(nobody, 401, "auth_missing");
    EXPECT_TRUE(nobody->header("www-authenticate").starts_with("Bearer "));
    expect_problem(world.send(method, target_of(route), "tk_unknown"), 401, "auth_invalid");
    auto const& lacking = route.scopes.contains(KeyScope::metrics_read) ? weaker : weak;
    expect_problem(world.send(method, target_of(route), lacking), 403, "forbidden");
  }
}

TEST(EveryRoute, AnswersTheWrongMethodWithWhatIsAllowed) {
  World world;
  for (Route const& route : routes()) {
    auto const wrong = world.send("DELETE", target_of(route), world.admin);
    expect_problem(wrong, 405, "method_not_allowed");
    EXPECT_NE(wrong->header("allow").find(route.method), std::string::npos);
    auto const options = world.send("OPTIONS", target_of(route), "");
    EXPECT_EQ(options->answer.status, 204);
    EXPECT_EQ(options->header("allow"), wrong->header("allow"));
  }
  expect_problem(world.send("GET", "/nothing", world.admin), 404, "not_found");
}

TEST(EveryRoute, WithABodyRefusesOtherFormsAndUnknownMembers) {
  World world;
  for (Route const& route : routes()) {
    if (!route.request) continue;
    std::string target = target_of(route);
    if (target.starts_with("/v1/work/0")) target.replace(9, 16, "lease_0000000000000000");
    if (target.starts_with("/v1/admin/runs/0")) target.replace(15, 16, "run_0000000000000000");
    ports::HttpHeaders const key{{"idempotency-key", "k"}};
    auto with = [&](std::string name, std::string value) {
      auto headers = key;
      headers.emplace_back(std::move(name), std::move(value));
      return headers;
    };
    expect_problem(world.send("POST", target, world.admin, "a=1",
                              with("content-type", "application/x-www-form-urlencoded")),
                   415, "unsupported_media_type");
    for (std::string const charset : {"utf-16", "\"UTF-16LE\"", "iso-8859-1", ""})
      expect_problem(world.send("POST", target, world.admin, "{}",
                                with("content-type", "application/json; charset=" + charset)),
                     415, "unsupported_media_type");
    expect_problem(world.send("POST", target, world.admin, "{",
                              with("content-type", "application/json;a=b; Charset=\"UTF-8\"")),
                   400, "malformed");
    expect_problem(world.send("POST", target, world.admin, "{}", with("accept", "text/csv")), 406,
                   "not_acceptable");
    expect_problem(world.send("POST", target, world.admin, "{", key), 400, "malformed");
    auto const unknown = world.send("POST", target, world.admin, R"({"zzz_unknown":1})", key);
    expect_problem(unknown, 422, "validation_error");
    EXPECT_NE(unknown->answer.body.find("/zzz_unknown"), std::string::npos) << target;
  }
}

TEST(EveryBody, WhoseMemberStandsTwiceIsToldWhich) {
  World world;
  auto const sent = world.submit(world.admin, "k", R"({"job":"a","labels":{"x":"1","x":"2"}})");
  expect_problem(sent, 400, "malformed");
  EXPECT_NE(sent->answer.body.find(R"(member name \"x\" stands twice in the object at /labels)"),
            std::string::npos)
      << sent->answer.body;
}

TEST(EveryRoute, WithAQueryRefusesUnknownParameters) {
  World world;
  for (Route const& route : routes()) {
    auto const sent =
        world.send(std::string(route.method), target_of(route) + "?zzz=1", world.admin, "{}");
    EXPECT_EQ(sent->answer.status, 422) << route.pattern;
  }
}

TEST(Tenants, SeeNothingOfEachOther) {
  World world;
  world.tenant("other", "10");
  auto const stranger = world.key("other", "runs:read runs:write work evidence:read budget:read");
  auto const submitted = world.submit(world.admin, "k");
  auto const id = *submitted->body().find("run_id")->string();
  std::string const never = "run_00000000000000ff";
  for (std::string const& path : {std::string(""), std::string("/result")}) {
    auto const theirs = world.send("GET", "/v1/runs/" + id + path, stranger);
    auto const nobodys = world.send("GET", "/v1/runs/" + never + path, stranger);
    expect_problem(theirs, 404, "not_found");
    EXPECT_EQ(*theirs->body().find("detail"), *nobodys->body().find("detail"));
  }
  expect_problem(world.send("POST", "/v1/runs/" + id + "/cancel", stranger), 404, "not_found");
  EXPECT_EQ(world.send("GET", "/v1/runs", stranger)->body().find("runs")->array()->size(), 0u);
  auto const leased = world.send("POST", "/v1/work/lease", stranger, R"({"jobs":["j"]})");
  EXPECT_EQ(leased->answer.body, R"({"work":[]})");
  auto const mine = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})")->body();
  auto const& item = mine.find("work")->array()->at(0);
  expect_problem(world.send("POST", "/v1/work/" + *item.find("lease_id")->string() + "/start",
                            stranger, "{\"fence\":" + json::write(*item.find("fence")) + "}"),
                 409, "lease_lost");
  auto const events = world.send("GET", "/v1/events?limit=1000", stranger);
  EXPECT_EQ(events->answer.status, 200);
  EXPECT_EQ(events->answer.body.find("\"default\""), std::string::npos);
}

TEST(Keys, OpenNothingOnceRevokedOrExpired) {
  World world;
  auto const create = [&](std::string const& more) {
    return world.send("POST", "/v1/admin/keys", world.admin,
                      R"({"tenant":"default","scopes":["budget:read"])" + more + "}");
  };
  auto const first = create(R"(,"expires_at":"2026-01-01T01:00:00Z")");
  auto const second = create("");
  auto const short_lived = text_at(first->body(), {"token"});
  auto const revoked = text_at(second->body(), {"token"});
  EXPECT_EQ(world.log.all_leaves().find(revoked), std::string::npos);
  auto const listed = world.send("GET", "/v1/admin/keys", world.admin);
  EXPECT_EQ(listed->answer.body.find(revoked), std::string::npos);
  EXPECT_EQ(listed->body().find("keys")->array()->size(), 3u);
  EXPECT_EQ(world.send("GET", "/v1/budget", short_lived)->answer.status, 200);
  world.clock.advance(hours(1));
  expect_problem(world.send("GET", "/v1/budget", short_lived), 401, "auth_invalid");
  EXPECT_EQ(world.send("GET", "/v1/budget", revoked)->answer.status, 200);
  for (auto const& key : {second, first}) {
    auto const id = text_at(key->body(), {"key_id"});
    auto const answer = world.send("POST", "/v1/admin/keys/" + id + "/revoke", world.admin);
    ASSERT_EQ(answer->answer.status, 200) << answer->answer.body;
    EXPECT_EQ(*answer->body().find("revoked")->boolean(), true);
  }
  expect_problem(world.send("GET", "/v1/budget", revoked), 401, "auth_invalid");
}

TEST(Rate, IsTrueOnEveryAnswerAndEndsAtTheQuotasNextRequest) {
  World world;
  world.tenant("slow", "10", domain::directory::Rate{.requests = 3, .window = seconds(60)});
  auto const token = world.key("slow", "budget:read runs:write");
  for (int i = 2; i >= 0; --i) {
    auto const sent = i == 1 ? world.send("POST", "/v1/runs", token, "{")  // errors count as well
                             : world.submit(token, std::to_string(i));
    EXPECT_EQ(sent->header("ratelimit-policy"), "\"plan-slow\";q=3;w=60");
    EXPECT_EQ(sent->header("ratelimit"), "\"plan-slow\";r=" + std::to_string(i) + ";t=60");
  }
  world.clock.advance(milliseconds(20'500));
  auto const over = world.submit(token, "over");
  expect_problem(over, 429, "rate_limited");
  EXPECT_EQ(over->header("ratelimit"), "\"plan-slow\";r=0;t=40");
  EXPECT_EQ(over->header("retry-after"), "40");
  world.clock.advance(seconds(40));
  EXPECT_EQ(world.submit(token, "over")->answer.status, 202);
  EXPECT_EQ(world.send("GET", "/v1/budget", world.admin)->header("ratelimit"), "");
}

TEST(Secrets, StayOutOfEveryAnswerAndOfTheLedger) {
  World world;
  std::string const canary = "canary-5ecret-9d1f";
  ports::HttpHeaders const headers{{"idempotency-key", canary},
                                   {"x-secret", canary},
                                   {"traceparent", canary},
                                   {"user-agent", canary}};
  std::string answers;
  auto const keep = [&](SentPtr const& sent) {
    answers += sent->answer.body;
    for (auto const& [name, value] : sent->answer.headers) answers += name + value;
    return sent;
  };
  for (std::string const& body :
       {canary, "{\"" + canary + "\":", "\"" + canary + "\"",
        R"({"job":")" + canary + R"(","input":1,"max_cost_usd":"1"})",
        R"({"job":"J)" + canary + R"(","input":1,"max_cost_usd":")" + canary +
            R"(","timeout_s":")" + canary + R"(","labels":{")" + canary + R"(":1}})",
        R"({"job":"j","input":")" + canary + R"(","max_cost_usd":"1","parent_run_id":")" + canary +
            R"("})"}) {
    keep(world.send("POST", "/v1/runs", world.admin, body, headers));
    for (Route const& route : routes())
      if (route.request && route.pattern != "/v1/runs")
        keep(world.send("POST", target_of(route), world.admin, body, headers));
  }
  keep(world.send("GET", "/v1/runs/" + canary, world.admin, "", headers));
  keep(world.send("GET", "/" + canary, canary, "", headers));
  keep(world.send("GET", "/v1/runs?status=" + canary, world.admin, "", headers));
  keep(world.send("GET", "/v1/runs?" + canary + "=1", world.admin, "", headers));
  keep(world.send(canary, "/v1/runs", world.admin, "", headers));
  auto const accepted = keep(world.send(
      "POST", "/v1/runs", world.admin,
      R"({"job":"j","max_cost_usd":"1","input":{"password":")" + canary + R"("}})", headers));
  EXPECT_EQ(accepted->answer.status, 202);
  keep(world.send("GET", "/v1/events?limit=1000", world.admin));
  keep(world.send("GET", "/metrics", world.admin));
  EXPECT_EQ(answers.find(canary), std::string::npos)
      << answers.substr(answers.find(canary) > 300 ? answers.find(canary) - 300 : 0, 400);
  EXPECT_EQ(world.log.all_leaves().find(canary), std::string::npos);
}

TEST(ServerFaults, AreProblemsToo) {
  World world;
  auto const refused = world.api->refuse(ports::HttpFault::body_too_large, 413, "over 1 MiB");
  EXPECT_EQ(refused.status, 413);
  EXPECT_NE(refused.body.find("\"payload_too_large\""), std::string::npos);
  for (int fault = 0; fault <= static_cast<int>(ports::HttpFault::internal); ++fault) {
    auto const response = world.api->refuse(static_cast<ports::HttpFault>(fault), 503, "why");
    EXPECT_EQ(response.status, 503);
    auto const document = json::parse(response.body);
    EXPECT_NE(wire::find_problem_kind(*document->find("code")->string()), nullptr);
  }
}

TEST(Pages, AreOpenAndStrict) {
  World world;
  for (auto const& kind : wire::problem_kinds()) {
    auto const page = world.send("GET", "/problems/" + std::string(kind.code), "");
    EXPECT_EQ(page->answer.status, 200) << kind.code;
    EXPECT_TRUE(page->header("content-security-policy").starts_with("default-src 'none'"));
    EXPECT_TRUE(page->header("content-type").starts_with("text/html"));
  }
  expect_problem(world.send("GET", "/problems/no_such", ""), 404, "not_found");
  EXPECT_EQ(world.send("GET", "/docs", "")->answer.status, 200);
  EXPECT_EQ(world.send("GET", "/docs/style.css", "")->answer.status, 200);
  EXPECT_EQ(world.send("GET", "/openapi.json", "")->header("content-type"), "application/json");
}

TEST(Health, NamesTheDependencyThatFails) {
  Options options;
  bool works = true;
  options.probes = {{"log", [] { return Result<void>(); }},
                    {"vault", [&]() -> Result<void> {
                       if (works) return {};
                       return fail("io_error", "cannot be read", "/secret/path");
                     }}};
  World world(std::move(options));
  EXPECT_EQ(world.send("GET", "/health", "")->answer.status, 200);
  EXPECT_EQ(world.send("GET", "/readyz", "")->answer.status, 200);
  works = false;
  auto const sent = world.send("GET", "/readyz", "");
  expect_problem(sent, 503, "not_ready");
  EXPECT_NE(sent->answer.body.find(R"({"name":"vault","ready":false,"degraded":false,)"
                                   R"("detail":"cannot be read"})"),
            std::string::npos);
  EXPECT_EQ(sent->answer.body.find("/secret/path"), std::string::npos);
}

TEST(Metrics, HaveEveryShippedNameInBothFormats) {
  Options options;
  options.probes = {{"log", [] { return Result<void>(); }}};
  World world(std::move(options));
  world.submit(world.admin, "k");
  world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
  auto const text = world.send("GET", "/metrics", world.admin)->answer.body;
  for (std::string_view sample :
       {"\ntally_runs_audit_required 0\n", "\ntally_runs{status=\"queued\"} 1\n",
        "\ntally_ready{dependency=\"log\"} 1\n", "\ntally_queue_depth ",
        "\ntally_queue_oldest_age_seconds ",
        "\nhttp_requests_total{method=\"POST\",route=\"/v1/runs\",status=\"202\"} 1\n",
        "\ntally_worker_last_heartbeat_timestamp_seconds{worker=\"key_",
        "\ntally_reaper_scans_total 0\n", "\ntally_reconciles_total{outcome=\"",
        "\nlog_entries_total{severity=\"CRITICAL\",reconcile_type=\"no_receipt_audit\"} 0\n"})
    EXPECT_NE(text.find(sample), std::string::npos) << sample << "\n" << text;
  auto const open = world.send("GET", "/metrics", world.admin, "",
                               {{"accept", "application/openmetrics-text;version=1.0.0,*/*"}});
  EXPECT_TRUE(open->answer.body.ends_with("# EOF\n"));
  EXPECT_TRUE(open->header("content-type").starts_with("application/openmetrics-text"));
}

TEST(Evidence, ShowsADecisionWithItsSnapshotAndATimeline) {
  World world;
  auto const submitted =
      world.send("POST", "/v1/runs", world.admin, World::kBody,
                 {{"idempotency-key", "k"},
                  {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  auto const seq = *submitted->body().find("evidence")->find("seq")->integer();
  auto const events =
      world.send("GET", "/v1/events?limit=1&from=" + std::to_string(seq), world.admin);
  auto const document = events->body();
  auto const& item = document.find("events")->array()->at(0);
  EXPECT_EQ(*item.find("leaf_sha256"), *submitted->body().find("evidence")->find("leaf_sha256"));
  auto const entry = world.reader.entry(seq);
  EXPECT_EQ(json::canonical(*item.find("event")), as_text(entry->leaf));
  auto const decision =
      world.send("GET", "/v1/decisions/" + to_text(*entry->recorded.header.decision), world.admin);
  EXPECT_EQ(decision->answer.status, 200) << decision->answer.body;
  EXPECT_NE(decision->answer.body.find("\"facts\""), std::string::npos);
  expect_problem(world.send("GET", "/v1/decisions/dec_0000000000000001", world.admin), 404,
                 "not_found");
  auto const timeline =
      world.send("GET", "/v1/timeline/0af7651916cd43dd8448eb211c80319c", world.admin);
  EXPECT_EQ(timeline->body().find("events")->array()->size(), 1u);
}

TEST(Ledger, ServesEntryBundlesWithTheirLengths) {
  World world;
  auto const size = world.log.size();
  auto const sent =
      world.send("GET", "/ledger/tile/entries/000.p/" + std::to_string(size), world.admin);
  ASSERT_EQ(sent->answer.status, 200) << sent->answer.body;
  std::size_t at = 0;
  std::size_t entries = 0;
  auto const& body = sent->answer.body;
  while (at + 2 <= body.size()) {
    at += 2 + (static_cast<std::size_t>(static_cast<unsigned char>(body[at])) << 8 |
               static_cast<unsigned char>(body[at + 1]));
    ++entries;
  }
  EXPECT_EQ(at, body.size());
  EXPECT_EQ(entries, size);
  for (std::string_view bad : {"000", "001", "00", "x000", "000.p/0", "000.p/256", "000.p/999"})
    EXPECT_EQ(
        world.send("GET", "/ledger/tile/entries/" + std::string(bad), world.admin)->answer.status,
        404)
        << bad;
  expect_problem(world.send("GET", "/ledger/checkpoint", ""), 404, "not_found");
  domain::system::CheckpointSigned checkpoint;
  checkpoint.note = "test\n1\nroot\n\n- sig\n";
  checkpoint.size = 1;
  world.post(domain::system::Commands(checkpoint));
  EXPECT_EQ(world.send("GET", "/ledger/checkpoint", "")->answer.body, checkpoint.note);
}

TEST(Modes, AreRaisedByOneAndLiftedByTwo) {
  World world;
  world.send("POST", "/v1/admin/people", world.admin,
             R"({"person":"second","name":"Second","roles":["approver"]})");
  auto const key = world.send("POST", "/v1/admin/keys", world.admin,
                              R"({"tenant":"default","owner":"second","scopes":["admin"]})");
  auto const claimed = world.send("POST", "/v1/keys/claim", "",
                                  R"({"code":")" + text_at(key->body(), {"claim_code"}) + R"("})");
  auto const second = text_at(claimed->body(), {"token"});
  world.clock.advance(hours(25));
  auto const stop =
      world.send("POST", "/v1/halt", world.admin, R"({"mode":"stop","reason":"drill"})");
  EXPECT_EQ(stop->answer.body, R"({"outcome":"done"})");
  auto const refused = world.submit(world.admin, "k");
  expect_problem(refused, 503, "halted");
  EXPECT_EQ(refused->header("tally-mode"), "stop");
  EXPECT_EQ(refused->header("retry-after"), "");
  EXPECT_EQ(refused->header("x-should-retry"), "false");
  auto const lift =
      world.send("POST", "/v1/halt", world.admin, R"({"mode":"normal","reason":"over"})");
  EXPECT_EQ(lift->answer.status, 202) << lift->answer.body;
  auto const approval = *lift->body().find("approval_id")->string();
  EXPECT_EQ(
      world.send("GET", "/v1/approvals", world.admin)->body().find("approvals")->array()->size(),
      1u);
  auto const signed_by = world.send("POST", "/v1/approvals/" + approval + "/sign", second);
  EXPECT_EQ(signed_by->answer.status, 200) << signed_by->answer.body;
  EXPECT_EQ(world.submit(world.admin, "k")->answer.status, 202);
  expect_problem(
      world.send("POST", "/v1/halt", world.admin, R"({"mode":"stop","scope":"x","reason":"r"})"),
      422, "validation_error");
}

}  // namespace
}  // namespace tally::api
