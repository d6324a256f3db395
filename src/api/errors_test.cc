// The three planes: the evidence plane shows errors, the product and operations planes never do.

#include <gtest/gtest.h>

#include <set>

#include "api/routes.h"
#include "api/test_world.h"
#include "domain/error/finding.h"
#include "wire/problem_catalog.h"

namespace tally::api {
namespace {

// An error of this class, by the first layer that may speak of it.
domain::error::Recorded error_of(ErrorClass error_class) {
  domain::error::Recorded error;
  for (Layer const layer : {Layer::L4, Layer::L6})
    if (may_emit(layer, error_class)) error.layer = layer;
  error.chain = {{.message = "inner words", .type = "inner_type"}};
  error.component = "under_test";
  error.error_class = error_class;
  error.exception_type = "outer_type";
  error.message = "outer words";
  error.subject = TenantId("default");
  return error;
}

json::Array errors_in(SentPtr const& sent) {
  EXPECT_EQ(sent->answer.status, 200) << sent->answer.body;
  auto const* list = sent->body().find("errors");
  return list != nullptr ? *list->array() : json::Array{};
}

std::string target_of(Route const& route, std::string const& run) {
  std::string target(route.pattern);
  for (auto open = target.find('{'); open != std::string::npos; open = target.find('{')) {
    auto const name = target.substr(open + 1, target.find('}') - open - 1);
    target.replace(open, name.size() + 2, name == "id" ? run : "default");
  }
  return target;
}

// Nothing of an envelope: no id, no member that only envelopes have, no word of the error.
void expect_no_envelope(SentPtr const& sent, std::string const& about) {
  std::string all = sent->answer.body;
  for (auto const& [name, value] : sent->answer.headers) all += name + ": " + value + "\n";
  for (auto const* word : {"err_", "error_class", "exception_type", "exception_chain", "error_id",
                           "outer words", "inner words", "under_test"})
    EXPECT_EQ(all.find(word), std::string::npos) << about << " shows " << word << "\n" << all;
}

// Everything but the evidence plane, and the pages that describe its messages.
bool may_never_show(Route const& route) {
  return route.scopes != wire::AnyScope(KeyScope::evidence_read) &&
         route.pattern != "/openapi.json" && route.pattern != "/docs";
}

void expect_no_envelope_anywhere(World& world, std::string const& run, std::string const& about) {
  for (Route const& route : routes()) {
    if (!may_never_show(route)) continue;
    auto const sent = world.send(std::string(route.method), target_of(route, run), world.admin,
                                 route.request ? "{}" : "", {{"idempotency-key", "x"}});
    expect_no_envelope(
        sent, std::string(route.method) + " " + std::string(route.pattern) + " after " + about);
  }
}

TEST(Planes, OnlyTheEvidencePlaneShowsErrorsWhateverTheirClass) {
  World world;
  auto const run = run_id(world.submit(world.admin, "k"));
  for (ErrorClass const error_class : all_of(ErrorClass{})) {
    world.post(domain::error::Commands(error_of(error_class)));
    expect_no_envelope_anywhere(world, run, std::string(name_of(error_class)));
  }
  auto const shown =
      errors_in(world.send("GET", "/v1/errors?component=under_test&limit=1000", world.admin));
  EXPECT_EQ(shown.size(), all_of(ErrorClass{}).size());
}

TEST(ErrorList, RefusesAComponentThatThereIsNotAndSaysWhichThereAre) {
  World world;
  auto const ask = [&](std::string const& component) {
    return world.send("GET", "/v1/errors?component=" + component, world.admin);
  };
  auto const typo = ask("comand_worker");
  EXPECT_EQ(typo->answer.status, 422) << typo->answer.body;
  EXPECT_NE(typo->answer.body.find("there are: api, approval, attestor"), std::string::npos)
      << typo->answer.body;
  EXPECT_TRUE(errors_in(ask("sandbox")).empty());
}

TEST(ErrorList, SaysWhatAFilterMayBe) {
  World world;
  auto const said = [&](std::string const& filter) {
    return world.send("GET", "/v1/errors?" + filter, world.admin)->answer.body;
  };
  EXPECT_NE(said("class=infra.stroage")
                .find("one of infra, domain, system, infra.network, infra.connection"),
            std::string::npos);
  EXPECT_NE(said("correlation_id=x").find("32 lower-case hexadecimal digits"), std::string::npos);
  EXPECT_NE(said("run_id=x").find("and 16 lower-case"), std::string::npos);
}

TEST(Timeline, OfNoRequestSaysSo) {
  World world;
  auto const sent = world.send("GET", "/v1/timeline/0af7651916cd43dd8448eb211c80319c", world.admin);
  EXPECT_EQ(sent->answer.status, 404);
  EXPECT_EQ(text_at(sent->body(), {"detail"}), "no event has this correlation id");
}

TEST(ErrorList, OfATenantsKeyHoldsThatTenantsErrorsHoweverItAsks) {
  World world;
  world.tenant("acme", "1");
  auto const key = world.key("acme", "evidence:read");
  for (auto const* subject : {"acme", "default", "nobody"}) {
    auto error = error_of(ErrorClass::infra_storage);
    error.subject = TenantId(subject);
    error.run = RunId(9);
    world.post(domain::error::Commands(error));
  }
  auto const run = to_text(RunId(9));
  for (std::string const filter :
       {"", "?class=infra.storage", "?class=infra", "?component=under_test", "?layer=L6",
        "?severity=ERROR", "?tenant=acme", "?from=2020-01-01T00:00:00Z", "?limit=1"}) {
    auto const shown = errors_in(world.send("GET", "/v1/errors" + filter, key));
    ASSERT_EQ(shown.size(), 1u) << filter;
    EXPECT_EQ(text_at(shown[0], {"tenant_id"}), "acme") << filter;
  }
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors?run_id=" + run, key)).size(), 1u);
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors?run_id=" + run, world.admin)).size(), 3u);
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors?tenant=acme", world.admin)).size(), 1u);
  auto const other = world.send("GET", "/v1/errors?tenant=default", key);
  EXPECT_EQ(other->answer.status, 403) << other->answer.body;
  EXPECT_EQ(other->code(), "forbidden");
  EXPECT_NE(other->answer.body.find("need ops:read"), std::string::npos) << other->answer.body;
}

TEST(ErrorList, RefusesATenantThatThereIsNotAndSaysWhichThereAre) {
  World world;
  world.tenant("acme", "1");
  auto error = error_of(ErrorClass::infra_storage);
  error.subject = TenantId("left");  // no tenant any more, and yet it had one
  world.post(domain::error::Commands(error));
  auto const ask = [&](std::string const& tenant) {
    return world.send("GET", "/v1/errors?tenant=" + tenant, world.admin);
  };
  auto const typo = ask("acmee");
  EXPECT_EQ(typo->answer.status, 422) << typo->answer.body;
  EXPECT_NE(typo->answer.body.find("tenant names no tenant; there are: acme, default"),
            std::string::npos)
      << typo->answer.body;
  EXPECT_TRUE(errors_in(ask("acme")).empty());
  EXPECT_EQ(errors_in(ask("left")).size(), 1u);
}

TEST(ErrorList, GoesOnAtItsCursorUntilNothingIsLeft) {
  World world;
  for (int i = 0; i < 7; ++i)
    world.post(domain::error::Commands(error_of(ErrorClass::infra_storage)));
  std::set<std::string> seen;
  std::string target = "/v1/errors?component=under_test&limit=3";
  for (int page = 0; page < 3; ++page) {
    auto const sent = world.send("GET", target, world.admin);
    for (auto const& one : errors_in(sent)) seen.insert(text_at(one, {"error_id"}));
    auto const next = text_at(sent->body(), {"next"});
    EXPECT_EQ(next == "null", page == 2) << next;
    target = "/v1/errors?component=under_test&limit=3&before=" + next;
  }
  EXPECT_EQ(seen.size(), 7u);
}

TEST(ErrorList, WaitsForWhatIsRecordedWhenItIsAskedFor) {
  World world;
  world.projects = false;
  world.post(domain::error::Commands(error_of(ErrorClass::infra_storage)));
  auto const sent = world.begin("GET", "/v1/errors?component=under_test", world.admin);
  world.pump();
  EXPECT_EQ(sent->answers, 0);
  world.projects = true;
  world.pump();
  EXPECT_EQ(errors_in(sent).size(), 1u);
  EXPECT_EQ(text_at(sent->body(), {"health"}), "current");
  EXPECT_EQ(text_at(sent->body(), {"lag_events"}), "0");
  EXPECT_EQ(text_at(sent->body(), {"as_of_seq"}), std::to_string(world.index.size()));
}

TEST(ErrorList, ThatLacksTheEventAfterItsTimeSaysThatItIsBehind) {
  World world;
  auto const sent = world.begin("GET", "/v1/errors?after_seq=1000000", world.admin);
  world.pump();
  EXPECT_EQ(sent->answers, 0);
  world.clock.advance(milliseconds(200));
  world.pump();
  EXPECT_EQ(sent->answer.status, 200);
  EXPECT_EQ(text_at(sent->body(), {"health"}), "behind");
}

// Takes the reports that the API makes.
struct Collected : ports::ErrorSink {
  void take(Classification classification, std::string component,
            ports::ErrorReport report) override {
    EXPECT_EQ(component, "api");
    seen.emplace_back(classification, std::move(report));
  }
  std::vector<std::pair<Classification, ports::ErrorReport>> seen;
};

std::string large_body() {
  return R"({"job":"j","max_cost_usd":"1","input":")" + std::string(40'000, 'x') + "\"}";
}

// Reads fail, the failures are recorded, and still nobody but the evidence plane tells of them.
TEST(Planes, ShowNoEnvelopeWhereStorageFails) {
  Collected sink;
  Options options;
  options.errors = {&sink, "api"};
  World world(std::move(options));
  auto const run = run_id(world.submit(world.admin, "k", large_body()));
  execute(world, "\"" + std::string(40'000, 'y') + "\"", "0.001");
  world.blobs.failing = true;
  expect_no_envelope_anywhere(world, run, "a blob that cannot be read");
  EXPECT_EQ(world.send("GET", "/v1/runs/" + run + "/result", world.admin)->answer.status, 503);
  ASSERT_FALSE(sink.seen.empty());
  for (auto const& [classification, report] : sink.seen) {
    auto error = error_of(classification.error_class());
    error.layer = classification.layer();
    error.message = report.message;
    world.post(domain::error::Commands(error));
  }
  expect_no_envelope_anywhere(world, run, "its failures were recorded");
  auto const told = world.send("GET", "/v1/errors", world.admin)->answer.body;
  EXPECT_NE(told.find("the blob cannot be read"), std::string::npos);
  EXPECT_EQ(told.find("errno 5"), std::string::npos);
  world.log.outcome = ports::AppendOutcome::unknown;
  expect_no_envelope_anywhere(world, run, "a log that cannot be written");
}

TEST(Planes, AskForTheScopeOfEvidence) {
  World world;
  auto const product = world.key("default", "runs:read runs:write work budget:read");
  EXPECT_EQ(world.send("GET", "/v1/errors", product)->answer.status, 403);
  EXPECT_EQ(world.send("GET", "/v1/errors/err_000000000000", product)->answer.status, 403);
}

TEST(Errors, AreEnvelopesWithEveryMember) {
  World world;
  auto error = error_of(ErrorClass::infra_storage);
  error.context["attempt"] = "3";
  world.post(domain::error::Commands(error));
  auto const errors = errors_in(world.send("GET", "/v1/errors?class=infra.storage", world.admin));
  ASSERT_EQ(errors.size(), 1u);
  auto const& one = errors[0];
  for (auto const* member :
       {"error_id", "timestamp", "layer", "component", "error_class", "severity", "message",
        "correlation_id", "decision_id", "run_id", "agent_id", "tenant_id", "input_hash",
        "exception_type", "exception_chain", "context", "seq"})
    EXPECT_NE(one.find(member), nullptr) << member;
  auto const id = *one.find("error_id")->string();
  EXPECT_EQ(id.size(), 16u);
  EXPECT_EQ(text_at(one, {"layer"}), "L6");
  EXPECT_EQ(text_at(one, {"severity"}), "ERROR");
  EXPECT_EQ(text_at(one, {"context", "attempt"}), "3");
  auto const again = world.send("GET", "/v1/errors/" + id, world.admin);
  EXPECT_EQ(again->answer.status, 200);
  EXPECT_EQ(json::write(again->body()), json::write(one));
  EXPECT_EQ(world.send("GET", "/v1/errors/err_000000000000", world.admin)->answer.status, 404);
  EXPECT_EQ(world.send("GET", "/v1/errors/nonsense", world.admin)->answer.status, 404);
}

TEST(Errors, OfAFailedRunCarryItsTraceAndItsInputsHash) {
  World world;
  auto const sent =
      world.send("POST", "/v1/runs", world.admin, World::kBody,
                 {{"idempotency-key", "k"},
                  {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  auto const run = run_id(sent);
  auto const leased = lease_one(world);
  world.send("POST", leased.path("start"), world.admin, "{\"fence\":" + leased.fence + "}");
  world.send(
      "POST", leased.path("fail"), world.admin,
      "{\"fence\":" + leased.fence +
          R"(,"code":"timeout","detail":"password=hunter2 canary-5ecret-9d1f","retry":false})");
  auto const errors = errors_in(world.send("GET", "/v1/errors?run_id=" + run, world.admin));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(text_at(errors[0], {"error_class"}), "infra.timeout");
  EXPECT_EQ(text_at(errors[0], {"layer"}), "L5");
  EXPECT_EQ(text_at(errors[0], {"correlation_id"}), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(text_at(errors[0], {"input_hash"}).size(), 16u);
  EXPECT_EQ(text_at(errors[0], {"message"}), "password=[redacted] [redacted]");
  EXPECT_EQ(world.log.all_leaves().find("canary-5ecret"), std::string::npos);
  EXPECT_EQ(
      errors_in(world.send("GET", "/v1/errors?correlation_id=0af7651916cd43dd8448eb211c80319c",
                           world.admin))
          .size(),
      1u);
}

TEST(Errors, AreFilteredAndPagedNewestFirst) {
  World world;
  for (int i = 0; i < 5; ++i)
    world.post(domain::error::Commands(error_of(ErrorClass::infra_timeout)));
  world.post(domain::error::Commands(error_of(ErrorClass::system_assertion)));
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors?class=infra", world.admin)).size(), 5u);
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors?severity=CRITICAL", world.admin)).size(), 0u);
  auto const first = world.send("GET", "/v1/errors?limit=4", world.admin);
  auto const page = errors_in(first);
  ASSERT_EQ(page.size(), 4u);
  EXPECT_EQ(text_at(page[0], {"error_class"}), "system.assertion");
  auto const next = text_at(first->body(), {"next"});
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors?limit=4&before=" + next, world.admin)).size(),
            2u);
  for (auto const* wrong : {"severity=bad", "run_id=bad", "correlation_id=bad", "limit=0", "zzz=1",
                            "class=infra.storge", "class=infr", "layer=L9"})
    EXPECT_EQ(world.send("GET", std::string("/v1/errors?") + wrong, world.admin)->answer.status,
              422)
        << wrong;
}

TEST(Errors, OfOtherTenantsAreNotShown) {
  World world;
  world.tenant("other", "10");
  auto const stranger = world.key("other", "evidence:read");
  world.post(domain::error::Commands(error_of(ErrorClass::infra_network)));
  EXPECT_EQ(errors_in(world.send("GET", "/v1/errors", stranger)).size(), 0u);
  auto const id = text_at(errors_in(world.send("GET", "/v1/errors", world.admin))[0], {"error_id"});
  EXPECT_EQ(world.send("GET", "/v1/errors/" + id, stranger)->answer.status, 404);
}

TEST(Errors, HaveAClassForEveryProblem) {
  for (auto const& kind : wire::problem_kinds()) {
    auto const found = domain::error::class_of_refusal(kind.code);
    bool const guessed = found == Classification::of<Layer::L4, ErrorClass::system_internal>();
    EXPECT_FALSE(guessed) << kind.code;
  }
}

TEST(Errors, OfOurOwnAreReportedWithTheRequestsTrace) {
  Collected sink;
  Options options;
  options.errors = {&sink, "api"};
  World world(std::move(options));
  world.submit(world.admin, "k", large_body());
  world.blobs.failing = true;
  auto const sent = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
  EXPECT_EQ(sent->answer.body, R"({"work":[]})");
  ASSERT_EQ(sink.seen.size(), 1u);
  auto const& [classification, report] = sink.seen[0];
  EXPECT_EQ(classification, (Classification::of<Layer::L2, ErrorClass::infra_storage>()));
  EXPECT_NE(sent->header("traceparent").find(to_text(report.trace.correlation)), std::string::npos);
  EXPECT_EQ(report.context.at("route"), "POST /v1/work/lease");
  EXPECT_EQ(report.tenant, TenantId("default"));
}

}  // namespace
}  // namespace tally::api
