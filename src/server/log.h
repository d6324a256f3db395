#pragma once

// The server's own log: one JSON line on stderr for each thing an operator should know. No line
// lacks a correlation id: what happens to a run or a request carries theirs, everything else the
// root that this process opened when it began.
//
// Whoever writes never waits for the reader of stderr: lines go through a bounded queue and a
// thread of the log's own. What found no place is counted, and a line says how many.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "ports/clock.h"
#include "ports/entropy.h"
#include "server/wiring/error_recorder.h"

namespace tally::server {

inline constexpr std::size_t kLogLinesMax = 4'096;
inline constexpr std::size_t kLogTextBytesMax = 16'384;  // of a message or detail

struct LogLine {
  Severity severity = Severity::info;
  std::string_view message;
  std::string_view detail = {};
  std::optional<RunId> run = {};
  std::optional<CorrelationId> correlation = {};  // none: the process's own
};

class Log {
 public:
  // Puts one line where lines go; may block, called by one thread at a time.
  using Out = std::function<void(std::string const& line)>;
  static void to_stderr(std::string const& line);

  Log(ports::Clock const& clock, ports::Entropy& entropy, Out out = to_stderr);
  ~Log();  // after writing what waits
  Log(Log const&) = delete;
  Log& operator=(Log const&) = delete;

  // Any thread; these do not block.
  void write(LogLine const& line);
  void write(wiring::ErrorNotice const& told);
  // At once, past the queue: for the last words of a process.
  void write_now(LogLine const& line) const;

 private:
  std::string text_of(LogLine const& line) const;
  std::string text_of(wiring::ErrorNotice const& told) const;
  void enqueue(std::string line);
  void run();

  ports::Clock const& clock_;
  CorrelationId root_;
  Out out_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::uint64_t dropped_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace tally::server
