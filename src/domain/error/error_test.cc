#include "domain/error/finding.h"
#include "domain/next_id.h"
#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

error::Recorded storage_error() {
  error::Recorded error;
  error.component = "api";
  error.error_class = ErrorClass::infra_storage;
  error.exception_type = "io_error";
  error.layer = Layer::L2;
  error.message = "a blob could not be read";
  return error;
}

TEST(Errors, AreRecordedInEveryMode) {
  World world;
  for (auto const mode :
       {mode::Mode::normal, mode::Mode::safe, mode::Mode::stop, mode::Mode::halt}) {
    if (mode != mode::Mode::normal)
      world.ask(mode::Set{.mode = mode, .person = kAnn, .reason = "test", .scope = {}});
    EXPECT_EQ(text_of(world.ask(storage_error())), "error.recorded");
  }
}

TEST(Errors, OfAClassThatTheirLayerMayNotEmitAreRefused) {
  World world;
  auto error = storage_error();
  error.layer = Layer::L4;
  EXPECT_EQ(text_of(world.ask(error)), "validation_error");
  error = storage_error();
  error.error_class = ErrorClass::domain_validation;
  EXPECT_EQ(text_of(world.ask(error)), "validation_error");
}

TEST(Errors, ThatSayTooMuchAreRefused) {
  World world;
  std::string const long_text(error::kTextBytesMax + 1, 'x');
  auto error = storage_error();
  error.message = long_text;
  EXPECT_EQ(text_of(world.ask(error)), "validation_error");
  error = storage_error();
  error.chain.assign(error::kCausesMax + 1, {});
  EXPECT_EQ(text_of(world.ask(error)), "validation_error");
  error = storage_error();
  error.context["k"] = long_text;
  EXPECT_EQ(text_of(world.ask(error)), "validation_error");
  error = storage_error();
  error.component.clear();
  EXPECT_EQ(text_of(world.ask(error)), "validation_error");
}

TEST(Errors, OfATenantJoinTheTenantsOwnSequence) {
  World world;
  auto error = storage_error();
  error.subject = kAcme;
  auto const before = world.state.tenants.at(kAcme).seq_next;
  world.ask(error);
  EXPECT_EQ(world.state.tenants.at(kAcme).seq_next, before + 1);
  error.subject = TenantId("nobody");
  EXPECT_EQ(text_of(world.ask(error)), "error.recorded");
}

TEST(Errors, HaveIdsThatLeadBackToTheirEvent) {
  constexpr IdKey kKey(0x0123456789abcdef);
  std::set<ErrorId> ids;
  for (std::int64_t seq = 0; seq < 10'000; ++seq) {
    auto const id = error_id(kKey, seq);
    EXPECT_TRUE(ids.insert(id).second);
    EXPECT_EQ(error_seq(kKey, id), seq);
    auto const text = to_text(id);
    EXPECT_EQ(text.size(), 16u);
    EXPECT_EQ(parse_error_id(text), id);
  }
  for (auto const* text : {"err_", "err_0123456789ab0", "dec_0123456789ab", "err_0123456789aB"})
    EXPECT_EQ(parse_error_id(text), std::nullopt) << text;
}

std::string class_name(error::Recorded const& finding) {
  return std::string(name_of(finding.layer)) + " " + std::string(name_of(finding.error_class)) +
         " " + std::string(name_of(finding.severity));
}

// What the last event says about an error.
std::string last_finding(World const& world) {
  auto const finding = error::finding_of(world.history.back().event);
  return finding ? class_name(*finding) : "none";
}

TEST(Findings, ReadFailedRunsAsErrorsOfTheirWorkers) {
  World world;
  Leased const first = running(world, "first");
  EXPECT_EQ(last_finding(world), "none");
  world.ask(fail(first.handle, true, "exit_nonzero", {}));
  EXPECT_EQ(last_finding(world), "L5 infra.dependency WARNING") << "no fault of this server";
  Leased const second = running(world, "second");
  world.ask(fail(second.handle, false, "timeout", {}));
  EXPECT_EQ(last_finding(world), "L5 infra.timeout ERROR");
  Leased const third = running(world, "third");
  world.ask(fail(third.handle, false, "a code of their own", {}));
  auto const finding = error::finding_of(world.history.back().event);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->context.at("unclassified"), "true");
  EXPECT_EQ(class_name(*finding), "L5 infra.dependency ERROR");
  EXPECT_EQ(finding->exception_type, "a code of their own");
  Leased const good = running(world, "good");
  world.ask(complete(good.handle));
  EXPECT_EQ(last_finding(world), "none");
}

