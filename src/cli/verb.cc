#include "cli/verb.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/files.h"

namespace tally::cli {

namespace {

// What a member's name says of its unit stands in the kind of its value.
struct Unit {
  std::string_view ending;
  std::string_view kind;
  std::string_view sample;
};
constexpr std::array<Unit, 5> kUnits{{{"_usd", "USD", "25.00"},
                                      {"_s", "SECONDS", "30"},
                                      {"_ms", "MILLISECONDS", "1000"},
                                      {"_at", "TIME", "2027-01-31T00:00:00Z"},
                                      {"_id", "ID", ""}}};
constexpr std::string_view kIdSample = "0123456789abcdef";
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kNameSamples{
    {{"tenant", "acme"}, {"person", "bob"}, {"plan", "small"}, {"jobs", "log-patterns"}}};

Unit const* unit_of(std::string_view member) {
  auto const* at = std::ranges::find_if(kUnits, [&](Unit const& unit) {
    return member.size() > unit.ending.size() && member.ends_with(unit.ending);
  });
  return at == kUnits.end() ? nullptr : at;
}

std::string text_in(json::Value const& schema, std::string_view name) {
  auto const* found = schema.find(name);
  return found == nullptr || found->string() == nullptr ? "" : *found->string();
}

ValueKind value_of(json::Value const& schema) {
  std::string const type = text_in(schema, "type");
  if (type == "string") return ValueKind::text;
  if (type == "integer") return ValueKind::number;
  if (type == "boolean") return ValueKind::flag;
  return type == "array" ? ValueKind::list : ValueKind::document;
}

std::string words_of(json::Value const& choices) {
  std::string words;
  for (json::Value const& one : *choices.array())
    words += (words.empty() ? "" : "|") + *one.string();
  return words;
}

// "apr_" of the pattern of an approval's id.
std::string prefix_of(json::Value const& schema) {
  std::string const pattern = text_in(schema, "pattern");
  auto const end = pattern.find("_[0-9a-f]");
  if (end == std::string::npos || !pattern.starts_with('^')) return {};
  return pattern.substr(1, end);
}

std::string kind_of(std::string_view member, json::Value const& schema) {
  if (auto const* choices = schema.find("enum")) return words_of(*choices);
  switch (value_of(schema)) {
    case ValueKind::flag:
      return {};
    case ValueKind::document:
      return "JSON|@FILE";
    case ValueKind::list:
    case ValueKind::text:
    case ValueKind::number:
      break;
  }
  if (std::string const prefix = prefix_of(schema); !prefix.empty()) return prefix + "...";
  if (text_in(schema, "format") == "date-time") return "TIME";
  if (Unit const* unit = unit_of(member)) return std::string(unit->kind);
  if (value_of(schema) == ValueKind::number) return "N";
  return text_in(schema, "pattern").find("[a-z0-9._-]") == std::string::npos ? "TEXT" : "NAME";
}

std::string sample_of(std::string_view member, json::Value const& schema) {
  if (auto const* choices = schema.find("enum")) return *choices->array()->front().string();
  if (std::string const prefix = prefix_of(schema); !prefix.empty())
    return prefix + std::string(kIdSample.substr(0, prefix == "err_" ? 12 : kIdSample.size()));
  for (auto const& [name, sample] : kNameSamples)
    if (name == member) return std::string(sample);
  if (Unit const* unit = unit_of(member); unit != nullptr && !unit->sample.empty())
    return std::string(unit->sample);
  if (value_of(schema) == ValueKind::document) return "{}";
  if (value_of(schema) != ValueKind::number) return "TEXT";
  auto const* least = schema.find("minimum");
  return std::to_string(least == nullptr ? 1 : *least->integer());
}

// Its sentence and its bounds.
std::string about(std::string says, json::Value const& schema) {
  auto const* least = schema.find("minimum");
  auto const* most = schema.find("maximum");
  if (least != nullptr && most != nullptr)
    says += fmt::format("{}from {} to {}", says.empty() ? "" : "; ", *least->integer(),
                        *most->integer());
  return says;
}

VerbArgument argument_of(std::string_view member, json::Value const& schema, std::string says,
                         wire::Schemas const& schemas) {
  json::Value const& shape = resolved(schema, schemas);
  VerbArgument made{.member = std::string(member), .name = shown_name(member, '-')};
  made.value = value_of(shape);
  json::Value const& one =
      made.value == ValueKind::list ? resolved(*shape.find("items"), schemas) : shape;
  if (made.value == ValueKind::list && made.name.ends_with('s')) made.name.pop_back();
  if (made.value == ValueKind::list && value_of(one) != ValueKind::text)
    made.value = ValueKind::document;
  made.kind = made.value == ValueKind::document ? "JSON|@FILE" : kind_of(member, one);
  made.sample = sample_of(member, one);
  if (says.empty()) says = text_in(shape, "description");
  if (says.empty()) says = "The " + shown_name(member, ' ');
  made.about = about(std::move(says), one);
  return made;
}

void append_parameters(std::vector<VerbArgument>& all, wire::Endpoint const& operation) {
  wire::Schemas schemas;
  for (wire::Parameter const& one : operation.parameters(schemas)) {
    VerbArgument made = argument_of(one.name, one.schema, one.says, schemas);
    made.place = one.in_path ? Place::path : Place::query;
    made.required = one.required;
    all.push_back(std::move(made));
  }
}

void append_members(std::vector<VerbArgument>& all, wire::Endpoint const& operation) {
  if (operation.request == nullptr) return;
  wire::Schemas schemas;
  json::Value const reference = operation.request(schemas);
  json::Value const& schema = resolved(reference, schemas);
  auto const* required = schema.find("required");
  for (auto const& [name, member] : *schema.find("properties")->object()) {
    VerbArgument made = argument_of(name, member, "", schemas);
    made.required =
        required != nullptr &&
        std::ranges::find(*required->array(), json::Value(name)) != required->array()->end();
    all.push_back(std::move(made));
  }
}

// The words of a verb behind its command, in lower case.
std::vector<std::string> places_of(std::string_view verb) {
  std::vector<std::string> names;
  verb.remove_prefix(command_of(verb).size());
  for (char const c : verb) {
    if (c == ' ')
      names.emplace_back();
    else
      names.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return names;
}

bool is_given(Given const& one) { return one.text || !one.texts.empty() || one.flag; }

// A number that is none stays a text: the message's rule says what it must be.
json::Value number_of(std::string const& text) {
  std::int64_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [rest, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc{} && rest == end ? json::Value(number) : json::Value(text);
}

Result<json::Value> document_of(Console& console, std::string const& text) {
  if (!text.starts_with('@')) return json::parse(text);
  TRY(content, read_file(console, text.substr(1)));
  return json::parse(content);
}

Result<json::Value> value_given(Console& console, Given const& one) {
  switch (one.argument.value) {
    case ValueKind::flag:
      return json::Value(one.flag);
    case ValueKind::number:
      return number_of(*one.text);
    case ValueKind::document:
      return document_of(console, *one.text);
    case ValueKind::text:
      return json::Value(*one.text);
    case ValueKind::list:
      break;
  }
  json::Array items;
  for (std::string const& text : one.texts) items.emplace_back(text);
  return json::Value(std::move(items));
}

std::string text_of(json::Value const& value) {
  return value.string() != nullptr ? *value.string() : json::write(value);
}

// Where in a document that was given as one argument: "requests: ". Of other arguments nothing.
std::string place_in(VerbArgument const& argument, std::string const& pointer) {
  std::size_t const before = argument.member.size() + 2;  // "/rate/"
  if (argument.value != ValueKind::document || pointer.size() <= before) return {};
  return pointer.substr(before) + ": ";
}

// The first fault, with the argument that it is about.
Result<void> no_fault(std::vector<wire::FieldError> const& faults,
                      std::vector<Given> const& given) {
  if (faults.empty()) return {};
  auto const& [pointer, detail] = faults.front();
  for (Given const& one : given)
    if ((pointer + "/").starts_with("/" + one.argument.member + "/"))
      return fail("validation_error",
                  fmt::format("{}{}: {}{}", one.argument.positional ? "" : "--", one.argument.name,
                              place_in(one.argument, pointer), detail));
  return fail("validation_error", fmt::format("{} {}", pointer, detail));
}

}  // namespace

json::Value const& resolved(json::Value const& schema, wire::Schemas const& schemas) {
  if (auto const* either = schema.find("anyOf")) return resolved(either->array()->front(), schemas);
  auto const* reference = schema.find("$ref");
  if (reference == nullptr) return schema;
  std::string const& path = *reference->string();
  return schemas.at(path.substr(path.rfind('/') + 1));
}

std::string shown_name(std::string_view member, char between_words) {
  if (Unit const* unit = unit_of(member)) member.remove_suffix(unit->ending.size());
  std::string name(member);
  std::ranges::replace(name, '_', between_words);
  return name;
}

std::string_view command_of(std::string_view verb) {
  for (std::size_t i = 1; i < verb.size(); ++i)
    if (verb[i - 1] == ' ' && verb[i] >= 'A' && verb[i] <= 'Z') return verb.substr(0, i - 1);
  return verb;
}

std::vector<VerbArgument> arguments_of(wire::Endpoint const& operation) {
  std::vector<VerbArgument> all;
  append_parameters(all, operation);
  append_members(all, operation);
  auto const places = places_of(operation.verb);
  auto const place = [&places](VerbArgument const& one) {
    return std::ranges::find(places, one.name) - places.begin();
  };
  std::ranges::stable_sort(all, {}, place);
  for (VerbArgument& one : all) one.positional = place(one) < std::ssize(places);
  return all;
}

std::string example_of(wire::Endpoint const& operation) {
  std::string text = fmt::format("tally {}", command_of(operation.verb));
  for (VerbArgument const& one : arguments_of(operation)) {
    if (one.positional)
      text += " " + one.sample;
    else if (one.required)
      text += fmt::format(" --{} {}", one.name, one.sample);
  }
  return text;
}

Result<client::AnyRequest> request_of(Console& console, wire::Endpoint const& operation,
                                      std::vector<Given> const& given) {
  client::AnyRequest request;
  json::Object parameters, body;
  for (Given const& one : given) {
    bool const needed = one.argument.required && one.argument.value == ValueKind::flag;
    if (!is_given(one) && !needed) continue;
    auto value = value_given(console, one);
    if (!value)
      return fail(value.error().code,
                  fmt::format("{}: {}", one.argument.name, value.error().detail));
    if (one.argument.member == "wait_s" && value->integer() != nullptr)
      request.wait_s = *value->integer();
    if (one.argument.place != Place::body)
      request.parameters.push_back({.name = one.argument.member,
                                    .in_path = one.argument.place == Place::path,
                                    .text = text_of(*value)});
    auto& into = one.argument.place == Place::body ? body : parameters;
    into.emplace_back(one.argument.member, std::move(*value));
  }
  TRY_VOID(no_fault(operation.parameter_faults(json::Value(std::move(parameters))), given));
  if (operation.request == nullptr) return request;
  json::Value const document(std::move(body));
  TRY_VOID(no_fault(operation.request_faults(document), given));
  request.body = json::write(document);
  return request;
}

}  // namespace tally::cli
