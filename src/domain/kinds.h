#pragma once

// What a command, an event, a kind of facts and an engine say of themselves. Each stands on its
// own type, and everything else follows from there:
//
//   struct Grant {                                   // a command
//     static constexpr CommandType kCommand{"budget.grant", mode::Mode::stop};
//     using Facts = GrantFacts;                      // what its decision is made on
//     static constexpr Setting kWaits = ...;         // if it may take an approval: for how long
//   struct Granted {                                 // an event
//     static constexpr EventType kEvent{"budget.granted"};
//   struct GrantFacts {
//     static constexpr std::string_view kKind = "budget.grant_facts";
//
// An engine lists its commands (`Commands`, in its Engine) and its events (`Events`). command.h and
// event.h name each engine once; facts.h is derived from the commands.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "domain/mode/mode.h"

namespace tally::domain {

// Evidence is durable before anybody hears of it and never shed; telemetry may be.
enum class EventClass { evidence, telemetry };

// A raw string cannot become an event's type (PV-001). A published (name, version) never changes
// its meaning: what changes is another version, and codec/old_events.h reads the one before.
struct EventType {
  std::string_view name;
  std::int64_t version = 1;
  EventClass event_class = EventClass::evidence;
};

// `strictest` is the last of the modes normal, safe, stop, halt in which it may be decided. There
// is no default, so that no command gets past the question (PV-003).
// The version is that of its shape, for those that are kept for later (approval::Row).
// `of_system` is the strictest mode where it is about a run of the server's own (system_tenant.h).
struct CommandType {
  std::string_view name;
  mode::Mode strictest;
  std::int64_t version = 1;
  std::optional<mode::Mode> of_system = std::nullopt;
  constexpr bool allowed_in(mode::Mode mode) const { return mode <= strictest; }
  constexpr bool allowed_to_system_in(mode::Mode mode) const {
    return mode <= of_system.value_or(strictest);
  }
};

// What requests are held against before they reach the loop (ledger/directory.h), in parts. An
// event that changes some of it says which: `static constexpr std::array
// kDirectory{DirectoryPart::keys}`.
enum class DirectoryPart {
  approvals,
  identity,
  jobs,
  keys,
  modes,
  people,
  plans,
  settings,
  tenants
};
inline constexpr std::size_t kDirectoryParts = 9;

// The version rises whenever the same facts may lead to another decision, or facts or commands
// have another shape: a decision is replayed by the version that made it, or not at all.
struct EngineType {
  std::string_view name;
  std::int64_t version = 1;
};
inline std::string text_of(EngineType type) {  // "run@1"
  return std::string(type.name) + "@" + std::to_string(type.version);
}

// Command, Event and Facts are variants with a name of their own (a struct that derives from one).
// Their copying, comparison and destruction is compiled once, in their own .cc: for thirty
// alternatives that takes seconds, and every file that names one would do it again.
#define TALLY_VARIANT(type, base)   \
  using Variant = base;             \
  type();                           \
  type(type const&);                \
  type(type&&) noexcept;            \
  type& operator=(type const&);     \
  type& operator=(type&&) noexcept; \
  ~type();                          \
  bool operator==(type const& that) const
// In the .cc.
#define TALLY_VARIANT_DEFINED(type)                                                 \
  type::type() = default;                                                           \
  type::type(type const&) = default;                                                \
  type::type(type&&) noexcept = default;                                            \
  type& type::operator=(type const&) = default;                                     \
  type& type::operator=(type&&) noexcept = default;                                 \
  type::~type() = default;                                                          \
  bool type::operator==(type const& that) const {                                   \
    return static_cast<Variant const&>(*this) == static_cast<Variant const&>(that); \
  }                                                                                 \
  static_assert(true)

template <class T, class Variant>
inline constexpr bool kIsAlternative = false;
template <class T, class... Each>
inline constexpr bool kIsAlternative<T, std::variant<Each...>> = (std::is_same_v<T, Each> || ...);

// Calls visit(std::type_identity<T>{}) for each alternative T of a variant.
template <class Variant>
struct Alternatives : Alternatives<typename Variant::Variant> {};
template <class... Each>
struct Alternatives<std::variant<Each...>> {
  template <class Visit>
  static constexpr void each(Visit&& visit) {
    (visit(std::type_identity<Each>{}), ...);
  }
};

// For Command and Event, which are variants of variants: calls visit with the group and the
// member of the group.
template <class Whole, class Visit>
constexpr void for_each_kind(Visit&& visit) {
  Alternatives<Whole>::each([&]<class Group>(std::type_identity<Group> group) {
    Alternatives<Group>::each([&](auto kind) { visit(group, kind); });
  });
}

// Calls f with the alternative that the variant holds, and returns what f returns.
template <class F, class Variant>
decltype(auto) visit_both(F&& f, Variant&& variant) {
  return std::visit([&](auto&& group) -> decltype(auto) { return std::visit(f, group); },
                    std::forward<Variant>(variant));
}

}  // namespace tally::domain
