#pragma once

// Closed sets of words that several layers speak: each stands here once, as an enum with a name
// for each value. A new word is a new value; names are public (events, requests, the command line)
// and never change. Layers, severities and classes of errors stand in base/error_class.h.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error_class.h"

namespace tally {

// What a key may do.
enum class KeyScope : std::uint8_t {
  admin,
  approve,
  budget_read,
  evidence_read,
  metrics_read,
  ops_read,
  runs_read,
  runs_write,
  work
};
constexpr std::array<KeyScope, 9> all_of(KeyScope) {
  using enum KeyScope;
  return {admin,    approve,   budget_read, evidence_read, metrics_read,
          ops_read, runs_read, runs_write,  work};
}
constexpr std::string_view name_of(KeyScope scope) {
  constexpr std::array<std::string_view, 9> names{"admin",         "approve",      "budget:read",
                                                  "evidence:read", "metrics:read", "ops:read",
                                                  "runs:read",     "runs:write",   "work"};
  return names[static_cast<std::size_t>(scope)];
}

// What a person may be asked for.
enum class Role : std::uint8_t { viewer, operator_, approver, admin };
constexpr std::array<Role, 4> all_of(Role) {
  using enum Role;
  return {viewer, operator_, approver, admin};
}
constexpr std::string_view name_of(Role role) {
  constexpr std::array<std::string_view, 4> names{"viewer", "operator", "approver", "admin"};
  return names[static_cast<std::size_t>(role)];
}

// What may happen at all (domain/mode/mode.h), from the most to the least.
enum class Mode { normal, safe, stop, halt };
constexpr std::array<Mode, 4> all_of(Mode) {
  using enum Mode;
  return {normal, safe, stop, halt};
}
constexpr std::string_view name_of(Mode mode) {
  constexpr std::array<std::string_view, 4> names{"normal", "safe", "stop", "halt"};
  return names[static_cast<std::size_t>(mode)];
}

// What callers see of a run's phase (domain/run/row.h).
enum class RunStatus : std::uint8_t {
  queued,
  running,
  succeeded,
  failed,
  expired,
  cancelled,
  audit_required
};
constexpr std::array<RunStatus, 7> all_of(RunStatus) {
  using enum RunStatus;
  return {queued, running, succeeded, failed, expired, cancelled, audit_required};
}
constexpr std::string_view name_of(RunStatus status) {
  constexpr std::array<std::string_view, 7> names{"queued",  "running",   "succeeded",     "failed",
                                                  "expired", "cancelled", "audit_required"};
  return names[static_cast<std::size_t>(status)];
}

template <class Word>
concept ClosedWord = requires(Word word) {
  all_of(word);
  { name_of(word) } -> std::same_as<std::string_view>;
};

// The names, in the order of the values.
template <ClosedWord Word>
inline constexpr auto kWords = [] {
  std::array<std::string_view, all_of(Word{}).size()> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = name_of(all_of(Word{})[i]);
  return words;
}();

// Nothing where it is none of the words.
template <ClosedWord Word>
constexpr std::optional<Word> parse_word(std::string_view text) {
  for (Word const word : all_of(Word{}))
    if (name_of(word) == text) return word;
  return std::nullopt;
}

}  // namespace tally
