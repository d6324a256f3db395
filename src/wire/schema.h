#pragma once

// The JSON Schema (2020-12, as OpenAPI 3.1 has it) of a public message, from the same description
// that reads and writes it.

#include "wire/shape.h"

namespace tally::wire {

// Schemas by the messages' names; filled as they are met.
using Schemas = std::map<std::string, json::Value>;

json::Object schema_of_text(Rule const& rule);
json::Object schema_of_integer(Rule const& rule);
json::Object schema_with_pattern(std::string_view pattern, std::string_view says);
// Amounts as base/money.h reads them; what a rule asks for above that is in the pattern where one
// can say it.
json::Object schema_of_amount(Rule const& rule);
json::Object schema_of_cost();
json::Object schema_of_instant(Rule const& rule);
json::Object schema_of_labels(Rule const& rule);
json::Value schema_reference(std::string_view name);
json::Value schema_or_null(json::Value schema);

template <class T>
json::Value schema_of(Schemas& schemas, Rule const& rule = {});

class SchemaWriter {
 public:
  explicit SchemaWriter(Schemas& schemas) : schemas_(schemas) {}
  template <class T>
  void operator()(std::string_view name, T& value, Rule const& rule = {}) {
    if constexpr (Message<T>) {
      if (rule.part_of_parent) return T::fields(value, *this);
    }
    auto schema = schema_of<std::remove_const_t<T>>(schemas_, rule);
    properties_.emplace_back(std::string(name), std::move(schema));
    if (!rule.optional && (!Optional<T> || rule.null_when_none))
      required_.push_back(json::Value(name));
  }
  json::Value take() {
    json::Object schema{{"type", "object"}, {"properties", json::Value(std::move(properties_))}};
    if (!required_.empty()) schema.emplace_back("required", json::Value(std::move(required_)));
    return json::Value(std::move(schema));
  }

 private:
  Schemas& schemas_;
  json::Object properties_;
  json::Array required_;
};

template <class T>
json::Value schema_of(Schemas& schemas, Rule const& rule) {
  if constexpr (std::same_as<T, json::Value>) {
    return json::Value(json::Object{{"description", "any JSON value"}});
  } else if constexpr (std::same_as<T, std::string>) {
    return json::Value(schema_of_text(rule));
  } else if constexpr (std::same_as<T, bool>) {
    return json::Value(json::Object{{"type", "boolean"}});
  } else if constexpr (std::integral<T>) {
    return json::Value(schema_of_integer(rule));
  } else if constexpr (std::same_as<T, Micros>) {
    return json::Value(schema_of_amount(rule));
  } else if constexpr (std::same_as<T, SaidCost>) {
    return json::Value(schema_of_cost());
  } else if constexpr (std::same_as<T, Instant>) {
    return json::Value(schema_of_instant(rule));
  } else if constexpr (std::same_as<T, Digest>) {
    return json::Value(schema_with_pattern("^[0-9a-f]{64}$", "SHA-256"));
  } else if constexpr (std::same_as<T, ContentRef>) {
    return json::Value(schema_with_pattern("^sha256:[0-9a-f]{64}$", rule.says));
  } else if constexpr (std::same_as<T, CorrelationId>) {
    return json::Value(schema_with_pattern("^(?!0{32}$)[0-9a-f]{32}$", "W3C trace id"));
  } else if constexpr (std::same_as<T, ErrorId>) {
    return json::Value(schema_with_pattern("^err_[0-9a-f]{12}$", rule.says));
  } else if constexpr (std::same_as<T, LabelFilter>) {
    return json::Value(schema_with_pattern("^[^=]+=", "NAME=VALUE"));
  } else if constexpr (ClosedWord<T>) {
    Rule words = rule;
    words.one_of = kWords<T>;
    return json::Value(schema_of_text(words));
  } else if constexpr (PrefixedId<T>) {
    return json::Value(
        schema_with_pattern("^" + std::string(IdPrefix<T>::text) + "[0-9a-f]{16}$", rule.says));
  } else if constexpr (Name<T>) {
    return json::Value(schema_with_pattern("^(?!\\.{1,2}$)[a-z0-9._-]{1,64}$", rule.says));
  } else if constexpr (std::same_as<T, Labels>) {
    return json::Value(schema_of_labels(rule));
  } else if constexpr (Optional<T>) {
    auto inner = schema_of<typename OptionalOf<T>::Inner>(schemas, rule);
    return rule.null_when_none ? schema_or_null(std::move(inner)) : inner;
  } else if constexpr (List<T>) {
    return json::Value(json::Object{
        {"type", "array"},
        {"items", schema_of<typename ListOf<T>::Inner>(schemas, {.one_of = rule.one_of})}});
  } else {
    static_assert(Message<T>);
    std::string const name(T::kName);
    if (!schemas.contains(name)) {
      schemas[name];  // stands for itself while its members are visited
      T message{};
      SchemaWriter writer(schemas);
      T::fields(message, writer);
      schemas[name] = writer.take();
    }
    return schema_reference(name);
  }
}

}  // namespace tally::wire
