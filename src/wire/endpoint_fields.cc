#include "wire/endpoint_fields.h"

#include <algorithm>

#include "base/check.h"

namespace tally::wire {

namespace {

constexpr std::array<FieldKind, 12> kKinds{{
    {"ETag", "The hash of the content, in quotes"},
    {"Idempotency-Key-Expires", "From when on the key is a new one", "date-time"},
    {"Idempotent-Answered-At", "When the answer that is repeated here was given", "date-time"},
    {"Idempotent-Replayed", "true where this answer was given before, and nothing was done again",
     "boolean"},
    {"Location", "The path of what was made"},
    {"RateLimit", "What is left of the bucket (draft-ietf-httpapi-ratelimit-headers-11)"},
    {"RateLimit-Policy", "The bucket that the request was taken from (the same draft)"},
    {"Retry-After", "Seconds after which it is worth while to ask again", "integer"},
    {"Tally-Mode", "The mode of everything, where that is not normal"},
    {"Traceparent", "The trace of this request (W3C Trace Context); its id is the correlation id"},
    {"WWW-Authenticate", "How to send a key (RFC 6750)"},
    {"X-Should-Retry", "false where the same request can get no other answer by itself", "boolean"},
}};

FieldKind const* kind_of_field(std::string_view name) {
  auto const at = std::ranges::find(kKinds, name, &FieldKind::name);
  TALLY_CHECK(at != kKinds.end(), "a field of a head that nobody describes");
  return &*at;
}

std::string_view name_of_field(Field field) {
  switch (field) {
    case Field::location:
      return "Location";
    case Field::retry_after:
      return "Retry-After";
    case Field::etag:
      return "ETag";
    case Field::none:
      break;
  }
  return {};
}

void append_fields_of_keys(std::vector<FieldKind const*>& fields) {
  for (auto const* name :
       {"Idempotency-Key-Expires", "Idempotent-Answered-At", "Idempotent-Replayed"})
    fields.push_back(kind_of_field(name));
}

// A refusal that an idempotency key got before is repeated, or found in place of an answer.
bool may_be_repeated(ProblemKind const& kind) {
  return kind.code == "budget_exceeded" || kind.code == "conflict" || kind.code == "internal" ||
         kind.code == "storage_unavailable";
}

std::vector<FieldKind const*> of_every_answer() {
  return {kind_of_field("RateLimit"), kind_of_field("RateLimit-Policy"),
          kind_of_field("Tally-Mode"), kind_of_field("Traceparent")};
}

}  // namespace

std::span<FieldKind const> field_kinds() { return kKinds; }

std::vector<FieldKind const*> fields_of(Endpoint const& endpoint, Reply const& reply) {
  auto fields = of_every_answer();
  for (Field const field : reply.fields)
    if (field != Field::none) fields.push_back(kind_of_field(name_of_field(field)));
  if (endpoint.keyed != Keyed::no) append_fields_of_keys(fields);
  return fields;
}

std::vector<FieldKind const*> fields_of(ProblemKind const& kind) {
  auto fields = of_every_answer();
  if (may_be_repeated(kind)) append_fields_of_keys(fields);
  if (kind.status == 401) fields.push_back(kind_of_field("WWW-Authenticate"));
  if (retry_of(kind) == Retry::later) fields.push_back(kind_of_field("Retry-After"));
  if (retry_of(kind) == Retry::never) fields.push_back(kind_of_field("X-Should-Retry"));
  return fields;
}

}  // namespace tally::wire
