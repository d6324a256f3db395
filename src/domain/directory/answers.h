#pragma once

// Outcomes that the directory's decisions share.

#include <algorithm>
#include <span>

#include "domain/outcome.h"
#include "domain/state.h"

namespace tally::domain::directory {

inline constexpr Duration kClaimLife = hours(72);  // of a claim code

inline Outcome one(directory::Events event, std::optional<TenantId> tenant = std::nullopt) {
  return {.events = {std::move(event)}, .reply = Done{}, .run = {}, .tenant = std::move(tenant)};
}

inline Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

inline Outcome invalid(std::string pointer, std::string detail) {
  return refuse(Refusal{.code = RefusalCode::validation_error,
                        .detail = std::move(detail),
                        .pointer = std::move(pointer),
                        .shortage = {},
                        .retry_after = {}});
}

inline bool all_known(std::set<std::string> const& words, std::span<std::string_view const> known) {
  return std::ranges::all_of(words, [&](std::string const& word) {
    return std::ranges::find(known, word) != known.end();
  });
}

// "one, two, three"
inline std::string listed(std::span<std::string_view const> words) {
  std::string text;
  for (std::string_view const word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

// Whether the key administers this server for good: it does not expire, was claimed and not
// revoked, and its person was not removed. Decisions use it so that the last such key cannot be
// lost.
inline bool administers(State const& state, Key const& key) {
  return !key.revoked && !key.claim && !key.expires_at && key.has(KeyScope::admin) &&
         !state.people.at(key.person).removed_at;
}

}  // namespace tally::domain::directory