TEST(Findings, ReadLeasesThatCameBackAndWorkThatWasStopped) {
  World world;
  RunId const run = submit(world, "k");
  auto const leased = lease(world);
  ASSERT_TRUE(leased);
  world.ask(fail(leased->handle, true, "job_unknown", {}));
  EXPECT_EQ(last_finding(world), "L5 infra.dependency WARNING");
  EXPECT_EQ(error::finding_of(world.history.back().event)->message, "job_unknown: it broke");
  world.ask(run::Cancel{.run = run, .tenant = kAcme});
  auto settled = run::Settled{};
  for (auto const& [code, read] : {std::pair("lease_unusable", "L5 system.configuration ERROR"),
                                   std::pair("cost_limit", "L5 infra.resource_exhausted ERROR"),
                                   std::pair("signal", "L5 infra.dependency ERROR"),
                                   std::pair("stopped", "L4 domain.policy_violation ERROR")}) {
    settled.error_code = code;
    auto const finding = error::finding_of(run::Events(settled));
    ASSERT_TRUE(finding);
    EXPECT_EQ(class_name(*finding), read);
  }
}

TEST(Findings, ReadRefusalsForMoneyAndAuditsAsTheDomains) {
  World world;
  auto refused = run::Refused{};
  refused.code = "budget_exceeded";
  auto finding = error::finding_of(run::Events(refused));
  ASSERT_TRUE(finding);
  EXPECT_EQ(class_name(*finding), "L4 domain.budget_exceeded WARNING");
  auto audit = run::AuditRequired{};
  audit.reconcile_type = "no_receipt_audit";
  finding = error::finding_of(run::Events(audit));
  ASSERT_TRUE(finding);
  EXPECT_EQ(class_name(*finding), "L4 system.recovery_failed CRITICAL");
  EXPECT_EQ(finding->context.at("reconcile_type"), "no_receipt_audit");
}

TEST(Findings, ReadMoneyThatLeftAboveOrWithoutAHoldAsErrors) {
  World world;
  Leased const dear = running(world, "dear", kReported);
  world.ask(complete(dear.handle, "42", measured(seconds(1), kHold + kGrant)));
  EXPECT_EQ(last_finding(world), "L4 domain.budget_exceeded ERROR");
  auto finding = error::finding_of(world.history.back().event);
  EXPECT_EQ(finding->exception_type, "overrun");
  EXPECT_EQ(finding->message, "it cost 1.0000 USD above its hold, of which 0.0500 USD are owed");
  world.ask(budget::Grant{.amount = kGrant, .person = kAnn, .tenant = kAcme});
  Leased const failed = running(world, "failed", kReported);
  world.ask(fail(failed.handle, false, "exit_nonzero", measured(seconds(1), kHold + Micros(1))));
  EXPECT_EQ(last_finding(world), "L5 infra.dependency ERROR");
  finding = error::finding_of(world.history.back().event);
  EXPECT_EQ(finding->context.at("overrun_usd"), "0.000001");
  Leased const late = running(world, "late", kReported);
  world.ask(lease_due(late.run));
  world.ask(complete(late.handle, "42", measured(seconds(1), Micros(2))));
  EXPECT_EQ(last_finding(world), "L4 domain.budget_exceeded ERROR");
  finding = error::finding_of(world.history.back().event);
  EXPECT_EQ(finding->exception_type, "unaccounted");
  EXPECT_EQ(finding->context.at("amount_usd"), "0.000002");
}

TEST(Findings, KeepToTheLayersOfTheTable) {
  for (auto const* code : {"auth_invalid", "budget_held", "overloaded", "storage_unavailable",
                           "request_timeout", "validation_error", "no such code"}) {
    auto const found = error::class_of_refusal(code);
    EXPECT_TRUE(may_emit(found.layer(), found.error_class())) << code;
  }
  EXPECT_EQ(error::class_of_refusal("rate_limited").error_class(), ErrorClass::domain_rate_limit);
  EXPECT_EQ(error::class_of_failure("sandbox_failed").classification.error_class(),
            ErrorClass::infra_dependency);
}

}  // namespace
}  // namespace tally::domain::testing
