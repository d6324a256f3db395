// Is it alive, is it ready, how is it doing.

#include <fmt/format.h>

#include "api/handlers.h"
#include "api/people.h"
#include "api/route_of.h"
#include "ledger/ledger_clock.h"
#include "metrics/exposition.h"
#include "projections/projector.h"
#include "wire/endpoints.h"
#include "wire/evidence_messages.h"

namespace tally::api {

namespace {

using metrics::kTable;

constexpr std::array<std::string_view, ledger::kLanes> kLaneNames{"control", "finish", "start",
                                                                  "read"};

std::string seconds_text(Duration duration) {
  return fmt::format("{:.1f} s", static_cast<double>(duration.value()) / 1e6);
}

// A ledger follows the machine's clock slowly and never goes back, so a disagreement lasts: it is
// no reason to turn requests away, and one to look at the clock.
wire::Dependency clock_view(Services& services) {
  wire::Dependency view{.name = "clock", .ready = true, .degraded = false, .detail = {}};
  Duration const ahead = services.clock.wall() - services.loop.now();
  Duration const behind = Duration(0) - ahead;
  view.degraded = std::max(ahead, behind) > ledger::kClockStep;
  if (!view.degraded) return view;
  view.detail =
      ahead > behind
          ? "the machine's clock was stepped: it is " + seconds_text(ahead) +
                " ahead of the ledger's, which follows by 0.5 ms a second; if the machine is "
                "right, a restart takes its time over"
          : "the machine's clock was stepped: it is " + seconds_text(behind) +
                " behind the ledger's, which cannot go back and waits for it by 0.5 ms a second";
  return view;
}

wire::Readiness readiness(Services& services) {
  wire::Readiness view{.ready = true,
                       .degraded = false,
                       .dependencies = {},
                       .pending_settings = pending_settings(services)};
  for (auto const& probe : services.options.probes) {
    auto const works = probe.check();
    wire::Dependency dependency{
        .name = probe.name, .ready = works.has_value(), .degraded = false, .detail = {}};
    if (!works) dependency.detail = works.error().detail;
    view.ready = view.ready && dependency.ready;
    view.dependencies.push_back(std::move(dependency));
  }
  view.dependencies.push_back(clock_view(services));
  view.degraded = view.dependencies.back().degraded;
  return view;
}

// Not a problem of the request, but still an answer that is no success: the problem names each
// dependency besides.
void answer_not_ready(Exchange& x, wire::Readiness const& view) {
  wire::NotReady const document{
      .problem = views::problem_view(x.types, "not_ready", {}, x.trace.id), .readiness = view};
  ports::HttpHeaders extra;
  append_retry_fields(extra, document.problem);
  x.text(503, wire::kProblemMediaType, wire::to_json(document), std::move(extra));
}

void set_runs_by_status(metrics::Registry& metrics, ledger::LoopCounts const& counts) {
  std::map<std::string_view, std::int64_t> runs;
  for (auto phase : domain::run::all_of(domain::run::Phase{}))
    runs[domain::run::status_of(phase)] += counts.phases[static_cast<std::size_t>(phase)];
  for (auto const& [status, count] : runs)
    metrics.set(kTable.runs, count, metrics::ByRunStatus::Value::of(status));
}

// What the loop counts.
void set_loop_counts(metrics::Registry& metrics, ledger::LoopCounts const& counts) {
  auto const number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  auto const audits = counts.phases[static_cast<std::size_t>(domain::run::Phase::audit_required)];
  metrics.set(kTable.runs_audit_required, audits);
  set_runs_by_status(metrics, counts);
  metrics.set(kTable.queue_depth, counts.queue_depth);
  metrics.raise_to(kTable.commands, number(counts.commands));
  metrics.raise_to(kTable.events, number(counts.events));
  metrics.raise_to(kTable.frames, number(counts.frames));
  metrics.raise_to(kTable.overloaded, number(counts.overloaded));
  metrics.set(kTable.ledger_size, counts.size);
  metrics.set(kTable.mode, static_cast<std::int64_t>(counts.mode));
  for (std::size_t i = 0; i < ledger::kLanes; ++i)
    metrics.set(kTable.lane_depth, number(counts.lane_depth[i]),
                metrics::ByLane::Value::of(kLaneNames[i]));
}

void set_projections(Services& services) {
  auto const errors = services.options.error_search.projector->standing();
  services.metrics.set(kTable.projection_applied_seq, errors.events - 1, "errors");
  services.metrics.set(kTable.projection_lag_events, errors.lag_events, "errors");
}

void set_gauges(Services& services) {
  auto& metrics = services.metrics;
  auto const counts = services.loop.counts();
  auto const directory = services.loop.directory();
  auto const size = [](auto const& all) { return static_cast<std::int64_t>(all.size()); };
  auto const age =
      counts.oldest_queued_at ? services.loop.now() - *counts.oldest_queued_at : Duration(0);
  set_loop_counts(metrics, counts);
  metrics.set(kTable.queue_oldest_age, std::max(Duration(0), age));
  metrics.set(kTable.pollers, size(services.waits));
  if (services.options.disk_free)
    if (auto const free = services.options.disk_free()) metrics.set(kTable.disk_free, *free);
  metrics.set(kTable.approvals_open, size(directory->approvals));
  metrics.set(kTable.tenants, size(directory->tenants));
  metrics.set(kTable.build_info, 1, services.options.version);
  for (std::size_t i = 0; i < ports::kTaskLanes; ++i) {
    auto const lane = static_cast<TaskLane>(i);
    auto const word = metrics::ByTaskLane::Value::of(name_of(lane));
    auto const count = services.executor.count(lane);
    metrics.set(kTable.task_lane_depth, static_cast<std::int64_t>(count.waiting), word);
    metrics.raise_to(kTable.task_refusals, static_cast<std::int64_t>(count.refused), word);
  }
  set_projections(services);
  for (auto const& [code, count] : services.refusals.totals())
    metrics.raise_to(kTable.refusals, count, code);
  metrics.set(kTable.clock_disagreement, services.clock.wall() - services.loop.now());
  for (auto const& dependency : readiness(services).dependencies)
    metrics.set(kTable.ready, dependency.ready ? 1 : 0, dependency.name);
}

void get_health(ExchangePtr x) { x->json(200, wire::Health{.status = "healthy"}); }

void get_readiness(ExchangePtr x) {
  x->later(TaskLane::probe, [x] {
    auto const view = readiness(x->services);
    if (view.ready) return x->json(200, view);
    answer_not_ready(*x, view);
  });
}

void get_metrics(ExchangePtr x) {
  bool const open =
      x->request.header("accept").find("application/openmetrics-text") != std::string_view::npos;
  x->later(TaskLane::probe, [x, open] {
    set_gauges(x->services);
    if (open)
      return x->text(200, "application/openmetrics-text; version=1.0.0; charset=utf-8",
                     exposition(x->services.metrics, metrics::Format::openmetrics));
    x->text(200, "text/plain; version=0.0.4; charset=utf-8",
            exposition(x->services.metrics, metrics::Format::text));
  });
}

}  // namespace

std::vector<Route> health_routes() {
  return {
      route<wire::kGetHealth, get_health>(RateClass::probe),
      route<wire::kGetReadiness, get_readiness>(RateClass::probe),
      route<wire::kGetMetrics, get_metrics>(RateClass::read),
  };
}

}  // namespace tally::api
