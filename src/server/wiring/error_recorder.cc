#include "server/wiring/error_recorder.h"

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
    record.chain.push_back({.message = clean(message), .type = type.substr(0, kTextBytesMax)});
  }
  record.component = component;
  for (auto const& [name, value] : report.context) {
    if (record.context.size() == kContextMax) break;
    record.context[clean(name)] = is_secret_name(name) ? std::string(kRedacted) : clean(value);
  }
  record.error_class = classification.error_class();
  record.exception_type = report.exception_type.substr(0, kTextBytesMax);  // a word of our own
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

void ErrorRecorder::admit(Tables& tables, Waiting waiting, Duration now) {
  Kind const kind{.subject = waiting.record.subject,
                  .error_class = waiting.record.error_class,
                  .severity = waiting.record.severity,
                  .component = waiting.record.component,
                  .exception_type = waiting.record.exception_type};
  auto [at, fresh] =
      tables.seen.try_emplace(kind, Seen{.since = now, .singly = 0, .counted = 0, .last = {}});
  if (fresh) tables.order.push_back(kind);
  Seen& seen = at->second;
  if (seen.singly < options_.singly_max) {
    ++seen.singly;
    enqueue(tables, std::move(waiting));
  } else {
    ++seen.counted;
    seen.last = std::move(waiting);
  }
  if (tables.order.size() <= options_.kinds_max) return;
  auto oldest = tables.seen.extract(tables.order.front());
  tables.order.pop_front();
  if (oldest) tell_counted(tables, oldest.mapped());
}

void ErrorRecorder::enqueue(Tables& tables, Waiting waiting) {
  if (tables.waiting.size() < options_.waiting_max)
    tables.waiting.push_back(std::move(waiting));
  else
    ++tables.dropped;
}

// One record stands for all that were only counted: itself and `repeats` more.
void ErrorRecorder::tell_counted(Tables& tables, Seen& seen) {
  if (seen.counted == 0) return;
  seen.last.record.repeats = std::exchange(seen.counted, 0) - 1;
  enqueue(tables, std::move(seen.last));
}

void ErrorRecorder::gather(Tables& tables, Duration now) {
  for (auto& [kind, seen] : tables.seen) {
    if (now - seen.since < options_.quiet) continue;
    tell_counted(tables, seen);
    seen.since = now;
    seen.singly = 0;
  }
}

void ErrorRecorder::take(Classification classification, std::string component,
                         ports::ErrorReport report) {
  Waiting waiting{.record = record_of(classification, component, report),
                  .correlation = or_fresh(report.trace.correlation, entropy_),
                  .span = or_fresh(report.trace.span, entropy_)};
  if (options_.told)
    options_.told({.error = waiting.record,
                   .internal = clean(report.internal),
                   .correlation = waiting.correlation,
                   .span = waiting.span});
  Duration const now = clock_.monotonic();
  tables_.with([&](Tables& tables) { admit(tables, std::move(waiting), now); });
}

void ErrorRecorder::step(ledger::Loop& loop) {
  Duration const now = clock_.monotonic();
  auto waiting = tables_.with([&](Tables& tables) {
    gather(tables, now);
    return std::exchange(tables.waiting, {});
  });
  for (auto& one : waiting) post(loop, std::move(one));
}

void ErrorRecorder::flush(ledger::Loop& loop) {
  tables_.with([&](Tables& tables) {
    for (auto& [kind, seen] : tables.seen) tell_counted(tables, seen);
  });
  step(loop);
}

// What the loop does not take waits for the next step, and is counted where it is refused.
void ErrorRecorder::post(ledger::Loop& loop, Waiting waiting) {
  loop.post(ledger::Lane::control,
            {.command = domain::error::Commands(waiting.record),
             .enclosure = {},
             .origin = {.actor = "server",
                        .correlation = waiting.correlation,
                        .span = waiting.span,
                        .tenant = {}},
             .done = [this, waiting](ledger::Answer const& answer) {
               bool const taken = answer.fate == ledger::PostStatus::decided && answer.entry;
               tables_.with([&](Tables& tables) {
                 if (answer.fate == ledger::PostStatus::overloaded)
                   enqueue(tables, waiting);
                 else if (!taken)
                   ++tables.dropped;
               });
             }});
}

std::uint64_t ErrorRecorder::dropped() const {
  return tables_.with([](Tables const& tables) { return tables.dropped; });
}

}  // namespace tally::wiring
