// Is it alive, is it ready, how is it doing.

#include <fmt/format.h>

#include "api/handlers.h"
#include "api/people.h"
#include "ledger/ledger_clock.h"
#include "wire/evidence_messages.h"

namespace tally::api {

namespace {

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
                       .quorum_left_aside = quorum_left_aside(services)};
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

void set_runs_by_status(Metrics& metrics, ledger::LoopCounts const& counts) {
  std::map<std::string_view, std::int64_t> runs;
  for (auto phase : domain::run::all_of(domain::run::Phase{}))
    runs[domain::run::status_of(phase)] += counts.phases[static_cast<std::size_t>(phase)];
  for (auto const& [status, count] : runs)
    metrics.set("tally_runs", {{"status", status}}, static_cast<double>(count));
}

void set_gauges(Services& services) {
  auto& metrics = services.metrics;
  auto const counts = services.loop.counts();
  auto const number = [](auto value) { return static_cast<double>(value); };
  auto const age =
      counts.oldest_queued_at ? services.loop.now() - *counts.oldest_queued_at : Duration(0);
  auto const audits = counts.phases[static_cast<std::size_t>(domain::run::Phase::audit_required)];
  metrics.set("tally_runs_audit_required", {}, number(audits));
  set_runs_by_status(metrics, counts);
  metrics.set("tally_pollers", {}, number(services.waits.size()));
  if (services.options.disk_free)
    if (auto const free = services.options.disk_free())
      metrics.set("tally_disk_free_bytes", {}, number(*free));
  metrics.set("tally_queue_depth", {}, number(counts.queue_depth));
  metrics.set("tally_queue_oldest_age_seconds", {}, std::max(0.0, number(age.value()) / 1e6));
  metrics.set("tally_commands_total", {}, number(counts.commands));
  metrics.set("tally_events_total", {}, number(counts.events));
  metrics.set("tally_frames_total", {}, number(counts.frames));
  metrics.set("tally_overloaded_total", {}, number(counts.overloaded));
  metrics.set("tally_ledger_size", {}, number(counts.size));
  metrics.set("tally_mode", {}, number(static_cast<int>(counts.mode)));
  metrics.set("tally_approvals_open", {}, number(services.loop.directory()->approvals.size()));
  metrics.set("tally_build_info", {{"version", services.options.version}}, 1);
  for (std::size_t i = 0; i < ledger::kLanes; ++i)
    metrics.set("tally_lane_depth", {{"lane", kLaneNames[i]}}, number(counts.lane_depth[i]));
  for (std::size_t i = 0; i < ports::kTaskLanes; ++i) {
    auto const lane = static_cast<TaskLane>(i);
    auto const count = services.executor.count(lane);
    metrics.set("tally_task_lane_depth", {{"lane", name_of(lane)}}, number(count.waiting));
    metrics.set("tally_task_refusals_total", {{"lane", name_of(lane)}}, number(count.refused));
  }
  for (auto const& [code, count] : services.refusals.totals())
    metrics.set("tally_refusals_total", {{"code", code}}, number(count));
  metrics.set("tally_clock_disagreement_seconds", {},
              number((services.clock.wall() - services.loop.now()).value()) / 1e6);
  for (auto const& dependency : readiness(services).dependencies)
    metrics.set("tally_ready", {{"dependency", dependency.name}}, dependency.ready ? 1 : 0);
}

}  // namespace

void get_health(ExchangePtr x) {
  x->json(200, wire::Health{.status = "ok", .version = x->services.options.version});
}

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
                     x->services.metrics.render(MetricsFormat::openmetrics));
    x->text(200, "text/plain; version=0.0.4; charset=utf-8",
            x->services.metrics.render(MetricsFormat::text));
  });
}

}  // namespace tally::api
