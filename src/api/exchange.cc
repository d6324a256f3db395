#include "api/exchange.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "api/routes.h"
#include "domain/error/finding.h"
#include "wire/idempotency_key.h"

namespace tally::api {

namespace {

bool has(ports::HttpHeaders const& headers, std::string_view name) {
  for (auto const& [key, value] : headers) {
    if (key == name) return true;
  }
  return false;
}

// When the answer may be forgotten; from then on the key is a new one.
std::optional<Instant> expiry_of(ledger::Entry const& entry) {
  auto const& answered = entry.recorded.header.idempotency;
  return answered ? std::optional(answered->expires_at) : std::nullopt;
}

// An authority (RFC 3986 section 3.2) that may stand in a URL of ours; nothing that could end it.
bool is_authority(std::string_view text) {
  constexpr std::size_t kCharactersMax = 255;
  return !text.empty() && text.size() <= kCharactersMax &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':' ||
                  c == '[' || c == ']';
         });
}

// A problem's type is absolute: the configured address, else the one that the caller used.
views::ProblemTypes types_for(Services const& services, ports::HttpRequest const& request) {
  auto const& options = services.options;
  auto const host = request.header("host");
  if (!options.problem_types.starts_with('/') || !is_authority(host)) return services.types;
  return {.prefix = (options.behind_proxy ? "https://" : "http://") + std::string(host) +
                    options.problem_types};
}

// Whose connection has ended, or only its own side of it, which looks the same from here: the
// latter still reads, so the work is not dropped. But all of them have one turn together, whatever
// their tenants, so that no caller who waits does so behind work that nobody takes.
constexpr std::string_view kHungUp = "(hung up)";

bool only_reads(TaskLane lane) {
  return lane == TaskLane::read || lane == TaskLane::query || lane == TaskLane::open;
}

void enqueue(Exchange& x, TaskLane lane, std::string owner, std::function<void()> run) {
  if (x.services.executor.run(lane, {.owner = std::move(owner), .run = std::move(run)})) return;
  x.problem("overloaded", "as many requests as may be wait in the lane '" +
                              std::string(name_of(lane)) + "'; nothing was done; ask again");
}

}  // namespace

Exchange::Exchange(Services& the_services, ports::HttpRequest the_request,
                   ports::Responder responder)
    : services(the_services),
      request(std::move(the_request)),
      trace(trace_of(request, services.entropy)),
      started_at(services.loop.now()),
      types(types_for(services, request)),
      responder_(std::move(responder)),
      began_at_(services.clock.monotonic()) {}

void Exchange::add_common(ports::HttpHeaders& headers) const {
  headers.emplace_back("traceparent", traceparent(trace.id, trace.span, trace.flags));
  headers.emplace_back("cache-control", "no-store");
  auto const directory = services.loop.directory();
  auto const mode = directory->modes.find(domain::mode::Scope{});
  if (mode != directory->modes.end() && mode->second.mode != domain::mode::Mode::normal)
    headers.emplace_back("tally-mode", name_of(mode->second.mode));
  if (rate) append_rate_fields(headers, *rate, services.options.rate_fields);
  if (replayed_) headers.emplace_back("idempotent-replayed", "true");
  if (answered_at_) headers.emplace_back("idempotent-answered-at", to_rfc3339(*answered_at_));
  if (key_expires_at_)
    headers.emplace_back("idempotency-key-expires", to_rfc3339(*key_expires_at_));
}

void Exchange::count_answer(int status) const {
  using Method = metrics::ByMethod::Value;
  auto const method = route != nullptr ? Method::of(route->method) : Method::other();
  auto const pattern = route != nullptr ? route->pattern : metrics::kOther;
  services.metrics.add(metrics::kTable.http_requests, 1, method, pattern, status);
  services.metrics.observe(metrics::kTable.http_request_duration,
                           services.clock.monotonic() - began_at_, method, pattern);
}

