#include "api/metrics.h"

#include <array>

#include "base/check.h"
#include "json/value.h"

namespace tally::api {

namespace {

enum class Kind { counter, gauge };

struct Described {
  std::string_view name;
  Kind kind;
  std::string_view help;
};

constexpr auto kMetrics = std::to_array<Described>({
    {"attestation_last_success_timestamp_seconds", Kind::gauge,
     "When the whole ledger was last found in order, in Unix time."},
    {"attestation_passes_total", Kind::counter, "Readings of the whole ledger, by result."},
    {"attestation_verified_seq", Kind::gauge, "Events that the last good reading covers."},
    {"http_requests_total", Kind::counter, "Requests answered, by route and status."},
    {"log_entries_total", Kind::counter, "Own log entries that need eyes, by reconcile type."},
    {"tally_approvals_open", Kind::gauge, "Approvals that wait for signatures."},
    {"tally_build_info", Kind::gauge, "1, labelled with the version."},
    {"tally_commands_total", Kind::counter, "Commands decided by the loop."},
    {"tally_disk_free_bytes", Kind::gauge, "Bytes that the server may still write to its disk."},
    {"tally_errors_dropped_total", Kind::counter, "Errors of our own that found no place."},
    {"tally_events_total", Kind::counter, "Events decided by the loop since the start."},
    {"tally_frames_total", Kind::counter, "Frames written."},
    {"tally_lane_depth", Kind::gauge, "Requests that wait for the loop, by lane."},
    {"tally_clock_disagreement_seconds", Kind::gauge,
     "The machine's clock minus the ledger's; beyond 0.5 s the machine's was stepped."},
    {"tally_ledger_size", Kind::gauge, "Durable events in the ledger."},
    {"tally_leases_returned_total", Kind::counter,
     "Leases given back, or run out, before the work began, by reason."},
    {"tally_mode", Kind::gauge, "Mode of everything: 0 normal, 1 safe, 2 stop, 3 halt."},
    {"tally_overloaded_total", Kind::counter, "Requests refused because a lane was full."},
    {"tally_overrun_usd_total", Kind::counter, "What runs cost above their holds, in USD."},
    {"tally_overruns_total", Kind::counter, "Runs that cost more than their hold."},
    {"tally_pollers", Kind::gauge, "Workers that hold a long poll for work."},
    {"tally_polls_hung_up_total", Kind::counter,
     "Long polls for work whose caller hung up before there was any."},
    {"tally_queue_depth", Kind::gauge, "Runs that wait for a worker."},
    {"tally_queue_oldest_age_seconds", Kind::gauge, "Age of the oldest queued run."},
    {"tally_ready", Kind::gauge, "1 when the dependency works."},
    {"tally_reaper_scans_total", Kind::counter, "Passes that found a deadline due."},
    {"tally_reconciles_total", Kind::counter, "Runs reconciled after a lost worker, by outcome."},
    {"tally_refusals_total", Kind::counter,
     "Refusals, by code; those with their own event (402) among them."},
    {"tally_runs", Kind::gauge,
     "Runs in memory by status; an ended one leaves it after archive.after_s."},
    {"tally_runs_audit_required", Kind::gauge, "Runs whose cost people must decide."},
    {"tally_runs_without_worker", Kind::gauge,
     "Queued runs whose job no worker has asked for in their tenant for a minute."},
    {"tally_task_lane_depth", Kind::gauge, "Tasks that wait in a lane of the executor, by lane."},
    {"tally_task_refusals_total", Kind::counter,
     "Tasks refused because their lane, or their owner's share of it, was full, by lane."},
    {"tally_unaccounted_total", Kind::counter, "Costs reported by leases that had ended."},
    {"tally_unaccounted_usd_total", Kind::counter, "Their sum in USD; it is in no charge."},
    {"tally_worker_last_heartbeat_timestamp_seconds", Kind::gauge,
     "When a worker was last heard of, in Unix time."},
});

bool is_described(std::string_view name) {
  for (auto const& metric : kMetrics) {
    if (metric.name == name) return true;
  }
  return false;
}

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
}

std::string rendered(MetricLabels labels) {
  std::string text;
  for (auto const& [name, value] : labels) {
    text += text.empty() ? "{" : ",";
    text += std::string(name) + "=\"";
    append_escaped(text, value);
    text.push_back('"');
  }
  if (!text.empty()) text.push_back('}');
  return text;
}

std::string_view family(Described const& metric, MetricsFormat format) {
  bool const bare = metric.kind == Kind::counter && format == MetricsFormat::openmetrics;
  return bare ? metric.name.substr(0, metric.name.size() - std::string_view("_total").size())
              : metric.name;
}

}  // namespace

Metrics::Metrics() {
  // Alerts need the series before the first bad day.
  for (auto counter :
       {"tally_polls_hung_up_total", "tally_reaper_scans_total", "tally_overruns_total",
        "tally_overrun_usd_total", "tally_unaccounted_total", "tally_unaccounted_usd_total"})
    add(counter, {}, 0);
  for (auto outcome : {"forward", "charged", "again", "audit"})
    add("tally_reconciles_total", {{"outcome", outcome}}, 0);
  add("log_entries_total", {{"severity", "CRITICAL"}, {"reconcile_type", "no_receipt_audit"}}, 0);
}

double* Metrics::series(std::map<std::string, Series, std::less<>>& all, std::string_view name,
                        MetricLabels labels) {
  TALLY_CHECK(is_described(name), "a metric that is not in the table");
  auto& of_name = all[std::string(name)];
  std::string const key = rendered(labels);
  if (of_name.size() >= kSeriesMax && !of_name.contains(key)) return nullptr;
  return &of_name[key];
}

void Metrics::add(std::string_view name, MetricLabels labels, double amount) {
  all_.with([&](All& all) {
    if (double* value = series(all.series, name, labels)) *value += amount;
  });
}

void Metrics::set(std::string_view name, MetricLabels labels, double value) {
  all_.with([&](All& all) {
    if (double* at = series(all.series, name, labels)) *at = value;
  });
}

void Metrics::count_answer(std::string_view method, std::string_view route, int status) {
  all_.with([&](All& all) { ++all.answers[{method, route, status}]; });
}

void Metrics::take_in_answers(All& all) {
  for (auto const& [answer, count] : std::exchange(all.answers, {})) {
    auto const& [method, route, status] = answer;
    std::string const code = std::to_string(status);
    double* const value = series(all.series, "http_requests_total",
                                 {{"method", method}, {"route", route}, {"status", code}});
    if (value != nullptr) *value += static_cast<double>(count);
  }
}

std::string Metrics::render(MetricsFormat format) {
  return all_.with([&](All& all) {
    take_in_answers(all);
    std::string out;
    for (auto const& metric : kMetrics) {
      std::string const name(family(metric, format));
      out += "# HELP " + name + " " + std::string(metric.help) + "\n";
      out += "# TYPE " + name + (metric.kind == Kind::counter ? " counter\n" : " gauge\n");
      auto const found = all.series.find(metric.name);
      if (found == all.series.end()) continue;
      for (auto const& [labels, value] : found->second) {
        out += std::string(metric.name) + labels + " ";
        json::append_double(out, value);
        out += "\n";
      }
    }
    if (format == MetricsFormat::openmetrics) out += "# EOF\n";
    return out;
  });
}

}  // namespace tally::api
