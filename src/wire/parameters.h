#pragma once

// What stands in the path and in the query of a request, as a message like any other: members with
// the rule `in_path` fill the braces of the pattern, the others are query parameters, known by
// name, each once. A misspelt ?dryrun=true must not spend money.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/from_json.h"
#include "wire/schema.h"

namespace tally::wire {

// Where nothing goes in, or nothing comes out.
struct Nothing {
  bool operator==(Nothing const&) const = default;
  static constexpr std::string_view kName = "Nothing";
  template <class Self, class Visit>
  static void fields(Self&, Visit&&) {}
};

// A parameter as it is published.
struct Parameter {
  std::string name;
  bool in_path = false;
  bool required = false;
  std::string says;
  json::Value schema;
};
using ParameterLister = std::vector<Parameter> (*)(Schemas&);

class ParameterWriter {
 public:
  explicit ParameterWriter(Schemas& schemas) : schemas_(schemas) {}
  template <class T>
  void operator()(std::string_view name, T&, Rule const& rule = {}) {
    Rule schema_rule = rule;
    schema_rule.says = {};
    parameters_.push_back({.name = std::string(name),
                           .in_path = rule.in_path,
                           .required = rule.in_path || !(rule.optional || Optional<T>),
                           .says = std::string(rule.says),
                           .schema = schema_of<std::remove_const_t<T>>(schemas_, schema_rule)});
  }
  std::vector<Parameter> take() { return std::move(parameters_); }

 private:
  Schemas& schemas_;
  std::vector<Parameter> parameters_;
};

template <Message P>
std::vector<Parameter> list_parameters(Schemas& schemas) {
  P message{};
  ParameterWriter writer(schemas);
  P::fields(message, writer);
  return writer.take();
}

class ParameterReader {
 public:
  // `segments`: what stands in the braces of `pattern`, in its order. `query` as it came.
  ParameterReader(std::string_view pattern, std::vector<std::string> const& segments,
                  std::string_view query);

  template <class T>
  void operator()(std::string_view name, T& value, Rule const& rule = {}) {
    Reading reading(Strictness::strict);
    if (rule.in_path) {
      read_any(reading, json::Value(segment(name)), "", rule, value);
      is_there_ = is_there_ && reading.take().empty();
      return;
    }
    known_.emplace_back(name);
    auto const given = query_.find(name);
    if (given == query_.end()) {
      if (!(rule.optional || Optional<T>)&&!broken(name)) fault(name, "is required");
      return;
    }
    read_any(reading, value_of<T>(given->second), "", rule, value);
    for (FieldError const& error : reading.take()) fault(name, error.detail);
  }

  // False: what the path names cannot be.
  bool is_there() const { return is_there_; }
  // What is wrong with the query, once every member was visited. None repeats the caller's words.
  std::vector<FieldError> take();

 private:
  // Numbers and flags are numbers and flags; everything else is a text.
  template <class T>
  static json::Value value_of(std::string const& text) {
    if constexpr (Optional<T>) {
      return value_of<typename OptionalOf<T>::Inner>(text);
    } else if constexpr (std::same_as<T, bool>) {
      return flag_of(text);
    } else if constexpr (std::integral<T>) {
      return number_of(text);
    } else {
      return json::Value(text);
    }
  }
  static json::Value flag_of(std::string const& text);
  static json::Value number_of(std::string const& text);
  std::string segment(std::string_view name) const;
  bool broken(std::string_view name) const;
  void fault(std::string_view name, std::string_view detail);

  std::map<std::string, std::string, std::less<>> path_;
  std::map<std::string, std::string, std::less<>> query_;
  std::vector<std::string> unreadable_;  // names whose value is broken or doubled
  std::vector<std::string> given_;
  std::vector<std::string> known_;
  std::vector<FieldError> errors_;
  bool is_there_ = true;
};

// A parameter as a text, for a client.
template <class T>
std::string parameter_text(T const& value) {
  if constexpr (std::same_as<T, std::string>) {
    return value;
  } else if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    return std::to_string(value);
  } else if constexpr (ClosedWord<T>) {
    return std::string(name_of(value));
  } else if constexpr (std::same_as<T, LabelFilter>) {
    return value.name + "=" + value.value;
  } else if constexpr (std::same_as<T, Instant>) {
    return to_rfc3339(value);
  } else if constexpr (Name<T>) {
    return value.value();
  } else {
    return to_text(value);
  }
}

class ParameterTexts {
 public:
  struct One {
    std::string name;
    bool in_path = false;
    std::string text;  // empty where it is absent
    bool operator==(One const&) const = default;
  };
  template <class T>
  void operator()(std::string_view name, T const& value, Rule const& rule = {}) {
    if constexpr (Optional<T>) {
      texts_.push_back({std::string(name), rule.in_path, value ? parameter_text(*value) : ""});
    } else {
      texts_.push_back({std::string(name), rule.in_path, parameter_text(value)});
    }
  }
  std::vector<One> take() { return std::move(texts_); }

 private:
  std::vector<One> texts_;
};

// The pattern with its braces filled and a query behind it; `usual` are the texts of a message
// that nobody filled in, which say nothing and are left out.
std::string target_of(std::string_view pattern, std::vector<ParameterTexts::One> const& texts,
                      std::vector<ParameterTexts::One> const& usual);

template <Message P>
std::string target_of(std::string_view pattern, P const& parameters) {
  ParameterTexts texts, usual;
  P::fields(parameters, texts);
  P const untouched{};
  P::fields(untouched, usual);
  return target_of(pattern, texts.take(), usual.take());
}

}  // namespace tally::wire
