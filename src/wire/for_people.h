#pragma once

// A message as a terminal may show it. Texts that somebody gave, perhaps before they were checked,
// are in it as one line each (base/printable.h), so that none of them moves the cursor or forges a
// line. What holds lines by its nature, the end of a run's stderr, keeps those.

#include "wire/from_json.h"
#include "wire/to_json.h"

namespace tally::wire {

json::Value for_people(json::Value const& document);

template <Message T>
T for_people(T const& message) {
  auto document = json::parse(to_json(message));
  if (!document) return message;
  auto shown = from_json<T>(for_people(*document), Strictness::lenient);
  return shown ? std::move(*shown) : message;
}

}  // namespace tally::wire
