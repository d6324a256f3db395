#include <gtest/gtest.h>

#include <algorithm>

#include "views/budget_view.h"
#include "views/ops_view.h"
#include "views/problem_view.h"
#include "views/run_view.h"
#include "views/submit_view.h"
#include "wire/problem_catalog.h"
#include "wire/to_json.h"

namespace tally::views {
namespace {

CorrelationId correlation() { return *parse_correlation_id("0af7651916cd43dd8448eb211c80319c"); }

domain::Recorded submitted() {
  domain::run::SubmitFacts facts;
  facts.balances.of(domain::AccountKind::funding) = Micros(-100'000'000);
  facts.balances.of(domain::AccountKind::available) = Micros(99'000'000);
  facts.balances.of(domain::AccountKind::spent) = Micros(1'000'000);
  domain::run::Submitted event;
  event.run = RunId(0xAB);
  event.job = JobName("log-patterns");
  event.hold.amount = Micros(50'000);
  event.postings =
      domain::PostingPlan(facts.balances)
          .move(domain::AccountKind::available, domain::AccountKind::held, Micros(50'000))
          .take();
  domain::Recorded recorded;
  recorded.header.ledger = LedgerId(1);
  recorded.header.seq = 12;
  recorded.header.tenant = TenantId("default");
  recorded.header.tenant_seq = 3;
  recorded.event = domain::run::Events(event);
  recorded.snapshot = domain::Snapshot{domain::run::Commands(domain::run::Submit{}), facts};
  return recorded;
}

TEST(SubmitView, HasTheFixedShapeByteByByte) {
  auto const view = submit_view(submitted(), sha256(as_bytes("leaf")), {correlation(), false});
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(
      wire::to_json(*view),
      R"({"run_id":"run_00000000000000ab","status":"queued","job":"log-patterns",)"
      R"("cost":{"held_usd":"0.0500"},)"
      R"("budget":{"available_usd":"98.9500","held_usd":"0.0500","spent_usd":"1.0000"},)"
      R"("links":{"self":"/v1/runs/run_00000000000000ab",)"
      R"("result":"/v1/runs/run_00000000000000ab/result"},)"
      R"("evidence":{"ledger":"ldg_0000000000000001","seq":12,"tenant_seq":3,"leaf_sha256":")" +
          sha256(as_bytes("leaf")).hex() +
          R"("},"correlation_id":"0af7651916cd43dd8448eb211c80319c","idempotent_replay":false})");
}

TEST(SubmitView, IsTheSameForAReplayButForTheMarkAndTheCorrelation) {
  auto const leaf = sha256(as_bytes("leaf"));
  auto first = *submit_view(submitted(), leaf, {correlation(), false});
  auto const other = *parse_correlation_id("ffffffffffffffffffffffffffffffff");
  auto const replay = *submit_view(submitted(), leaf, {other, true});
  EXPECT_NE(first, replay);
  first.idempotent_replay = true;
  first.correlation_id = other;
  EXPECT_EQ(first, replay);
}

TEST(RefusedView, SaysThatANewKeyIsNeededAndNamesEveryAmount) {
  domain::run::Refused event;
  event.code = "budget_exceeded";
  event.shortage = {.asked = Micros(5),
                    .available = Micros(4),
                    .held = Micros(0),
                    .limit = Micros(9),
                    .owed = Micros(0),
                    .scope = "tenant",
                    .spent = Micros(5)};
  domain::Recorded recorded;
  recorded.event = domain::run::Events(event);
  auto const problem = refused_view(recorded, Digest{}, {correlation(), true}, {});
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->status, 402);
  EXPECT_EQ(problem->idempotent_replay, true);
  EXPECT_NE(problem->detail.find("new key"), std::string::npos);
  auto const document = *json::parse(wire::to_json(*problem));
  EXPECT_EQ(*document.find("available_usd")->string(), "0.000004");
  for (auto name : {"scope", "limit_usd", "spent_usd", "held_usd", "asked_usd"})
    EXPECT_NE(document.find(name), nullptr) << name;
}

TEST(ProblemView, KnowsEveryRefusalOfTheDomain) {
  for (auto code : domain::all_of(domain::RefusalCode{})) {
    domain::Refusal refusal{
        .code = code, .detail = "why", .pointer = {}, .shortage = {}, .retry_after = {}};
    auto const problem = refusal_view({}, refusal, correlation());
    EXPECT_EQ(problem.code, name_of(code));
    EXPECT_EQ(problem.type, "/problems/" + std::string(name_of(code)));
    EXPECT_GE(problem.status, 400) << problem.code;
    bool const ends_by_itself = problem.status == 429 || problem.status == 503;
    EXPECT_EQ(problem.retry_after_s.has_value(),
              ends_by_itself && code != domain::RefusalCode::halted)
        << problem.code;
  }
}

TEST(ProblemView, OfAStandstillNamesScopeReasonAndRun) {
  domain::Refusal refusal{.code = domain::RefusalCode::halted,
                          .detail = "why",
                          .pointer = {},
                          .shortage = {},
                          .retry_after = {}};
  refusal.standstill = {.mode = domain::mode::Mode::safe,
                        .reason = "run_00000000000000ab waits for an audit: receipt_unusable",
                        .scope = {.id = "acme", .kind = domain::mode::ScopeKind::tenant},
                        .since = Instant(0)};
  auto const problem = refusal_view({}, refusal, correlation());
  EXPECT_EQ(problem.halt, (wire::HaltDetails{
                              .mode = "safe",
                              .scope = "tenant:acme",
                              .reason = "run_00000000000000ab waits for an audit: receipt_unusable",
                              .since = Instant(0),
                              .run_id = RunId(0xAB),
                              .ends_by_itself = false}));
  EXPECT_FALSE(problem.retry_after_s);
  auto const text = wire::to_json(problem);
  EXPECT_NE(text.find(R"("scope":"tenant:acme")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("ends_by_itself":false)"), std::string::npos) << text;
  refusal.standstill->reason = "a drill";
  EXPECT_FALSE(refusal_view({}, refusal, correlation()).halt->run_id);
  refusal.standstill->scope = {.id = "run_00000000000000cd", .kind = domain::mode::ScopeKind::run};
  EXPECT_EQ(refusal_view({}, refusal, correlation()).halt->run_id, RunId(0xCD));
}

TEST(ProblemView, HidesWhatItDoesNotKnow) {
  auto const problem = problem_view({}, "io_error", "", correlation());
  EXPECT_EQ(problem.code, "internal");
  EXPECT_EQ(problem.status, 500);
}

TEST(ProblemView, DoesNotRepeatTheNameOfAnUnknownJob) {
  domain::Refusal const refusal{.code = domain::RefusalCode::unknown_job,
                                .detail = "no job kind is named canary",
                                .pointer = "/job",
                                .shortage = {},
                                .retry_after = {}};
  auto const problem = refusal_view({}, refusal, correlation());
  EXPECT_EQ(wire::to_json(problem).find("canary"), std::string::npos);
  EXPECT_EQ(problem.errors.at(0).pointer, "/job");
}

TEST(ProblemView, RoundsTheWaitUp) {
  EXPECT_EQ(retry_after_seconds(Duration(0)), 1);
  EXPECT_EQ(retry_after_seconds(Duration(1'000'000)), 1);
  EXPECT_EQ(retry_after_seconds(Duration(1'000'001)), 2);
}

TEST(RunView, ShowsTheHoldOnlyWhileItStands) {
  domain::run::Row row;
  row.hold.amount = Micros(7);
  EXPECT_EQ(run_view(RunId(1), row, {}).cost.held_usd, Micros(7));
  row.phase = domain::run::Phase::succeeded;
  domain::run::Charge charge;
  charge.charged = charge.cost = Micros(5);
  charge.released = Micros(2);
  row.charge = charge;
  row.reason = "completed";
  auto const view = run_view(RunId(1), row, {});
  EXPECT_EQ(view.cost.held_usd, Micros(0));
  wire::Receipt receipt;
  receipt.charged_usd = Micros(5);
  receipt.released_usd = Micros(2);
  receipt.reason = "completed";
  EXPECT_EQ(view.receipt, receipt);
  EXPECT_FALSE(view.error.has_value());
}

TEST(RunView, SaysWhatBecameOfACostAboveTheHold) {
  domain::run::Row row;
  row.hold.amount = Micros(7);
  row.phase = domain::run::Phase::succeeded;
  row.charge = domain::run::Charge{.charged = Micros(7),
                                   .cost = Micros(20),
                                   .debt_paid = Micros(0),
                                   .overrun = Micros(13),
                                   .owed = Micros(9),
                                   .paid = Micros(4),
                                   .released = Micros(0)};
  row.cost_rounded_up = true;
  row.unaccounted = Micros(3);
  auto const view = run_view(RunId(1), row, {});
  EXPECT_EQ(view.cost.charged_usd, Micros(7));
  EXPECT_EQ(view.cost.overrun_usd, Micros(13));
  EXPECT_EQ(view.cost.unaccounted_usd, Micros(3));
  EXPECT_EQ(view.receipt->overrun_usd, Micros(13));
  EXPECT_EQ(view.receipt->paid_usd, Micros(4));
  EXPECT_EQ(view.receipt->owed_usd, Micros(9));
  EXPECT_EQ(view.receipt->cost_rounded_up, true);
}

TEST(RunView, NeverShowsAnInnerPhase) {
  for (auto phase : domain::run::all_of(domain::run::Phase{})) {
    domain::run::Row row;
    row.phase = phase;
    auto const status = run_view(RunId(1), row, {}).status;
    EXPECT_NE(std::ranges::find(kWords<RunStatus>, status), kWords<RunStatus>.end()) << status;
  }
}

TEST(BudgetView, AddsUpToWhatWasGranted) {
  domain::directory::Tenant tenant;
  tenant.balances.of(domain::AccountKind::funding) = Micros(-10);
  tenant.balances.of(domain::AccountKind::available) = Micros(5);
  tenant.balances.of(domain::AccountKind::held) = Micros(3);
  tenant.balances.of(domain::AccountKind::spent) = Micros(2);
  auto const view = budget_view(TenantId("t"), tenant);
  EXPECT_EQ(view.granted_usd, view.available_usd + view.held_usd + view.spent_usd);
}

TEST(Scope, IsTheSameAfterWritingAndReading) {
  for (std::string_view text : {"everything", "tenant:acme", "job:log-patterns",
                                "key:key_00000000000000ff", "run:run_00000000000000ff"}) {
    auto const scope = parse_scope(text);
    ASSERT_TRUE(scope.has_value()) << text;
    EXPECT_EQ(scope_text(*scope), text);
  }
  for (std::string_view text : {"", "all", "tenant", "tenant:", "tenant:A", "everything:x",
                                "key:acme", "run:key_00000000000000ff"})
    EXPECT_FALSE(parse_scope(text).has_value()) << text;
}

}  // namespace
}  // namespace tally::views
