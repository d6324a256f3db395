#pragma once

// Takes the reports of every part of the server and puts them into the ledger as error.recorded:
// redacted, bounded, and each kind of error at most once in a while. What is said more often is
// counted, and the count goes with the next record, so that a disk that fails a thousand times a
// second fills no ledger and is still told in full.

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

struct ErrorDeskOptions {
  Duration quiet = seconds(60);     // between two records of the same kind of error
  std::size_t kinds_max = 1'024;    // remembered; the oldest is forgotten
  std::size_t waiting_max = 4'096;  // reports not yet handed to the loop; further ones are counted
  // An error that was taken, for the log; any thread; may be empty.
  std::function<void(domain::error::Recorded const&, CorrelationId, SpanId)> told;
};

class ErrorDesk : public ports::ErrorSink {
 public:
  ErrorDesk(ports::Clock const& clock, ports::Entropy& entropy, ErrorDeskOptions options)
      : clock_(clock), entropy_(entropy), options_(std::move(options)) {}

  void take(Classification classification, std::string component,
            ports::ErrorReport report) override;

  // Hands to the loop what waits; one thread, again and again. Before the first call, while there
  // is no loop yet, reports wait.
  void step(ledger::Loop& loop);
  // Reports that found no place at all.
  std::uint64_t dropped() const;

 private:
  struct Kind {  // what makes two errors the same
    ErrorClass error_class;
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
    Duration recorded_at;
    std::int64_t since = 0;  // reports of this kind that came after it
    Waiting last;            // of those
  };
  struct Tables {
    std::map<Kind, Seen> seen;
    std::deque<Kind> order;
    std::deque<Waiting> waiting;
    std::uint64_t dropped = 0;
  };
  void admit(Tables& tables, Waiting waiting, Duration now);
  void enqueue(Tables& tables, Waiting waiting);
  void gather_repeats(Tables& tables, Duration now);
  void post(ledger::Loop& loop, Waiting waiting);
  ports::Clock const& clock_;
  ports::Entropy& entropy_;
  ErrorDeskOptions options_;
  Mutex<Tables> tables_;
};

}  // namespace tally::wiring
