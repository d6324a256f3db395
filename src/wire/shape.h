#pragma once

// Which kinds of values may stand in a public message, and which C++ type carries each.

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/closed_words.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "json/value.h"
#include "wire/rule.h"

namespace tally::wire {

// A struct with `static void fields(self, visit)`, where visit(name, member[, Rule]).
struct AnyVisit {
  template <class T>
  void operator()(std::string_view, T&, Rule const& = {}) const {}
};
template <class T>
concept Message = requires(T& value) {
  T::fields(value, AnyVisit{});
};

template <class T>
struct OptionalOf : std::false_type {};
template <class T>
struct OptionalOf<std::optional<T>> : std::true_type {
  using Inner = T;
};
template <class T>
struct ListOf : std::false_type {};
template <class T>
struct ListOf<std::vector<T>> : std::true_type {
  using Inner = T;
};

template <class T>
concept Optional = OptionalOf<T>::value;
template <class T>
concept List = ListOf<T>::value;
template <class T>
concept PrefixedId = requires {
  IdPrefix<T>::text;
};
// TenantId, JobName and their kin.
template <class T>
concept Name = StrongType<T> && std::same_as<typename T::Rep, std::string>;

using Labels = std::map<std::string, std::string>;

// NAME=VALUE: what has this label.
struct LabelFilter {
  std::string name;
  std::string value;
  bool operator==(LabelFilter const&) const = default;
};

}  // namespace tally::wire
