// Is it alive, is it ready, how is it doing.

#include "api/handlers.h"
#include "wire/evidence_messages.h"

namespace tally::api {

namespace {

constexpr std::array<std::string_view, ledger::kLanes> kLaneNames{"control", "finish", "start",
                                                                  "read"};

wire::Readiness readiness(Services& services) {
  wire::Readiness view{.ready = true, .dependencies = {}};
  for (auto const& probe : services.options.probes) {
    auto const works = probe.check();
    wire::Dependency dependency{.name = probe.name, .ready = works.has_value(), .detail = {}};
    if (!works) dependency.detail = works.error().detail;
    view.ready = view.ready && dependency.ready;
    view.dependencies.push_back(std::move(dependency));
  }
  return view;
}

// Not a problem of the request, but still an answer that is no success: the problem names each
// dependency besides.
void answer_not_ready(Exchange& x, wire::Readiness const& view) {
  wire::NotReady const document{
      .problem = views::problem_view(x.services.types, "not_ready", {}, x.trace.id),
      .readiness = view};
  x.text(503, wire::kProblemMediaType, wire::to_json(document), {{"retry-after", "1"}});
}

void set_gauges(Services& services) {
  auto& metrics = services.metrics;
  auto const counts = services.loop.counts();
  auto const number = [](auto value) { return static_cast<double>(value); };
  auto const age =
      counts.oldest_queued_at ? services.clock.wall() - *counts.oldest_queued_at : Duration(0);
  auto const audits = counts.phases[static_cast<std::size_t>(domain::run::Phase::audit_required)];
  metrics.set("tally_runs_audit_required", {}, number(audits));
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
  for (auto const& [code, count] : services.refusals.totals())
    metrics.set("tally_refusals_total", {{"code", code}}, number(count));
  for (auto const& dependency : readiness(services).dependencies)
    metrics.set("tally_ready", {{"dependency", dependency.name}}, dependency.ready ? 1 : 0);
}

}  // namespace

void get_health(ExchangePtr x) {
  x->json(200, wire::Health{.status = "ok", .version = x->services.options.version});
}

void get_readiness(ExchangePtr x) {
  x->services.later([x] {
    auto const view = readiness(x->services);
    if (view.ready) return x->json(200, view);
    answer_not_ready(*x, view);
  });
}

void get_metrics(ExchangePtr x) {
  bool const open =
      x->request.header("accept").find("application/openmetrics-text") != std::string_view::npos;
  x->services.later([x, open] {
    set_gauges(x->services);
    if (open)
      return x->text(200, "application/openmetrics-text; version=1.0.0; charset=utf-8",
                     x->services.metrics.render(MetricsFormat::openmetrics));
    x->text(200, "text/plain; version=0.0.4; charset=utf-8",
            x->services.metrics.render(MetricsFormat::text));
  });
}

}  // namespace tally::api
