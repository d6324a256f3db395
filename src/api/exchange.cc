#include "api/exchange.h"

#include <algorithm>
#include <iterator>

#include "api/routes.h"
#include "domain/error/finding.h"

namespace tally::api {

namespace {

bool has(ports::HttpHeaders const& headers, std::string_view name) {
  for (auto const& [key, value] : headers) {
    if (key == name) return true;
  }
  return false;
}

}  // namespace

Exchange::Exchange(Services& the_services, ports::HttpRequest the_request,
                   ports::Responder responder)
    : services(the_services),
      request(std::move(the_request)),
      trace(trace_of(request, services.entropy)),
      started_at(services.clock.wall()),
      responder_(std::move(responder)) {}

void Exchange::add_common(ports::HttpHeaders& headers) const {
  headers.emplace_back("traceparent", traceparent(trace.id, trace.span, trace.flags));
  headers.emplace_back("cache-control", "no-store");
  auto const directory = services.loop.directory();
  auto const mode = directory->modes.find(domain::mode::Scope{});
  if (mode != directory->modes.end() && mode->second.mode != domain::mode::Mode::normal)
    headers.emplace_back("tally-mode", name_of(mode->second.mode));
  if (rate) append_rate_fields(headers, *rate, services.options.rate_fields);
}

void Exchange::send(int status, ports::HttpHeaders headers, std::string body) {
  services.metrics.count_answer(route ? route->method : "other", route ? route->pattern : "other",
                                status);
  responder_.send({.status = status, .headers = std::move(headers), .body = std::move(body)});
}

void Exchange::text(int status, std::string_view media_type, std::string body,
                    ports::HttpHeaders extra) {
  constexpr std::size_t kOwnFieldsMax = 8;
  ports::HttpHeaders headers;
  headers.reserve(kOwnFieldsMax + extra.size());
  headers.emplace_back("content-type", media_type);
  add_common(headers);
  std::erase_if(headers, [&](auto const& field) { return has(extra, field.first); });
  std::ranges::move(extra, std::back_inserter(headers));
  send(status, std::move(headers), std::move(body));
}

void Exchange::problem(wire::Problem problem, ports::HttpHeaders extra) {
  count_refusal(problem);
  if (problem.retry_after_s && !has(extra, "retry-after"))
    extra.emplace_back("retry-after", std::to_string(*problem.retry_after_s));
  text(static_cast<int>(problem.status), wire::kProblemMediaType, wire::to_json(problem),
       std::move(extra));
}

void Exchange::problem(std::string_view code, std::string detail, ports::HttpHeaders extra) {
  auto view = views::problem_view(services.types, code, std::move(detail), trace.id);
  if (view.status == 503) view.retry_after_s = 1;
  problem(std::move(view), std::move(extra));
}

// A refusal with its own event needs no count; a failure of ours is no refusal.
void Exchange::count_refusal(wire::Problem const& problem) {
  bool const own_event = problem.evidence.has_value();
  bool const no_refusal = problem.code == "internal" || problem.code == "outcome_unknown";
  if (own_event || no_refusal) return;
  services.refusals.count(known ? known->tenant : Refusals::nobody(), problem.code,
                          services.clock.wall());
}

// A decision that had nothing to change leaves no event: it is counted like a refusal, so that the
// records still say how many decisions there were. A dry run and a question for work decide
// nothing.
void Exchange::count_unchanged(ledger::Answer const& answer) {
  if (answer.entry) return;
  bool const replayed = std::holds_alternative<domain::Replayed>(answer.reply);
  if (!replayed && !std::holds_alternative<domain::Done>(answer.reply)) return;
  services.refusals.count(
      caller().tenant, std::string(replayed ? domain::error::kReplayed : domain::error::kUnchanged),
      services.clock.wall());
}

void Exchange::invalid(std::vector<wire::FieldError> errors) {
  auto view = views::problem_view(services.types, "validation_error", {}, trace.id);
  view.detail = errors.size() == 1 ? "one thing is wrong with the request: "
                                   : std::to_string(errors.size()) +
                                         " things are wrong with the request; the first: ";
  if (!errors.empty()) {
    auto const& first = errors.front();
    view.detail += first.pointer.empty() ? first.detail : first.pointer + " " + first.detail;
  }
  view.errors = std::move(errors);
  problem(std::move(view));
}

void Exchange::refuse(domain::Refusal const& refusal) {
  problem(views::refusal_view(services.types, refusal, trace.id));
}

void Exchange::fate(ledger::Fate fate) {
  switch (fate) {
    case ledger::Fate::decided:
      return;
    case ledger::Fate::overloaded:
      return problem("overloaded",
                     "the server has as many requests in hand as it may; nothing "
                     "was done");
    case ledger::Fate::stopping:
      return problem("overloaded", "the server is stopping; nothing was done");
    case ledger::Fate::unknown:
      return problem("outcome_unknown",
                     "the ledger could not confirm the request; the same key is safe to retry");
  }
}

void Exchange::storage_failed(Error const& error) {
  if (error.code == "erased") return problem("erased");
  if (error.code == "not_found") return problem("not_found");
  note_storage(error);
  problem("storage_unavailable");
}

void Exchange::note_storage(Error const& error) const {
  services.options.errors.report<ErrorClass::infra_storage>(about_this(ports::report_of(error)));
}

void Exchange::broken(std::string what) {
  ports::ErrorReport report;
  report.exception_type = "broken_assumption";
  report.message = std::move(what);
  services.options.errors.report<ErrorClass::system_internal>(about_this(std::move(report)));
  problem("internal");
}

void Exchange::threw(std::string type) {
  ports::ErrorReport report;
  report.exception_type = std::move(type);
  report.message = "a handler ended with an exception";
  services.options.errors.report<ErrorClass::system_internal>(about_this(std::move(report)));
  problem("internal");
}

ports::ErrorReport Exchange::about_this(ports::ErrorReport report) const {
  report.trace = {.correlation = trace.id,
                  .span = trace.span,
                  .parent = trace.parent,
                  .started_at = started_at};
  if (known) report.tenant = known->tenant;
  if (route != nullptr)
    report.context["route"] = std::string(route->method) + " " + std::string(route->pattern);
  return report;
}

std::optional<json::Value> Exchange::document() {
  auto value = json::parse(request.body);
  if (value) return std::move(*value);
  // The parser says where; a repeated member's name is the caller's own text and stays out.
  auto const& detail = value.error().detail;
  auto const quoted = detail.find('"') != std::string::npos;
  problem("malformed", "the body is not JSON as RFC 7493 has it" +
                           (quoted || detail.empty() ? std::string() : ": " + detail));
  return std::nullopt;
}

bool Exchange::query_is_good() {
  if (query.errors().empty()) return true;
  invalid(query.errors());
  return false;
}

ledger::Origin Exchange::origin() const {
  return {.actor = to_text(caller().key),
          .correlation = trace.id,
          .span = trace.span,
          .tenant = caller().tenant};
}

void Exchange::post(ledger::Lane lane, domain::Command command, Bytes enclosure,
                    std::function<void(ledger::Answer)> done) {
  services.loop.post(
      lane, {.command = std::move(command),
             .enclosure = std::move(enclosure),
             .origin = origin(),
             .done = [self = shared_from_this(), done = std::move(done)](ledger::Answer answer) {
               if (answer.fate != ledger::Fate::decided) return self->fate(answer.fate);
               self->count_unchanged(answer);
               auto const* refusal = std::get_if<domain::Refusal>(&answer.reply);
               if (refusal && !answer.entry) return self->refuse(*refusal);
               done(std::move(answer));
             }});
}

}  // namespace tally::api
