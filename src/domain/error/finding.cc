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

// What a job does wrong is no error of this server: it is something outside that we depend on, and
// so are workers elsewhere, whose codes are their own. What stops work is decided here (L4).
constexpr std::array kFailures{
    row<Layer::L5, infra_timeout>("timeout"),
    row<Layer::L5, infra_resource_exhausted>("cost_limit"),
    row<Layer::L4, domain_policy_violation>("stopped"),
    row<Layer::L5, system_configuration>("lease_unusable"),
    row<Layer::L5, infra_dependency>("returned"),
    row<Layer::L5, infra_timeout>("worker_lost"),
    row<Layer::L5, infra_timeout>("lease_expired"),
    row<Layer::L5, infra_resource_exhausted>("output_too_large"),
    row<Layer::L5, infra_resource_exhausted>("disk_limit"),
    row<Layer::L5, infra_resource_exhausted>("overloaded"),
    row<Layer::L5, infra_dependency>("sandbox_failed"),
    row<Layer::L5, infra_storage>("receipt_not_durable"),
    row<Layer::L5, infra_storage>("result_missing"),
    row<Layer::L5, system_configuration>("job_unknown"),
    row<Layer::L5, infra_dependency>("killed"),
    row<Layer::L5, infra_dependency>("exit_nonzero"),
    row<Layer::L5, infra_dependency>("signal"),
    row<Layer::L5, infra_dependency>("output_not_json"),
    row<Layer::L5, infra_dependency>("cost_not_reported"),
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

// What a run cost above its hold, and what became of that; empty where it did not.
std::string overrun_text(run::Charge const& charge) {
  Micros const over = charge.overrun;
  if (over == Micros(0)) return {};
  return "it cost " + format_usd(over) + " USD above its hold, of which " +
         format_usd(charge.owed) + " USD are owed";
}

// Money that left without a budget: seen each time.
Recorded spending(std::string message, std::string_view type, Micros amount, RunId run) {
  auto found = finding(Classification::of<Layer::L4, domain_budget_exceeded>(), "run",
                       Severity::error, std::move(message));
  found.context["amount_usd"] = format_usd(amount);
  found.exception_type = type;
  found.run = run;
  return found;
}

std::optional<Recorded> read(run::Settled const& event) {
  std::string const overrun = overrun_text(event.charge);
  if (event.phase == run::Phase::failed) {
    std::string detail = event.error_detail;
    if (!overrun.empty()) detail += (detail.empty() ? "" : "; ") + overrun;
    auto found = failure(event.error_code, detail, Severity::error, event.run);
    if (!overrun.empty()) found.context["overrun_usd"] = format_usd(event.charge.overrun);
    return found;
  }
  if (!overrun.empty()) return spending(overrun, "overrun", event.charge.overrun, event.run);
  if (event.phase != run::Phase::expired) return std::nullopt;
  auto found = finding(Classification::of<Layer::L4, domain_constraint>(), "run", Severity::warning,
                       "no worker took the run before its queue deadline");
  found.exception_type = "queue_deadline";
  found.run = event.run;
  return found;
}

std::optional<Recorded> read(run::Requeued const& event) {
  return failure(event.reason, event.detail, Severity::warning, event.run);
}

std::optional<Recorded> read(run::Reconciling const& event) {
  return failure(event.reason, "the worker stopped answering after it had started",
                 Severity::warning, event.run);
}

std::optional<Recorded> read(run::AuditRequired const& event) {
  std::string message =
      "nobody may guess what this run cost: a person has to say, by tally run resolve";
  if (!event.detail.empty()) message += "; the worker said: " + event.detail;
  auto found = finding(Classification::of<Layer::L4, system_recovery_failed>(), "run",
                       Severity::critical, std::move(message));
  found.context["reconcile_type"] = event.reconcile_type;
  found.exception_type = event.reason;
  found.run = event.run;
  return found;
}

std::optional<Recorded> read(run::Unaccounted const& event) {
  return spending(
      "a lease that had ended reports " + format_usd(event.amount) + " USD, which are in no charge",
      "unaccounted", event.amount, event.run);
}

std::optional<Recorded> read(run::Refused const& event) {
  Micros const owed = event.shortage.owed;
  auto found = finding(class_of_refusal(event.code), "budget", Severity::warning,
                       owed > Micros(0)
                           ? event.shortage.scope + " owes " + format_usd(owed) +
                                 " USD for runs above their holds: no run is accepted"
                           : "the budget of " + event.shortage.scope + " does not cover the run");
  found.context["job"] = event.job.value();
  found.exception_type = event.code;
  return found;
}

// What its proposer took back is no fault of anybody's.
std::optional<Recorded> read(approval::Aborted const& event) {
  if (event.reason == "withdrawn") return std::nullopt;
  auto found = finding(Classification::of<Layer::L4, domain_policy_violation>(), "approval",
                       Severity::warning, "an approval ended without effect");
  found.context["approval"] = to_text(event.approval);
  found.context["reason"] = event.reason;
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

std::optional<Recorded> read(system::ServerStarted const& event) {
  if (event.tail_cut_bytes == 0) return std::nullopt;
  auto found = finding(Classification::of<Layer::L6, infra_storage>(), "ledger", Severity::warning,
                       "the last write before this start was torn; nobody had been told of it");
  found.context["tail_cut_bytes"] = std::to_string(event.tail_cut_bytes);
  found.exception_type = "torn_tail";
  return found;
}

std::optional<Recorded> read(system::ClockStepped const& event) {
  auto found = finding(Classification::of<Layer::L6, infra_dependency>(), "clock",
                       Severity::warning, "the wall clock and ledger time disagree");
  found.context["disagreement_us"] = std::to_string(event.disagreement.value());
  found.exception_type = "clock_stepped";
  return found;
}

std::optional<Recorded> read(system::RefusalsCounted const& event) {
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
  return {Classification::of<Layer::L5, infra_dependency>(), true};
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
