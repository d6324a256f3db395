#pragma once

// The server's own log: one JSON line on stderr for each thing an operator should know. No line
// lacks a correlation id: what happens to a run or a request carries theirs, everything else the
// root that this process opened when it began.

#include <optional>
#include <string>
#include <string_view>

#include "domain/error/engine.h"
#include "ports/clock.h"
#include "ports/entropy.h"

namespace tally::server {

struct LogLine {
  Severity severity = Severity::info;
  std::string_view message;
  std::string_view detail = {};
  std::optional<RunId> run = {};
  std::optional<CorrelationId> correlation = {};  // none: the process's own
};

class Log {
 public:
  Log(ports::Clock const& clock, ports::Entropy& entropy);
  // Any thread; a line is written in one piece.
  void write(LogLine const& line) const;
  void write(domain::error::Recorded const& error, CorrelationId correlation, SpanId span) const;

 private:
  ports::Clock const& clock_;
  CorrelationId root_;
};

}  // namespace tally::server
