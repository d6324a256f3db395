#pragma once

// All metrics: a member each, with its type, unit, labels, name and the sentence that people read.
// docs/formats/metrics.md is rendered from this table. Names that were once published stay.

#include "metrics/definition.h"

namespace tally::metrics {

// Upper bounds of buckets, in microseconds.
inline constexpr std::array<std::int64_t, 14> kRequestBounds{
    1'000,   2'500,   5'000,     10'000,    25'000,    50'000,     100'000,
    200'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 30'000'000};
inline constexpr std::array<std::int64_t, 13> kRunBounds{
    10'000,        100'000,        500'000,       1'000'000,   5'000'000,
    10'000'000,    30'000'000,     60'000'000,    300'000'000, 1'800'000'000,
    3'600'000'000, 21'600'000'000, 86'400'000'000};

class Table {
  Rows rows_;  // first: the members below enter themselves

 public:
  constexpr std::span<Row const> rows() const { return rows_.all(); }

  Gauge<UnixTime> attestation_last_success{rows_, "attestation_last_success_timestamp_seconds",
                                           "When the whole ledger was last found in order."};
  Counter<Count, ByAttestation> attestation_passes{rows_, "attestation_passes_total",
                                                   "Readings of the whole ledger, by result."};
  Gauge<Count> attestation_verified_seq{rows_, "attestation_verified_seq",
                                        "Events that the last good reading covers."};
  Histogram<Seconds, ByMethod, ByRoute> http_request_duration{
      rows_, "http_request_duration_seconds",
      "From a request read to its answer made; long polls and waits included.", kRequestBounds};
  Counter<Count, ByMethod, ByRoute, ByHttpStatus> http_requests{
      rows_, "http_requests_total", "Requests answered, by route and status."};
  Counter<Count, BySeverity, ByReconcileType> log_entries{
      rows_, "log_entries_total", "Own log entries that need eyes, by reconcile type."};
  Gauge<Count> approvals_open{rows_, "tally_approvals_open", "Approvals that wait for signatures."};
  Counter<Count> blobs_not_removed{
      rows_, "tally_blobs_not_removed_total",
      "Blobs that no event names and that could not be removed, each time."};
  Counter<Bytes> blobs_removed_bytes{
      rows_, "tally_blobs_removed_bytes_total",
      "What blobs that were removed held, with files that a crash left half-written."};
  Counter<Count> blobs_removed{rows_, "tally_blobs_removed_total",
                               "Blobs removed because no event names them."};
  Gauge<Count, ByVersion> build_info{rows_, "tally_build_info", "1, labelled with the version."};
  Gauge<Seconds> clock_disagreement{
      rows_, "tally_clock_disagreement_seconds",
      "The machine's clock minus the ledger's; beyond 0.5 s the machine's was stepped."};
  Counter<Count> commands{rows_, "tally_commands_total", "Commands decided by the loop."};
  Gauge<Bytes> disk_free{rows_, "tally_disk_free_bytes",
                         "Bytes that the server may still write to its disk."};
  Counter<Count> errors_dropped{rows_, "tally_errors_dropped_total",
                                "Errors of our own that found no place."};
  Counter<Count> events{rows_, "tally_events_total", "Events decided by the loop since the start."};
  Counter<Count> frames{rows_, "tally_frames_total", "Frames written."};
  Gauge<Count, ByLane> lane_depth{rows_, "tally_lane_depth",
                                  "Requests that wait for the loop, by lane."};
  Counter<Count, ByReturn> leases_returned{
      rows_, "tally_leases_returned_total",
      "Leases given back, or run out, before the work began, by reason."};
  Gauge<Count> ledger_size{rows_, "tally_ledger_size", "Durable events in the ledger."};
  Gauge<Count> mode{rows_, "tally_mode", "Mode of everything: 0 normal, 1 safe, 2 stop, 3 halt."};
  Counter<Count> overloaded{rows_, "tally_overloaded_total",
                            "Requests refused because a lane was full."};
  Counter<Usd> overrun{rows_, "tally_overrun_usd_total", "What runs cost above their holds."};
  Counter<Count> overruns{rows_, "tally_overruns_total", "Runs that cost more than their hold."};
  Gauge<Count> pollers{rows_, "tally_pollers", "Workers that hold a long poll for work."};
  Counter<Count> polls_hung_up{rows_, "tally_polls_hung_up_total",
                               "Long polls for work whose caller hung up before there was any."};
  Gauge<Count, ByProjection> projection_applied_seq{
      rows_, "tally_projection_applied_seq",
      "Sequence of the last event that a projection has folded; -1 before the first."};
  Gauge<Count, ByProjection> projection_lag_events{
      rows_, "tally_projection_lag_events",
      "Durable events that a projection has not folded; past its bound its answers say behind."};
  Gauge<Count> queue_depth{rows_, "tally_queue_depth", "Runs that wait for a worker."};
  Gauge<Seconds> queue_oldest_age{rows_, "tally_queue_oldest_age_seconds",
                                  "Age of the oldest queued run."};
  Gauge<Count, ByDependency> ready{rows_, "tally_ready", "1 when the dependency works."};
  Counter<Count> reaper_scans{rows_, "tally_reaper_scans_total",
                              "Passes that found a deadline due."};
  Counter<Count, ByOutcome> reconciles{rows_, "tally_reconciles_total",
                                       "Runs reconciled after a lost worker, by outcome."};
  Counter<Count, ByCode> refusals{
      rows_, "tally_refusals_total",
      "Refusals, by code; those with their own event (402) among them."};
  Histogram<Seconds, ByEnd> run_duration{
      rows_, "tally_run_duration_seconds",
      "From a run's submit to its end, the wait in the queue included, by how it ended.",
      kRunBounds};
  Gauge<Count, ByRunStatus> runs{
      rows_, "tally_runs",
      "Runs in memory by status; an ended one leaves it after archive.after_s."};
  Gauge<Count> runs_audit_required{rows_, "tally_runs_audit_required",
                                   "Runs whose cost people must decide."};
  Gauge<Count, ByJob, ByTenant> runs_without_worker{
      rows_, "tally_runs_without_worker",
      "Queued runs whose job no worker has asked for in their tenant for a minute."};
  Gauge<Count, ByTaskLane> task_lane_depth{rows_, "tally_task_lane_depth",
                                           "Tasks that wait in a lane of the executor, by lane."};
  Counter<Count, ByTaskLane> task_refusals{
      rows_, "tally_task_refusals_total",
      "Tasks refused because their lane, or their owner's share of it, was full, by lane."};
  Gauge<Usd, ByTenant> tenant_available{rows_, "tally_tenant_available_usd",
                                        "What a tenant may still spend; looked at every 10 s."};
  Gauge<Usd, ByTenant> tenant_granted{rows_, "tally_tenant_granted_usd",
                                      "What a tenant was granted in all."};
  Gauge<Usd, ByTenant> tenant_held{rows_, "tally_tenant_held_usd",
                                   "What a tenant's live runs hold."};
  Gauge<Usd, ByTenant> tenant_overrun{rows_, "tally_tenant_overrun_usd",
                                      "What a tenant owes for what runs cost above their holds."};
  Gauge<Count, ByTenant> tenant_runs_live{rows_, "tally_tenant_runs_live",
                                          "Runs of a tenant that have not ended."};
  Gauge<Usd, ByTenant> tenant_spent{rows_, "tally_tenant_spent_usd",
                                    "What a tenant's runs were charged in all."};
  Gauge<Count> tenants{rows_, "tally_tenants",
                       "Tenants; of more than 1000 the first 1000 have figures of their own."};
  Counter<Count> unaccounted{rows_, "tally_unaccounted_total",
                             "Costs reported by leases that had ended."};
  Counter<Usd> unaccounted_usd{rows_, "tally_unaccounted_usd_total",
                               "Their sum; it is in no charge."};
  Gauge<UnixTime, ByWorker> worker_last_heartbeat{
      rows_, "tally_worker_last_heartbeat_timestamp_seconds", "When a worker was last heard of."};
};

inline constexpr Table kTable{};

}  // namespace tally::metrics
