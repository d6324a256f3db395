#include "domain/error/finding.h"

#include <algorithm>
#include <array>
#include <span>

namespace tally::domain::error {

namespace {

using enum ErrorClass;

struct Row {
  std::string_view code;
  Classification classification;
};

template <Layer layer, ErrorClass error_class>
constexpr Row row(std::string_view code) {
  return {code, Classification::of<layer, error_class>()};
}

constexpr std::array kFailures{
    row<Layer::L5, infra_timeout>("timeout"),
    row<Layer::L5, infra_timeout>("worker_lost"),
    row<Layer::L5, infra_timeout>("lease_expired"),
    row<Layer::L5, infra_resource_exhausted>("output_too_large"),
    row<Layer::L5, infra_resource_exhausted>("overloaded"),
    row<Layer::L5, infra_dependency>("sandbox_failed"),
    row<Layer::L5, infra_storage>("receipt_not_durable"),
    row<Layer::L5, infra_storage>("result_missing"),
    row<Layer::L5, system_configuration>("job_unknown"),
    row<Layer::L5, system_internal>("killed"),
    row<Layer::L5, system_internal>("exit_nonzero"),
    row<Layer::L5, system_internal>("output_not_json"),
    row<Layer::L5, system_internal>("cost_not_reported"),
};

// Refusals are the decision maker's; what the edge could not even hand over is the edge's.
constexpr std::array kRefusals{
    row<Layer::L4, domain_authorization>("auth_invalid"),
    row<Layer::L4, domain_authorization>("auth_missing"),
    row<Layer::L4, domain_budget_exceeded>("budget_exceeded"),
    row<Layer::L4, domain_budget_exceeded>("budget_held"),
    row<Layer::L4, domain_constraint>("conflict"),
    row<Layer::L4, domain_not_found>("erased"),
    row<Layer::L4, domain_authorization>("forbidden"),
    row<Layer::L4, domain_policy_violation>("halted"),
    row<Layer::L4, domain_validation>("header_too_large"),
    row<Layer::L4, domain_validation>("http_version"),
    row<Layer::L4, domain_validation>("idempotency_key_missing"),
    row<Layer::L4, domain_constraint>("idempotency_key_reused"),
    row<Layer::L2, system_internal>("internal"),
    row<Layer::L4, domain_constraint>("lease_lost"),
    row<Layer::L4, domain_validation>("malformed"),
    row<Layer::L4, domain_validation>("method_not_allowed"),
    row<Layer::L4, domain_validation>("not_acceptable"),
    row<Layer::L4, domain_not_found>("not_found"),
    row<Layer::L4, domain_validation>("not_implemented"),
    row<Layer::L2, infra_dependency>("not_ready"),
    row<Layer::L2, infra_storage>("outcome_unknown"),
    row<Layer::L2, infra_resource_exhausted>("overloaded"),
    row<Layer::L4, domain_validation>("payload_too_large"),
    row<Layer::L4, domain_rate_limit>("rate_limited"),
    row<Layer::L6, infra_timeout>("request_timeout"),
    row<Layer::L4, domain_constraint>("result_not_ready"),
    row<Layer::L4, domain_not_found>("no_result"),
    row<Layer::L4, domain_not_found>("run_gone"),
    row<Layer::L2, infra_storage>("storage_unavailable"),
    row<Layer::L4, domain_constraint>("unknown_job"),
    row<Layer::L4, domain_validation>("unsupported_coding"),
    row<Layer::L4, domain_validation>("unsupported_media_type"),
    row<Layer::L4, domain_validation>("validation_error"),
};

Row const* find(std::span<Row const> rows, std::string_view code) {
  auto const at = std::ranges::find(rows, code, &Row::code);
  return at == rows.end() ? nullptr : &*at;
}

Recorded finding(Classification classification, std::string component, Severity severity,
                 std::string message) {
  Recorded found;
  found.component = std::move(component);
  found.error_class = classification.error_class();
  found.layer = classification.layer();
  found.message = std::move(message);
  found.severity = severity;
  return found;
}

Recorded failure(std::string const& code, std::string const& detail, Severity severity, RunId run) {
  auto const known = class_of_failure(code);
  auto found = finding(known.classification, "worker", severity, detail.empty() ? code : detail);
  found.exception_type = code;
  if (known.unclassified) found.context["unclassified"] = "true";
  found.run = run;
  return found;
}

std::optional<Recorded> read(run::Settled const& event) {
  if (event.phase == run::Phase::failed)
    return failure(event.error_code, event.error_detail, Severity::error, event.run);
  if (event.phase != run::Phase::expired) return std::nullopt;
  auto found = finding(Classification::of<Layer::L4, domain_constraint>(), "run", Severity::warning,
                       "no worker took the run before its queue deadline");
  found.exception_type = "queue_deadline";
  found.run = event.run;
  return found;
}

std::optional<Recorded> read(run::Requeued const& event) {
  if (event.reason == "returned") return std::nullopt;  // given back before it was started
  return failure(event.reason, event.detail, Severity::warning, event.run);
}

std::optional<Recorded> read(run::Reconciling const& event) {
  return failure(event.reason, "the worker stopped answering after it had started",
                 Severity::warning, event.run);
}

std::optional<Recorded> read(run::AuditRequired const& event) {
  auto found =
      finding(Classification::of<Layer::L4, system_recovery_failed>(), "run", Severity::critical,
              "nobody may guess what this run cost: it waits for two people");
  found.context["reconcile_type"] = event.reconcile_type;
  found.exception_type = event.reason;
  found.run = event.run;
  return found;
}

std::optional<Recorded> read(run::Refused const& event) {
  auto found = finding(class_of_refusal(event.code), "budget", Severity::warning,
                       "the budget of " + event.shortage.scope + " does not cover the run");
  found.context["job"] = event.job.value();
  found.exception_type = event.code;
  return found;
}

std::optional<Recorded> read(approval::Aborted const& event) {
  auto found = finding(Classification::of<Layer::L4, domain_policy_violation>(), "approval",
                       Severity::warning, "an approval did not get its signatures in time");
  found.context["approval"] = to_text(event.approval);
  found.exception_type = "approval_aborted";
  return found;
}

// The server halts itself: an earlier process could not write its log, or what was written is no
// longer there. (Safe mode, which an audit brings, is the audit's own finding.)
std::optional<Recorded> read(mode::Changed const& event) {
  if (event.row.mode != mode::Mode::halt || event.person != PersonId("server")) return std::nullopt;
  auto found = finding(Classification::of<Layer::L6, infra_storage>(), "ledger", Severity::critical,
                       "the server halted itself: " + event.row.reason);
  found.exception_type = "halted_itself";
  return found;
}

std::optional<Recorded> read(chronicle::ServerStarted const& event) {
  if (event.tail_cut_bytes == 0) return std::nullopt;
  auto found = finding(Classification::of<Layer::L6, infra_storage>(), "ledger", Severity::warning,
                       "the last write before this start was torn; nobody had been told of it");
  found.context["tail_cut_bytes"] = std::to_string(event.tail_cut_bytes);
  found.exception_type = "torn_tail";
  return found;
}

std::optional<Recorded> read(chronicle::ClockStepped const& event) {
  auto found = finding(Classification::of<Layer::L6, infra_dependency>(), "clock",
                       Severity::warning, "the wall clock and ledger time disagree");
  found.context["disagreement_us"] = std::to_string(event.disagreement.value());
  found.exception_type = "clock_stepped";
  return found;
}

std::optional<Recorded> read(chronicle::RefusalsCounted const& event) {
  if (event.code == kReplayed || event.code == kUnchanged) return std::nullopt;
  auto found = finding(class_of_refusal(event.code), "api", Severity::info,
                       "requests were refused and only counted");
  found.context["count"] = std::to_string(event.count);
  found.context["minute"] = to_rfc3339(event.minute);
  found.exception_type = event.code;
  if (event.subject.value() != "-") found.subject = event.subject;
  return found;
}

std::optional<Recorded> read(Recorded const& event) { return event; }

template <class E>
std::optional<Recorded> read(E const&) {
  return std::nullopt;
}

}  // namespace

FailureClass class_of_failure(std::string_view code) {
  if (Row const* known = find(kFailures, code)) return {known->classification, false};
  return {Classification::of<Layer::L5, system_internal>(), true};
}

Classification class_of_refusal(std::string_view code) {
  Row const* known = find(kRefusals, code);
  return known != nullptr ? known->classification
                          : Classification::of<Layer::L4, system_internal>();
}

std::optional<Recorded> finding_of(Event const& event) {
  return std::visit(
      [](auto const& group) {
        return std::visit([](auto const& one) { return read(one); }, group);
      },
      event);
}

}  // namespace tally::domain::error