void Exchange::send(int status, ports::HttpHeaders headers, std::string body) {
  count_answer(status);
  responder_.send(
      {.status = status, .headers = std::move(headers), .body = std::move(body), .rest = rest});
}

std::string Exchange::owner() const { return known ? known->tenant.value() : request.peer; }

void Exchange::later(TaskLane lane, std::function<void()> run) {
  if (!only_reads(lane)) return enqueue(*this, lane, owner(), std::move(run));
  enqueue(*this, lane, owner(), [self = shared_from_this(), lane, run = std::move(run)] {
    if (!self->gone()) return run();
    enqueue(*self, lane, std::string(kHungUp), run);
  });
}

void Exchange::tell(std::function<void()> run) {
  if (services.executor.run(TaskLane::lease, {.owner = owner(), .run = std::move(run)})) return;
  fate(ledger::PostStatus::unknown);
}

ports::HttpHeaders Exchange::head(std::string_view media_type, ports::HttpHeaders extra) const {
  constexpr std::size_t kOwnFieldsMax = 10;
  ports::HttpHeaders headers;
  headers.reserve(kOwnFieldsMax + extra.size());
  headers.emplace_back("content-type", media_type);
  add_common(headers);
  std::erase_if(headers, [&](auto const& field) { return has(extra, field.first); });
  std::ranges::move(extra, std::back_inserter(headers));
  return headers;
}

void Exchange::text(int status, std::string_view media_type, std::string body,
                    ports::HttpHeaders extra) {
  send(status, head(media_type, std::move(extra)), std::move(body));
}

ports::ResponseStream Exchange::stream(std::string_view media_type, ports::HttpHeaders extra) {
  constexpr int kOk = 200;
  count_answer(kOk);
  streams_ = true;
  return responder_.begin({.status = kOk, .headers = head(media_type, std::move(extra))});
}

void Exchange::problem(wire::Problem problem, ports::HttpHeaders extra) {
  if (streams_) return;
  count_refusal(problem);
  if (problem.code == "rate_limited" && rate) problem.retry_after_s = rate->reset_s;
  append_retry_fields(extra, problem);
  text(static_cast<int>(problem.status), wire::kProblemMediaType, wire::to_json(problem),
       std::move(extra));
}

void Exchange::problem(std::string_view code, std::string detail, ports::HttpHeaders extra) {
  problem(views::problem_view(types, code, std::move(detail), trace.id), std::move(extra));
}

// A refusal with its own event needs no row of counts, and its repetitions are counted as such; a
// failure of ours is no refusal.
void Exchange::count_refusal(wire::Problem const& problem) {
  if (problem.code == "internal" || problem.code == "outcome_unknown") return;
  if (problem.evidence) {
    if (!problem.idempotent_replay.value_or(false)) services.refusals.note(problem.code);
    return;
  }
  services.refusals.count(known ? known->tenant : Refusals::nobody(), problem.code,
                          services.loop.now());
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
      services.loop.now());
}

