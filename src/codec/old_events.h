#pragma once

// Events of versions that are written no more. Each has the shape that it had, says its name and
// version, and what it would be today:
//
//   struct GrantedV1 {
//     static constexpr domain::EventType kEvent{"budget.granted", 1};
//     domain::Event today() &&;
//     ...
//     TALLY_FIELDS(GrantedV1, ...);
//   };
//
// What is read is what was published: a struct here never changes.

#include <variant>

#include "domain/event.h"

namespace tally::codec {

using OldEvents = std::variant<>;

}  // namespace tally::codec
