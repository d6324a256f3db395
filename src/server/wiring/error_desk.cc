#include "server/wiring/error_desk.h"

#include "base/redact.h"

namespace tally::wiring {

namespace {

using domain::error::kCausesMax;
using domain::error::kContextMax;
using domain::error::kTextBytesMax;

std::string clean(std::string_view text) { return redacted(text, kTextBytesMax); }

domain::error::Recorded record_of(Classification classification, std::string const& component,
                                  ports::ErrorReport& report) {
  domain::error::Recorded record;
  for (auto const& [type, message] : report.chain) {
    if (record.chain.size() == kCausesMax) break;
    record.chain.push_back({.message = clean(message), .type = clean(type)});
  }
  record.component = component;
  for (auto const& [name, value] : report.context) {
    if (record.context.size() == kContextMax) break;
    record.context[clean(name)] = is_secret_name(name) ? std::string(kRedacted) : clean(value);
  }
  record.error_class = classification.error_class();
  record.exception_type = clean(report.exception_type);
  record.input_hash = std::move(report.input_hash);
  record.layer = classification.layer();
  record.message = clean(report.message);
  record.parent_span = report.trace.parent;
  record.run = report.run;
  record.severity = report.severity;
  record.started_at = report.trace.started_at;
  record.subject = std::move(report.tenant);
  return record;
}

template <class Id>
Id or_fresh(Id const& id, ports::Entropy& entropy) {
  if (id != Id{}) return id;
  typename Id::Rep bytes{};
  entropy.fill(bytes);
  return Id(bytes);
}

}  // namespace

// The first of its kind is recorded, what follows within the quiet time only counted.
void ErrorDesk::admit(Tables& tables, Waiting waiting, Duration now) {
  Kind const kind{.error_class = waiting.record.error_class,
                  .component = waiting.record.component,
                  .exception_type = waiting.record.exception_type};
  auto [at, fresh] =
      tables.seen.try_emplace(kind, Seen{.recorded_at = now, .since = 0, .last = {}});
  if (!fresh) {
    ++at->second.since;
    at->second.last = std::move(waiting);
    return;
  }
  enqueue(tables, std::move(waiting));
  tables.order.push_back(kind);
  if (tables.order.size() <= options_.kinds_max) return;
  if (auto oldest = tables.seen.extract(tables.order.front())) {
    Seen& seen = oldest.mapped();
    seen.last.record.repeats = seen.since - 1;
    if (seen.since > 0) enqueue(tables, std::move(seen.last));
  }
  tables.order.pop_front();
}

void ErrorDesk::enqueue(Tables& tables, Waiting waiting) {
  if (tables.waiting.size() < options_.waiting_max)
    tables.waiting.push_back(std::move(waiting));
  else
    ++tables.dropped;
}

// One record stands for all that came since the last one of its kind.
void ErrorDesk::gather_repeats(Tables& tables, Duration now) {
  for (auto& [kind, seen] : tables.seen) {
    if (seen.since == 0 || now - seen.recorded_at < options_.quiet) continue;
    seen.last.record.repeats = std::exchange(seen.since, 0) - 1;
    seen.recorded_at = now;
    enqueue(tables, std::move(seen.last));
  }
}

void ErrorDesk::take(Classification classification, std::string component,
                     ports::ErrorReport report) {
  Waiting waiting{.record = record_of(classification, component, report),
                  .correlation = or_fresh(report.trace.correlation, entropy_),
                  .span = or_fresh(report.trace.span, entropy_)};
  if (options_.told) options_.told(waiting.record, waiting.correlation, waiting.span);
  Duration const now = clock_.monotonic();
  tables_.with([&](Tables& tables) { admit(tables, std::move(waiting), now); });
}

void ErrorDesk::step(ledger::Loop& loop) {
  Duration const now = clock_.monotonic();
  auto waiting = tables_.with([&](Tables& tables) {
    gather_repeats(tables, now);
    return std::exchange(tables.waiting, {});
  });
  for (auto& one : waiting) post(loop, std::move(one));
}

// What the loop cannot take now waits for the next step.
void ErrorDesk::post(ledger::Loop& loop, Waiting waiting) {
  loop.post(ledger::Lane::control,
            {.command = domain::ErrorCommand(waiting.record),
             .enclosure = {},
             .origin = {.actor = "server",
                        .correlation = waiting.correlation,
                        .span = waiting.span,
                        .tenant = {}},
             .done = [this, waiting](ledger::Answer const& answer) {
               if (answer.fate != ledger::Fate::overloaded) return;
               tables_.with([&](Tables& tables) { tables.waiting.push_back(waiting); });
             }});
}

std::uint64_t ErrorDesk::dropped() const {
  return tables_.with([](Tables const& tables) { return tables.dropped; });
}

}  // namespace tally::wiring