void Exchange::invalid(std::vector<wire::FieldError> errors) {
  auto view = views::problem_view(types, "validation_error", {}, trace.id);
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

wire::Problem Exchange::problem_of(domain::Refusal const& refusal) const {
  auto view = views::refusal_view(types, refusal, trace.id);
  if (refusal.code != domain::RefusalCode::halted) return view;
  auto const directory = services.loop.directory();
  auto const scope = refusal.standstill ? refusal.standstill->scope : domain::mode::Scope{};
  auto const mode = directory->modes.find(scope);
  if (mode == directory->modes.end()) return view;
  if (!view.halt)
    view.halt = views::halt_view({.mode = mode->second.mode,
                                  .reason = mode->second.reason,
                                  .scope = scope,
                                  .since = mode->second.since});
  views::add_way_out(view, mode->second, services.loop.now());
  return view;
}

void Exchange::refuse(domain::Refusal const& refusal) { problem(problem_of(refusal)); }

void Exchange::fate(ledger::PostStatus fate) {
  switch (fate) {
    case ledger::PostStatus::decided:
      return;
    case ledger::PostStatus::overloaded:
      return problem("overloaded",
                     "the server has as many requests in hand as it may; nothing "
                     "was done");
    case ledger::PostStatus::stopping:
      return problem("overloaded", "the server is stopping; nothing was done");
    case ledger::PostStatus::unknown:
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
  if (route != nullptr) report.context["route"] = wire::route_name(*route);
  return report;
}

std::optional<json::Value> Exchange::document() {
  auto value = json::parse(request.body);
  if (value) return std::move(*value);
  // The parser says where, or which member stands twice.
  problem("malformed", "the body is not JSON as RFC 7493 has it: " + value.error().detail);
  return std::nullopt;
}

std::string_view Exchange::pattern() const { return route->pattern; }

void Exchange::invalid_parameter(std::string_view name, std::string_view detail) {
  invalid({{"", "the query parameter " + std::string(name) + " " + std::string(detail)}});
}

ledger::Origin Exchange::origin() const {
  return {.actor = to_text(caller().key),
          .correlation = trace.id,
          .span = trace.span,
          .tenant = caller().tenant};
}

void Exchange::keep_asked(json::Value const& document) { asked_ = json::canonical(document); }

// What belongs to a key besides the body: nobody means another tenant's grant by the same key.
std::optional<domain::IdempotencyKey> Exchange::idempotency() const {
  if (!idempotency_key) return std::nullopt;
  std::string asked;
  for (std::string const& part : path) asked += part + "\n";
  asked += asked_;
  return domain::IdempotencyKey{
      .fingerprint = services.payloads.fingerprint(caller().tenant, asked),
      .key = wire::idempotency_digest(caller().tenant, wire::route_name(*route), *idempotency_key)};
}

void Exchange::post(ledger::Lane lane, domain::Command command, Bytes enclosure,
                    std::function<void(ledger::Answer)> done,
                    std::function<void(domain::Refusal const&)> refused) {
  services.loop.post(lane, {.command = std::move(command),
                            .enclosure = std::move(enclosure),
                            .idempotency = idempotency(),
                            .origin = origin(),
                            .done = [self = shared_from_this(), done = std::move(done),
                                     refused = std::move(refused)](ledger::Answer answer) {
                              if (answer.fate != ledger::PostStatus::decided)
                                return self->fate(answer.fate);
                              self->count_unchanged(answer);
                              if (auto const* again = std::get_if<domain::Replayed>(&answer.reply))
                                return self->replay(again->seq, done);
                              auto const* refusal = std::get_if<domain::Refusal>(&answer.reply);
                              if (refusal && !answer.entry)
                                return refused ? refused(*refusal) : self->refuse(*refusal);
                              if (answer.entry) self->key_expires_at_ = expiry_of(*answer.entry);
                              done(std::move(answer));
                            }});
}

// The answer of long ago, from the event that gave it.
void Exchange::replay(std::int64_t seq, std::function<void(ledger::Answer)> done) {
  tell([self = shared_from_this(), seq, done = std::move(done)] {
    auto entry = self->services.reader.entry(seq);
    if (!entry) return self->storage_failed(entry.error());
    self->replayed_ = true;
    ledger::Answer answer;
    answer.entry = std::make_shared<ledger::Entry const>(std::move(*entry));
    self->answered_at_ = answer.entry->recorded.header.at;
    answer.reply = domain::reply_of(answer.entry->recorded.event);
    answer.run = answer.entry->recorded.header.run;
    self->key_expires_at_ = expiry_of(*answer.entry);
    done(std::move(answer));
  });
}

void Exchange::mark_replay(std::string& body) {
  if (!body.ends_with('}')) return;
  body.pop_back();
  body += body.ends_with('{') ? "\"idempotent_replay\":true}" : ",\"idempotent_replay\":true}";
}

}  // namespace tally::api
