#include "server/wiring/event_counts.h"

namespace tally::wiring {

namespace {

using metrics::kTable;
using Outcome = metrics::ByOutcome::Value;

// Of a run whose worker was lost: what became of it, in the words of domain/run/reconcile.h. None
// for what has another cause.
std::optional<Outcome> reconciled_as(domain::Recorded const& recorded) {
  auto const* run = std::get_if<domain::run::Events>(&recorded.event);
  if (run == nullptr || !recorded.snapshot) return std::nullopt;
  auto const* command = std::get_if<domain::run::Commands>(&recorded.snapshot->command);
  bool const from_evidence =
      command != nullptr && std::holds_alternative<domain::run::Reconcile>(*command);
  auto const* due = command != nullptr ? std::get_if<domain::run::Due>(command) : nullptr;
  // A worker elsewhere leaves nothing to look for: its lease alone decides, unless it only was not
  // started.
  bool const from_lease = due != nullptr && due->kind != domain::run::DueKind::queue;
  if (!from_evidence && !from_lease) return std::nullopt;
  if (std::holds_alternative<domain::run::AuditRequired>(*run)) return Outcome("audit");
  if (auto const* requeued = std::get_if<domain::run::Requeued>(run))
    return requeued->not_before ? std::nullopt : std::optional(Outcome("again"));
  auto const* settled = std::get_if<domain::run::Settled>(run);
  if (settled == nullptr || settled->error_code == "lease_unusable") return std::nullopt;
  if (settled->phase == domain::run::Phase::succeeded) return Outcome("forward");
  return settled->reason == "result_missing" ? Outcome("charged") : Outcome("again");
}

// Money that left above a hold, or under no hold at all.
void count_overruns(metrics::Registry& metrics, domain::run::Events const& event) {
  auto const* settled = std::get_if<domain::run::Settled>(&event);
  if (settled != nullptr && settled->charge.overrun > Micros(0)) {
    metrics.add(kTable.overruns, 1);
    metrics.add(kTable.overrun, settled->charge.overrun);
  }
  if (auto const* late = std::get_if<domain::run::Unaccounted>(&event)) {
    metrics.add(kTable.unaccounted, 1);
    metrics.add(kTable.unaccounted_usd, late->amount);
  }
}

}  // namespace

void count_event(metrics::Registry& metrics, domain::Recorded const& recorded,
                 domain::run::Row const* ended) {
  auto const* run = std::get_if<domain::run::Events>(&recorded.event);
  if (run == nullptr) return;
  auto const* requeued = std::get_if<domain::run::Requeued>(run);
  if (requeued != nullptr && requeued->not_before)
    metrics.add(kTable.leases_returned, 1, metrics::ByReturn::Value::of(requeued->reason));
  if (auto const* audit = std::get_if<domain::run::AuditRequired>(run))
    metrics.add(kTable.log_entries, 1, "CRITICAL",
                metrics::ByReconcileType::Value::of(audit->reconcile_type));
  if (auto const outcome = reconciled_as(recorded)) metrics.add(kTable.reconciles, 1, *outcome);
  if (ended != nullptr)
    metrics.observe(kTable.run_duration, recorded.header.at - ended->created_at,
                    metrics::ByEnd::Value::of(status_of(ended->phase)));
  count_overruns(metrics, *run);
}

}  // namespace tally::wiring
