#pragma once

// Takes the reports of every part of the server and puts them into the ledger as error.recorded:
// redacted and bounded. Of one kind of error, that is of one tenant, part, class and severity, the
// first few are recorded one by one, each with its own trace; what comes more often within the
// quiet time is counted, and one more record tells the number. So a disk that fails a thousand
// times a second fills no ledger, and nothing of it is lost.

#include <deque>
#include <functional>
#include <map>

#include "base/mutex.h"
#include "domain/error/engine.h"
#include "ledger/loop.h"
#include "ports/clock.h"
#include "ports/entropy.h"
#include "ports/error_sink.h"

namespace tally::wiring {

// One error as the server's own log tells it.
struct ErrorNotice {
  domain::error::Recorded error;
  std::string internal;  // redacted
  CorrelationId correlation;
  SpanId span;
};

struct ErrorRecorderOptions {
  Duration quiet = seconds(60);     // after which a kind of error is recorded one by one again
  std::int64_t singly_max = 20;     // of one kind within the quiet time; further ones are counted
  std::size_t kinds_max = 1'024;    // remembered; the oldest is forgotten
  std::size_t waiting_max = 4'096;  // reports not yet handed to the loop; further ones are counted
  // An error that was taken, for the log, with what only the log may have; must not block; any
  // thread; may be empty.
  std::function<void(ErrorNotice const&)> told;
};

class ErrorRecorder : public ports::ErrorSink {
 public:
  ErrorRecorder(ports::Clock const& clock, ports::Entropy& entropy, ErrorRecorderOptions options)
      : clock_(clock), entropy_(entropy), options_(std::move(options)) {}

  void take(Classification classification, std::string component,
            ports::ErrorReport report) override;

  // Hands to the loop what waits; one thread, again and again. Before the first call, while there
  // is no loop yet, reports wait.
  void step(ledger::Loop& loop);
  // The same, and what was only counted so far; at the end.
  void flush(ledger::Loop& loop);
  // Reports that found no place at all.
  std::uint64_t dropped() const;

 private:
  struct Kind {  // what makes two errors the same
    std::optional<TenantId> subject;
    ErrorClass error_class;
    Severity severity;
    std::string component;
    std::string exception_type;
    auto operator<=>(Kind const&) const = default;
  };
  struct Waiting {
    domain::error::Recorded record;
    CorrelationId correlation;
    SpanId span;
  };
  struct Seen {
    Duration since;           // when this quiet time began
    std::int64_t singly = 0;  // recorded one by one since then
    std::int64_t counted = 0;
    Waiting last;  // of the counted
  };
  struct Tables {
    std::map<Kind, Seen> seen;
    std::deque<Kind> order;
    std::deque<Waiting> waiting;
    std::uint64_t dropped = 0;
  };
  void admit(Tables& tables, Waiting waiting, Duration now);
  void enqueue(Tables& tables, Waiting waiting);
  void tell_counted(Tables& tables, Seen& seen);
  void gather(Tables& tables, Duration now);
  void post(ledger::Loop& loop, Waiting waiting);
  ports::Clock const& clock_;
  ports::Entropy& entropy_;
  ErrorRecorderOptions options_;
  Mutex<Tables> tables_;
};

}  // namespace tally::wiring
