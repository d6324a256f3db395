#pragma once

// The fields of a head, as they are published.

#include "wire/endpoint.h"

namespace tally::wire {

struct FieldKind {
  std::string_view name;
  std::string_view says;
  // What its value is: "integer", "boolean", "date-time" or "string".
  std::string_view type = "string";
};

// Every field that a head may have beside those of HTTP itself.
std::span<FieldKind const> field_kinds();
// Those of one of the answers that are no refusal.
std::vector<FieldKind const*> fields_of(Endpoint const& endpoint, Reply const& reply);
// Those of refusals of this kind.
std::vector<FieldKind const*> fields_of(ProblemKind const& kind);

}  // namespace tally::wire
