#include "api/api.h"

#include <exception>
#include <typeinfo>

#include "api/admission.h"
#include "api/figures.h"
#include "api/routes.h"
#include "api/waiting.h"

namespace tally::api {

namespace {

constexpr Duration kTick = milliseconds(100);

std::string_view code_of(ports::HttpFault fault, int status) {
  using enum ports::HttpFault;
  switch (fault) {
    case malformed:
      return "malformed";
    case header_too_large:
      return "header_too_large";
    case body_too_large:
      return "payload_too_large";
    case unsupported_coding:
      return status == 501 ? "not_implemented" : "unsupported_coding";
    case timed_out:
      return "request_timeout";
    case too_many:
      return "overloaded";
    case version:
      return "http_version";
    case internal:
      return "internal";
  }
  return "internal";
}

void report_http_fault(Services const& services, Trace const& trace, std::string_view detail) {
  ports::ErrorReport report;
  report.exception_type = "http_server";
  report.message = detail;
  report.trace = {.correlation = trace.id, .span = trace.span, .parent = {}, .started_at = {}};
  services.options.errors.report<ErrorClass::system_internal>(std::move(report));
}

void dispatch(ExchangePtr const& x) {
  auto match = match_route(x->request.method, x->request.path);
  bool const stray = match.route == nullptr || x->request.method == "OPTIONS";
  if (stray && !admit_stray(*x)) return;
  if (match.allow.empty()) return x->problem("not_found", "no such path; see /docs");
  if (x->request.method == "OPTIONS")
    return x->text(204, "text/plain", "", {{"allow", match.allow}});
  if (!match.route)
    return x->problem("method_not_allowed", "allowed here: " + match.allow,
                      {{"allow", match.allow}});
  x->route = match.route;
  x->path = std::move(match.parameters);
  if (admit(*x)) match.route->handler(x);
}

}  // namespace

Api::Api(ledger::Loop& loop, ledger::Reader const& reader, ports::Clock& clock,
         ports::Entropy& entropy, ports::Vault& vault, ports::Blobs& blobs,
         ports::Executor& executor, Options options)
    : services_(new Services{.loop = loop,
                             .reader = reader,
                             .clock = clock,
                             .entropy = entropy,
                             .executor = executor,
                             .options = options,
                             .types = {.prefix = options.problem_types.starts_with('/')
                                                     ? options.address + options.problem_types
                                                     : options.problem_types},
                             .payloads = Payloads(
                                 vault, blobs, [&loop] { return loop.now(); }, options.pepper),
                             .rates = RateLimiter(),
                             .refusals = {},
                             .metrics = metrics::Registry(words_of(options)),
                             .waits = WorkWaits(options.lease_waiters_max),
                             .polls = {},
                             .unserved = {}}) {}

Api::~Api() = default;

void Api::handle(ports::HttpRequest request, ports::Responder responder) {
  auto const x = std::make_shared<Exchange>(*services_, std::move(request), std::move(responder));
  // The only exceptions that can get here are the library's own, such as lack of memory.
  try {
    dispatch(x);
  } catch (std::exception const& caught) {
    x->threw(typeid(caught).name());
  }
}

ports::HttpResponse Api::refuse(ports::HttpFault fault, int status, std::string_view detail) {
  auto const trace = trace_of({}, services_->entropy);
  auto problem =
      views::problem_view(services_->types, code_of(fault, status), std::string(detail), trace.id);
  problem.status = status;
  services_->metrics.add(metrics::kTable.http_requests, 1, metrics::ByMethod::Value::other(),
                         metrics::kOther, status);
  if (fault == ports::HttpFault::internal)
    report_http_fault(*services_, trace, detail);
  else
    services_->refusals.count(Refusals::nobody(), problem.code, services_->loop.now());
  ports::HttpResponse response{.status = status,
                               .headers = {{"content-type", std::string(wire::kProblemMediaType)},
                                           {"traceparent", traceparent(trace.id, trace.span)},
                                           {"cache-control", "no-store"}},
                               .body = wire::to_json(problem)};
  append_retry_fields(response.headers, problem);
  return response;
}

void Api::work_available(JobName const& job) { services_->waits.available(job); }

Duration Api::tick() {
  services_->waits.tick(services_->clock.monotonic());
  record_refusals(Refusals::Take::complete_minutes);
  return kTick;
}

void Api::flush() { record_refusals(Refusals::Take::everything); }

void Api::record_refusals(Refusals::Take which) {
  for (auto& row : services_->refusals.take(services_->loop.now(), which)) {
    auto const trace = trace_of({}, services_->entropy);
    services_->loop.post(
        ledger::Lane::control,
        {.command = domain::system::Commands(row),
         .enclosure = {},
         .origin = {.actor = "server", .correlation = trace.id, .span = trace.span, .tenant = {}},
         .done = [services = services_.get(), row](ledger::Answer const& answer) {
           bool const nothing_happened = answer.fate == ledger::PostStatus::overloaded ||
                                         answer.fate == ledger::PostStatus::stopping;
           if (nothing_happened) services->refusals.put_back(row);
         }});
  }
}

void Api::asked_for_work(std::vector<JobName> const& jobs) {
  services_->polls.asked(jobs, std::nullopt, services_->clock.monotonic());
}

void Api::note_queue(std::vector<ledger::QueuedRuns> const& queued) {
  count_runs_without_worker(*services_, queued);
}

void Api::note_tenants(std::vector<ledger::TenantFigures> const& tenants) {
  set_tenant_figures(services_->metrics, tenants);
}

metrics::Registry& Api::metrics() { return services_->metrics; }
Payloads& Api::payloads() { return services_->payloads; }

}  // namespace tally::api
