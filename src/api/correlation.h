#pragma once

// Which trace a request belongs to: W3C Trace Context level 1. `traceparent` wins over
// `x-trace-id` and `x-span-id`; what is malformed is ignored. Every request has a correlation id:
// one of its own if it brought none.

#include <optional>
#include <string>

#include "base/ids.h"
#include "ports/entropy.h"
#include "ports/http.h"

namespace tally::api {

struct Trace {
  CorrelationId id;
  SpanId span;                   // of this request, a child of `parent`
  std::optional<SpanId> parent;  // the caller's, if it named one
  std::uint8_t flags = 1;        // sampled, unless the caller says otherwise
};

Trace trace_of(ports::HttpRequest const& request, ports::Entropy& entropy);

// "00-<trace>-<span>-<flags>".
std::string traceparent(CorrelationId const& id, SpanId const& span, std::uint8_t flags = 1);

SpanId fresh_span(ports::Entropy& entropy);

}  // namespace tally::api
