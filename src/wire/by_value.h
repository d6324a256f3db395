#pragma once

// Two bodies that mean the same are the same request: before a body is fingerprinted, its amounts
// and instants get the one form in which this server writes them. "0.05" and "0.0500" are one
// amount.

#include "base/money.h"
#include "wire/shape.h"

namespace tally::wire {

// The form in which we write them.
json::Value one_form(Micros amount);
json::Value one_form(Instant instant);

template <Message T>
void by_value(json::Value& document, T const& message);

class ByValue {
 public:
  explicit ByValue(json::Value& document) : document_(document) {}

  template <class T>
  void operator()(std::string_view name, T const& value, Rule const& rule = {}) {
    if constexpr (Message<T>) {
      if (rule.part_of_parent) return T::fields(value, *this);
    }
    json::Value* member = document_.find(name);
    if (member != nullptr) write(*member, value);
  }

 private:
  template <class T>
  void write(json::Value& member, T const& value) {
    if constexpr (Optional<T>) {
      if (value) write(member, *value);
    } else if constexpr (Message<T>) {
      by_value(member, value);
    } else if constexpr (std::same_as<T, Micros> || std::same_as<T, Instant>) {
      member = one_form(value);
    }
  }

  json::Value& document_;
};

// `message` is what `document` was read as.
template <Message T>
void by_value(json::Value& document, T const& message) {
  T::fields(message, ByValue(document));
}

}  // namespace tally::wire
