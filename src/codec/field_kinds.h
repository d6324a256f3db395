#pragma once

// Which of the domain's members are written how, and which not at all; shared by writing and
// reading (fields_json.h).

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/strong.h"
#include "domain/command.h"
#include "domain/fields.h"
#include "domain/member_kinds.h"

namespace tally::codec {

using Labels = std::map<std::string, std::string>;

template <class T>
concept PrefixedId = requires {
  IdPrefix<T>::text;
};
template <class T>
concept StrongInteger = StrongType<T> && std::same_as<typename T::Rep, std::int64_t>;
template <class T>
concept StrongText = StrongType<T> && std::same_as<typename T::Rep, std::string>;

template <class T>
inline constexpr bool kIsByteArray = false;
template <std::size_t n>
inline constexpr bool kIsByteArray<std::array<std::uint8_t, n>> = true;
template <class T>
concept ByteArray = kIsByteArray<T>;
template <class T>
concept StrongBytes = StrongType<T> && ByteArray<typename T::Rep>;

using domain::kIsList;
using domain::kIsOptional;

// What is always written, since no value of it says nothing.
template <class T>
concept AlwaysWritten = domain::NamedEnum<T> || std::same_as<T, domain::Command>;

// Whether a member with this value is left out of the bytes. Structs are left out when all their
// members are; whoever writes or reads them sees that from their bytes.
template <class T>
bool is_left_out(T const& value) {
  if constexpr (AlwaysWritten<T>) {
    return false;
  } else if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (StrongText<T>) {
    return value.value().empty();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else {
    return value == T{};
  }
}

}  // namespace tally::codec
