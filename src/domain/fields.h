#pragma once

// How a domain value is written down. Each struct that lasts ends with one line,
//
//   TALLY_FIELDS(Granted, amount, person, postings);
//
// which names all of its members once, in ascending order, and gives it `==` and
// `fields(visit)`: visit("amount", amount), visit("person", person), ... The codec reads and writes
// JSON from it, the state digest hashes it; the domain itself knows neither. A member that is left
// out, named twice or out of order does not compile. Enums have
//
//   constexpr std::string_view name_of(Enum);   and   std::array<Enum, N> all_of(Enum);
//
// An std::optional or an empty container at its default is left out of the bytes.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

// The names bind as many members as there are; each is visited by its own name, so that the order
// in which a struct declares them is free.
#define TALLY_MEMBERS(type, ...)                                                    \
  template <class Visit>                                                            \
  void fields(Visit&& visit) {                                                      \
    ::tally::domain::visit_fields<type>(visit, __VA_ARGS__);                        \
  }                                                                                 \
  template <class Visit>                                                            \
  void fields(Visit&& visit) const {                                                \
    ::tally::domain::visit_fields<type>(visit, __VA_ARGS__);                        \
  }                                                                                 \
  static void count_fields(type const& self) {                                      \
    [[maybe_unused]] auto const& [__VA_ARGS__] = self; /* all of them, once each */ \
  }                                                                                 \
  static constexpr std::string_view kFieldNames = #__VA_ARGS__

#define TALLY_FIELDS(type, ...)                 \
  bool operator==(type const&) const = default; \
  TALLY_MEMBERS(type, __VA_ARGS__)

namespace tally::domain {

template <class T>
concept HasFields = requires(T& value) {
  value.fields([](std::string_view, auto&) {});
};

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  { name_of(value) } -> std::convertible_to<std::string_view>;
  all_of(value);
};

// "a, b, c" apart.
template <std::size_t n>
constexpr std::array<std::string_view, n> names_in(std::string_view list) {
  std::array<std::string_view, n> names;
  for (std::string_view& name : names) {
    name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 2));
  }
  return names;
}

template <class T, class Visit, class... Members>
[[gnu::always_inline]] inline void visit_fields(Visit& visit, Members&... members) {
  static constexpr auto names = names_in<sizeof...(Members)>(T::kFieldNames);
  static_assert(std::is_sorted(names.begin(), names.end()), "fields are named in ascending order");
  [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
    (visit(names[i], members), ...);
  }
  (std::index_sequence_for<Members...>{});
}

}  // namespace tally::domain
