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

#include "codec/fields_read.h"
#include "domain/event.h"

namespace tally::codec {

using OldEvents = std::variant<>;

// The body of an old event, as what it would be today. False: as Reader::read.
template <class Old>
bool read_old(Reader& reader, domain::Event& to) {
  Old old;
  if (!reader.read(old)) return false;
  to = std::move(old).today();
  return true;
}

}  // namespace tally::codec
