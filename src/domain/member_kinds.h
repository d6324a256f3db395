#pragma once

// What a member of a struct may be beside a value: what is absent or present, and lists. For those
// who walk over members (TALLY_FIELDS): the codec, and whoever looks for something in them.

#include <optional>
#include <set>
#include <vector>

namespace tally::domain {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsList<std::set<T>> = true;

}  // namespace tally::domain
