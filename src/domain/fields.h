#pragma once

// How a domain value is written down. Each struct that lasts has
//
//   template <class Self, class Visit>
//   static void fields(Self& self, Visit&& visit) { visit("name", self.name); ... }
//
// which lists its members once, by name, in ascending order. The codec reads and writes JSON from
// it, the state digest hashes it; the domain itself knows neither. Enums have
//
//   constexpr std::string_view name_of(Enum);   and   std::array<Enum, N> all_of(Enum);
//
// An std::optional or an empty container at its default is left out of the bytes.

#include <array>
#include <string_view>

namespace tally::domain {

template <class T>
concept HasFields = requires(T& value) { T::fields(value, [](std::string_view, auto&) {}); };

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  { name_of(value) } -> std::convertible_to<std::string_view>;
  all_of(value);
};

}  // namespace tally::domain
