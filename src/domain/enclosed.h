#pragma once

// What lies encrypted beside an event, in its frame or in the blob store.

#include "domain/event.h"

namespace tally::domain {

// A run's input (the server's own have none), its result, or the end of what its work wrote to
// stderr; an event has one of them at most. Nothing: the event names no payload, and its frame
// holds none for it.
inline run::Enclosure const* enclosure_in(Event const& event) {
  auto const* group = std::get_if<run::Events>(&event);
  if (group == nullptr) return nullptr;
  auto const given = [](std::optional<run::Enclosure> const& one) { return one ? &*one : nullptr; };
  auto const of_the_end = [&](auto const& ended) {
    return ended.result ? &*ended.result : given(ended.stderr_tail);
  };
  if (auto const* submitted = std::get_if<run::Submitted>(group))
    return run::has_input(*submitted) ? &submitted->input : nullptr;
  if (auto const* requeued = std::get_if<run::Requeued>(group)) return given(requeued->stderr_tail);
  if (auto const* settled = std::get_if<run::Settled>(group)) return of_the_end(*settled);
  if (auto const* audit = std::get_if<run::AuditRequired>(group)) return of_the_end(*audit);
  return nullptr;
}

}  // namespace tally::domain
