#include "api/correlation.h"

#include "base/bytes.h"

namespace tally::api {

namespace {

constexpr std::size_t kTraceparentLength = 55;  // version 00: 2-32-16-2 with three dashes

// Later versions may append fields after a dash; version ff is invalid.
bool has_good_frame(std::string_view field) {
  if (field.size() < kTraceparentLength) return false;
  if (field[2] != '-' || field[35] != '-' || field[52] != '-') return false;
  auto const version = from_hex(field.substr(0, 2));
  if (!version || (*version)[0] == 0xFF) return false;
  if (field.size() == kTraceparentLength) return true;
  return (*version)[0] != 0 && field[kTraceparentLength] == '-';
}

bool from_traceparent(std::string_view field, Trace& trace) {
  if (!has_good_frame(field)) return false;
  auto const id = parse_correlation_id(field.substr(3, 32));
  auto const parent = parse_span_id(field.substr(36, 16));
  auto const flags = from_hex(field.substr(53, 2));
  if (!id || !parent || !flags) return false;
  trace.id = *id;
  trace.parent = *parent;
  trace.flags = (*flags)[0] & 1;
  return true;
}

// Two of them are nobody's: which caller would it be?
bool is_single(ports::HttpRequest const& request, std::string_view name) {
  std::ptrdiff_t count = 0;
  for (auto const& field : request.headers) count += field.first == name ? 1 : 0;
  return count == 1;
}

CorrelationId fresh_id(ports::Entropy& entropy) {
  std::array<std::uint8_t, 16> bytes{};
  entropy.fill(bytes);
  if (bytes == std::array<std::uint8_t, 16>{}) bytes[15] = 1;  // all zero means none
  return CorrelationId(bytes);
}

}  // namespace

SpanId fresh_span(ports::Entropy& entropy) {
  std::array<std::uint8_t, 8> bytes{};
  entropy.fill(bytes);
  if (bytes == std::array<std::uint8_t, 8>{}) bytes[7] = 1;
  return SpanId(bytes);
}

Trace trace_of(ports::HttpRequest const& request, ports::Entropy& entropy) {
  Trace trace;
  trace.span = fresh_span(entropy);
  auto const parent = request.header("traceparent");
  bool const alone = parent.empty() || is_single(request, "traceparent");
  if (alone && from_traceparent(parent, trace)) return trace;
  if (auto const id = parse_correlation_id(request.header("x-trace-id"));
      id && alone && is_single(request, "x-trace-id")) {
    trace.id = *id;
    trace.parent = parse_span_id(request.header("x-span-id"));
  } else {
    trace.id = fresh_id(entropy);
  }
  return trace;
}

std::string traceparent(CorrelationId const& id, SpanId const& span, std::uint8_t flags) {
  return "00-" + to_text(id) + "-" + to_text(span) + (flags & 1 ? "-01" : "-00");
}

}  // namespace tally::api
