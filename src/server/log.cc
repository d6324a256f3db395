#include "server/log.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/printable.h"
#include "json/writer.h"

namespace tally::server {

void Log::to_stderr(std::string const& line) { std::fputs(line.c_str(), stderr); }

Log::Log(ports::Clock const& clock, ports::Entropy& entropy, Out out)
    : clock_(clock), out_(std::move(out)) {
  CorrelationId::Rep bytes{};
  entropy.fill(bytes);
  root_ = CorrelationId(bytes);
  thread_ = std::thread([this] { run(); });
}

Log::~Log() {
  {
    std::lock_guard const guard(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Log::write(LogLine const& line) { enqueue(text_of(line)); }
void Log::write(wiring::ErrorNotice const& told) { enqueue(text_of(told)); }
void Log::write_now(LogLine const& line) const { out_(text_of(line)); }

std::string Log::text_of(LogLine const& one) const {
  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("timestamp", to_rfc3339(clock_.wall()));
  writer.member("severity", name_of(one.severity)).member("component", "server");
  writer.member("correlation_id", to_text(one.correlation.value_or(root_)));
  if (one.run) writer.member("run_id", to_text(*one.run));
  writer.member("message", printable(one.message, kLogTextBytesMax));
  if (!one.detail.empty()) writer.member("detail", printable(one.detail, kLogTextBytesMax));
  writer.end_object();
  return line + '\n';
}

std::string Log::text_of(wiring::ErrorNotice const& told) const {
  auto const& error = told.error;
  bool const traced = told.correlation != CorrelationId{};
  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("timestamp", to_rfc3339(clock_.wall()));
  writer.member("severity", name_of(error.severity)).member("layer", name_of(error.layer));
  writer.member("component", error.component).member("error_class", name_of(error.error_class));
  writer.member("correlation_id", to_text(traced ? told.correlation : root_));
  if (told.span != SpanId{}) writer.member("span_id", to_text(told.span));
  if (error.run) writer.member("run_id", to_text(*error.run));
  if (error.subject) writer.member("tenant_id", error.subject->value());
  writer.member("message", error.message).member("exception_type", error.exception_type);
  writer.key("causes").begin_array();
  for (auto const& cause : error.chain) writer.value(cause.message);
  if (!told.internal.empty()) writer.value(told.internal);
  writer.end_array().key("context").begin_object();
  for (auto const& [name, value] : error.context) writer.member(name, value);
  writer.end_object().end_object();
  return line + '\n';
}

void Log::enqueue(std::string line) {
  {
    std::lock_guard const guard(mutex_);
    if (waiting_.size() >= kLogLinesMax) {
      ++dropped_;
      return;
    }
    waiting_.push_back(std::move(line));
  }
  changed_.notify_one();
}

void Log::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    auto const lines = std::exchange(waiting_, {});
    auto const dropped = std::exchange(dropped_, 0);
    lock.unlock();
    for (std::string const& line : lines) out_(line);
    if (dropped > 0)
      out_(text_of({.severity = Severity::warning,
                    .message = fmt::format("{} lines of this log found no place", dropped)}));
    lock.lock();
  }
}

}  // namespace tally::server
