#pragma once

// Where a part of the server reports that something went wrong. Each part gets an ErrorReporter of
// its own layer, which takes only the classes that this layer may report: the compiler checks the
// rule of base/error_class.h.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error_class.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace tally::ports {

// Where in a trace something happens. All zero and empty: nowhere; the sink opens a root of its
// own, so that no error lacks a correlation.
struct TraceScope {
  CorrelationId correlation;
  SpanId span;
  std::optional<SpanId> parent;
  std::optional<Instant> started_at;
};

// What is known about one error. Texts may come from anywhere: the sink redacts and shortens them.
struct ErrorReport {
  Severity severity = Severity::error;
  std::string exception_type;                              // a stable word, such as "io_error"
  std::string message;                                     // our own sentence
  std::vector<std::pair<std::string, std::string>> chain;  // type and text, outermost first
  std::string internal;  // Error::internal: for the server's own log, never for the record
  std::map<std::string, std::string> context;
  TraceScope trace;
  std::optional<TenantId> tenant;
  std::optional<RunId> run;
  std::optional<std::string> input_hash;  // 16 hex of a salted SHA-256; never the input
};

// Any thread; never blocks and never fails. Repeats within a short time may be counted instead of
// recorded. Real: server/wiring's ErrorRecorder, in the server and in the simulator alike.
class ErrorSink {
 public:
  virtual ~ErrorSink() = default;
  virtual void take(Classification classification, std::string component, ErrorReport report) = 0;
};

template <Layer layer>
class ErrorReporter {
 public:
  // The sink outlives the reporter; without one nothing is reported.
  ErrorReporter() = default;
  ErrorReporter(ErrorSink* sink, std::string component)
      : sink_(sink), component_(std::move(component)) {}

  template <ErrorClass error_class>
  requires(may_emit(layer, error_class)) void report(ErrorReport report) const {
    if (sink_ != nullptr)
      sink_->take(Classification::of<layer, error_class>(), component_, std::move(report));
  }

 private:
  ErrorSink* sink_ = nullptr;
  std::string component_;
};

// A failed call as a report: what the caller was told, and apart from it what only we may know.
inline ErrorReport report_of(Error const& error) {
  ErrorReport report;
  report.exception_type = error.code;
  report.message = error.detail;
  report.internal = error.internal;
  return report;
}

}  // namespace tally::ports
