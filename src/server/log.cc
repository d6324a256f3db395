#include "server/log.h"

#include <cstdio>

#include "json/writer.h"

namespace tally::server {

namespace {

void end(json::Writer& writer, std::string& line) {
  writer.end_object();
  line.push_back('\n');
  std::fputs(line.c_str(), stderr);
}

}  // namespace

Log::Log(ports::Clock const& clock, ports::Entropy& entropy) : clock_(clock) {
  CorrelationId::Rep bytes{};
  entropy.fill(bytes);
  root_ = CorrelationId(bytes);
}

void Log::write(LogLine const& one) const {
  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("timestamp", to_rfc3339(clock_.wall()));
  writer.member("severity", name_of(one.severity)).member("component", "server");
  writer.member("correlation_id", to_text(one.correlation.value_or(root_)));
  if (one.run) writer.member("run_id", to_text(*one.run));
  writer.member("message", one.message);
  if (!one.detail.empty()) writer.member("detail", one.detail);
  end(writer, line);
}

void Log::write(domain::error::Recorded const& error, CorrelationId correlation,
                SpanId span) const {
  std::string line;
  json::Writer writer(line);
  writer.begin_object().member("timestamp", to_rfc3339(clock_.wall()));
  writer.member("severity", name_of(error.severity)).member("layer", name_of(error.layer));
  writer.member("component", error.component).member("error_class", name_of(error.error_class));
  writer.member("correlation_id", to_text(correlation));
  if (span != SpanId{}) writer.member("span_id", to_text(span));
  if (error.run) writer.member("run_id", to_text(*error.run));
  if (error.subject) writer.member("tenant_id", error.subject->value());
  writer.member("message", error.message).member("exception_type", error.exception_type);
  writer.key("causes").begin_array();
  for (auto const& cause : error.chain) writer.value(cause.message);
  writer.end_array().key("context").begin_object();
  for (auto const& [name, value] : error.context) writer.member(name, value);
  writer.end_object();
  end(writer, line);
}

}  // namespace tally::server
