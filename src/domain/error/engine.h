#pragma once

// Errors that nothing else records: the server's own faults. A run that failed, a refusal, an audit
// have events of their own; finding.h says which error each of those is.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error_class.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/refusal.h"

namespace tally::domain::error {

struct Facts;

inline constexpr std::size_t kCausesMax = 5;
inline constexpr std::size_t kTextBytesMax = 200;
inline constexpr std::size_t kContextMax = 16;

// One link of the chain that led to an error: its type and what it said, redacted.
struct Cause {
  std::string message;
  std::string type;
  TALLY_FIELDS(Cause, message, type);
};

// Command and event error.recorded: the envelope of one error, less what every event's header says
// (when, which correlation, run, tenant and decision).
struct Recorded {
  static constexpr EventType kEvent{"error.recorded"};
  static constexpr CommandType kCommand{"error.record", mode::Mode::halt};
  using Facts = error::Facts;
  std::optional<std::string> agent;
  std::vector<Cause> chain;  // outermost first
  std::string component;
  std::map<std::string, std::string> context;
  ErrorClass error_class = ErrorClass::system_internal;
  std::string exception_type;             // a stable word of ours, or the type's name
  std::optional<std::string> input_hash;  // 16 hex of a salted SHA-256
  Layer layer = Layer::L4;
  std::string message;
  std::optional<SpanId> parent_span;
  std::int64_t repeats = 0;  // of this error that were only counted since it was last recorded
  std::optional<RunId> run;
  Severity severity = Severity::error;
  std::optional<Instant> started_at;  // of the span in which it happened
  std::optional<TenantId> subject;    // whose work it befell
  TALLY_FIELDS(Recorded, agent, chain, component, context, error_class, exception_type, input_hash,
               layer, message, parent_span, repeats, run, severity, started_at, subject);
};

// Does the subject exist? A tenant's error joins the tenant's own sequence.
struct Facts {
  static constexpr std::string_view kKind = "error.facts";
  bool known_subject = false;
  TALLY_FIELDS(Facts, known_subject);
};

using Commands = std::variant<Recorded>;
struct Engine {
  static constexpr EngineType kType{"error"};
  using Commands = error::Commands;
};

using Events = std::variant<Recorded>;

}  // namespace tally::domain::error
