#include "wire/schema.h"

namespace tally::wire {

namespace {

void describe(json::Object& schema, std::string_view says) {
  if (!says.empty()) schema.emplace_back("description", json::Value(says));
}

void bound(json::Object& schema, Rule const& rule, char const* low, char const* high) {
  if (rule.min != std::numeric_limits<std::int64_t>::min())
    schema.emplace_back(low, json::Value(rule.min));
  if (rule.max != std::numeric_limits<std::int64_t>::max())
    schema.emplace_back(high, json::Value(rule.max));
}

}  // namespace

json::Object schema_of_text(Rule const& rule) {
  json::Object schema{{"type", "string"}};
  bound(schema, rule, "minLength", "maxLength");
  if (!rule.one_of.empty()) {
    json::Array choices;
    for (auto const& choice : rule.one_of) choices.push_back(json::Value(choice));
    schema.emplace_back("enum", json::Value(std::move(choices)));
  }
  describe(schema, rule.says);
  return schema;
}

json::Object schema_of_integer(Rule const& rule) {
  json::Object schema{{"type", "integer"}};
  bound(schema, rule, "minimum", "maximum");
  describe(schema, rule.says);
  return schema;
}

json::Object schema_with_pattern(std::string_view pattern, std::string_view says) {
  json::Object schema{{"type", "string"}, {"pattern", json::Value(pattern)}};
  describe(schema, says);
  return schema;
}

json::Object schema_of_amount(Rule const& rule) {
  std::string const positive = rule.min == 1 ? "(?=.*[1-9])" : "";
  return schema_with_pattern("^" + positive + "[0-9]{1,10}(\\.[0-9]{1,6})?$",
                             rule.says.empty() ? "USD" : rule.says);
}

json::Object schema_of_cost() {
  // A digit and the dot go before the decimals.
  std::string const decimals = std::to_string(kCostCharactersMax - 2);
  auto schema = schema_with_pattern("^[0-9]{1,10}(\\.[0-9]{1," + decimals + "})?$",
                                    "USD; what is below 0.000001 is rounded up");
  schema.emplace_back("maxLength", json::Value(static_cast<std::int64_t>(kCostCharactersMax)));
  return schema;
}

json::Object schema_of_instant(Rule const& rule) {
  json::Object schema{{"type", "string"}, {"format", "date-time"}};
  describe(schema, rule.says);
  return schema;
}

json::Object schema_of_labels(Rule const& rule) {
  json::Object value{{"type", "string"}};
  if (rule.value_max > 0) value.emplace_back("maxLength", json::Value(rule.value_max));
  json::Object schema{{"type", "object"}, {"additionalProperties", json::Value(std::move(value))}};
  bound(schema, rule, "minProperties", "maxProperties");
  if (rule.key_max > 0) {
    schema.emplace_back(
        "propertyNames",
        json::Value(json::Object{{"minLength", 1}, {"maxLength", json::Value(rule.key_max)}}));
  }
  return schema;
}

json::Value schema_reference(std::string_view name) {
  return json::Value(
      json::Object{{"$ref", json::Value("#/components/schemas/" + std::string(name))}});
}

json::Value schema_or_null(json::Value schema) {
  return json::Value(json::Object{
      {"anyOf",
       json::Value(json::Array{std::move(schema), json::Value(json::Object{{"type", "null"}})})}});
}

}  // namespace tally::wire
