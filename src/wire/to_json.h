#pragma once

// A public message as a JSON document, members in the order of its `fields`.

#include "wire/shape.h"

namespace tally::wire {

template <class T>
json::Value to_json(T const& value);

class ObjectWriter {
 public:
  template <class T>
  void operator()(std::string_view name, T const& value, Rule const& rule = {}) {
    if constexpr (Optional<T>) {
      if (value) {
        add(name, to_json(*value), rule);
      } else if (rule.null_when_none) {
        out_.emplace_back(std::string(name), json::Value(nullptr));
      }
    } else {
      add(name, to_json(value), rule);
    }
  }
  json::Object take() { return std::move(out_); }

 private:
  void add(std::string_view name, json::Value value, Rule const& rule) {
    if (!rule.part_of_parent) {
      out_.emplace_back(std::string(name), std::move(value));
      return;
    }
    for (auto const& member : *value.object()) out_.push_back(member);
  }
  json::Object out_;
};

template <class T>
json::Value to_json(T const& value) {
  if constexpr (std::same_as<T, json::Value>) {
    return value;
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, bool>) {
    return json::Value(value);
  } else if constexpr (std::integral<T>) {
    return json::Value(static_cast<std::int64_t>(value));
  } else if constexpr (std::same_as<T, Micros>) {
    return json::Value(format_usd(value));
  } else if constexpr (std::same_as<T, Instant>) {
    return json::Value(to_rfc3339(value));
  } else if constexpr (std::same_as<T, Digest>) {
    return json::Value(value.hex());
  } else if constexpr (std::same_as<T, ContentRef>) {
    return json::Value(value.text());
  } else if constexpr (PrefixedId<T> || std::same_as<T, CorrelationId>) {
    return json::Value(to_text(value));
  } else if constexpr (Name<T>) {
    return json::Value(value.value());
  } else if constexpr (List<T>) {
    json::Array items;
    for (auto const& item : value) items.push_back(to_json(item));
    return json::Value(std::move(items));
  } else if constexpr (std::same_as<T, Labels>) {
    json::Object members;
    for (auto const& [key, text] : value) members.emplace_back(key, json::Value(text));
    return json::Value(std::move(members));
  } else {
    static_assert(Message<T>, "not a kind of value that a public message may hold");
    ObjectWriter writer;
    T::fields(value, writer);
    return json::Value(writer.take());
  }
}

}  // namespace tally::wire
