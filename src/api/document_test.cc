#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <utility>

#include "api/openapi.h"
#include "api/openapi_operation.h"
#include "api/routes.h"
#include "api/test_document.h"
#include "api/test_world.h"
#include "wire/endpoint_fields.h"

namespace tally::api {

namespace {

json::Value const& document() {
  static json::Value const made = openapi_document("1");
  return made;
}

// "#/components/schemas/Run" or the value itself.
json::Value const& resolved(json::Value const& value) {
  json::Value const* at = value.find("$ref");
  if (at == nullptr) return value;
  std::string_view path = *at->string();
  json::Value const* found = &document();
  while (found != nullptr && path.find('/') != std::string_view::npos) {
    path.remove_prefix(path.find('/') + 1);
    found = found->find(path.substr(0, path.find('/')));
  }
  EXPECT_NE(found, nullptr) << *at->string();
  return found ? resolved(*found) : value;
}

std::int64_t characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

bool fits_pattern(std::string const& pattern, std::string const& text) {
  static std::map<std::string, std::regex> compiled;
  auto const at = compiled.try_emplace(pattern, pattern).first;
  return std::regex_search(text, at->second);
}

bool is_of_type(std::string_view type, json::Value const& value) {
  if (type == "object") return value.object() != nullptr;
  if (type == "array") return value.array() != nullptr;
  if (type == "string") return value.string() != nullptr;
  if (type == "integer") return value.integer() != nullptr;
  if (type == "boolean") return value.boolean() != nullptr;
  return type == "null" && value.is_null();
}

// Members that the schema names, in whichever of its parts.
std::set<std::string> members_of(json::Value const& schema) {
  std::set<std::string> names;
  json::Value const& whole = resolved(schema);
  if (auto const* properties = whole.find("properties"))
    for (auto const& [name, member] : *properties->object()) names.insert(name);
  for (auto const* parts : {whole.find("allOf"), whole.find("anyOf")})
    if (parts != nullptr)
      for (auto const& part : *parts->array()) names.merge(members_of(part));
  return names;
}

// Answers of one operation and status; a flood of the same says nothing new.
constexpr int kLookedAtMax = 200;

enum class Unnamed { refused, passed };

class Checker {
 public:
  std::string fault;

  void check(json::Value const& schema, json::Value const& value, std::string const& at,
             Unnamed unnamed = Unnamed::refused) {
    json::Value const& whole = resolved(schema);
    auto const names = members_of(whole);
    if (value.object() && !names.empty() && unnamed == Unnamed::refused)
      for (auto const& [name, member] : *value.object())
        if (!names.contains(name)) say(at, "has a member that is not described: " + name);
    for (auto const& [keyword, rule] : *whole.object()) one(keyword, rule, whole, value, at);
  }

 private:
  void say(std::string const& at, std::string const& what) {
    if (fault.empty()) fault = (at.empty() ? "the body" : at) + " " + what;
  }

  void one(std::string const& keyword, json::Value const& rule, json::Value const& schema,
           json::Value const& value, std::string const& at) {
    static std::set<std::string> const kSaysNothing{"description", "format"};
    if (kSaysNothing.contains(keyword)) return;
    if (keyword == "type") {
      if (!is_of_type(*rule.string(), value)) say(at, "is no " + *rule.string());
    } else if (keyword == "enum") {
      if (std::ranges::find(*rule.array(), value) == rule.array()->end())
        say(at, "is none of the words: " + json::write(value));
    } else if (keyword == "allOf") {
      for (auto const& part : *rule.array()) check(part, value, at, Unnamed::passed);
    } else if (keyword == "anyOf") {
      any(rule, value, at);
    } else if (keyword == "items") {
      if (value.array())
        for (auto const& item : *value.array()) check(rule, item, at + "/*");
    } else if (!of_object(keyword, rule, schema, value, at) &&
               !of_bounds(keyword, rule, value, at)) {
      say(at, "has a keyword that the checker does not know: " + keyword);
    }
  }

  void any(json::Value const& rule, json::Value const& value, std::string const& at) {
    std::string first;
    for (auto const& part : *rule.array()) {
      Checker inner;
      inner.check(part, value, at);
      if (inner.fault.empty()) return;
      if (first.empty()) first = inner.fault;
    }
    if (fault.empty()) fault = first;
  }

  bool of_object(std::string const& keyword, json::Value const& rule, json::Value const& schema,
                 json::Value const& value, std::string const& at) {
    bool const is_object = value.object() != nullptr;
    if (keyword == "properties") {
      for (auto const& [name, member] : *rule.object())
        if (auto const* there = value.find(name)) check(member, *there, at + "/" + name);
    } else if (keyword == "required") {
      for (auto const& name : *rule.array())
        if (is_object && !value.find(*name.string())) say(at, "lacks " + *name.string());
    } else if (keyword == "additionalProperties") {
      if (is_object)
        for (auto const& [name, member] : *value.object())
          if (!schema.find("properties")) check(rule, member, at + "/" + name);
    } else if (keyword == "propertyNames") {
      if (is_object)
        for (auto const& [name, member] : *value.object())
          check(rule, json::Value(name), at + "/" + name);
    } else {
      return false;
    }
    return true;
  }

  bool of_bounds(std::string const& keyword, json::Value const& rule, json::Value const& value,
                 std::string const& at) {
    auto const* text = value.string();
    auto const* number = value.integer();
    if (keyword == "pattern") {
      if (text && !fits_pattern(*rule.string(), *text)) say(at, "does not fit: " + *text);
      return true;
    }
    std::optional<std::int64_t> size;
    if (keyword.ends_with("Length")) size = text ? characters(*text) : size;
    if (keyword.ends_with("imum")) size = number ? *number : size;
    if (keyword.ends_with("Items")) size = value.array() ? std::ssize(*value.array()) : size;
    if (keyword.ends_with("Properties")) size = value.object() ? std::ssize(*value.object()) : size;
    static std::set<std::string> const kLow{"minLength", "minimum", "minItems", "minProperties"};
    static std::set<std::string> const kHigh{"maxLength", "maximum", "maxItems", "maxProperties"};
    bool const is_low = kLow.contains(keyword), is_high = kHigh.contains(keyword);
    if (size && is_low && *size < *rule.integer()) say(at, "is below " + keyword);
    if (size && is_high && *size > *rule.integer()) say(at, "is above " + keyword);
    return is_low || is_high;
  }
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string field(ports::HttpResponse const& answer, std::string_view name) {
  for (auto const& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

// A field of ours that the response does not name.
std::string undescribed_field(json::Value const& response, ports::HttpResponse const& answer) {
  auto const* headers = response.find("headers");
  for (auto const& [name, value] : answer.headers) {
    auto const kinds = wire::field_kinds();
    auto const kind = std::ranges::find_if(
        kinds, [&, sent = name](wire::FieldKind const& one) { return lower(one.name) == sent; });
    if (kind == kinds.end()) continue;
    if (headers == nullptr || headers->find(kind->name) == nullptr) return std::string(kind->name);
  }
  return {};
}

std::string fault_of(json::Value const& operation, ports::HttpResponse const& answer) {
  auto const* reference = operation.find("responses")->find(std::to_string(answer.status));
  if (reference == nullptr) return "the status is not described";
  json::Value const& response = resolved(*reference);
  if (auto const name = undescribed_field(response, answer); !name.empty())
    return "the field is not described: " + name;
  auto const* content = response.find("content");
  if (content == nullptr) return answer.body.empty() ? "" : "a body is not described";
  auto const type = field(answer, "content-type");
  auto const* form = content->find(type.substr(0, type.find(';')));
  if (form == nullptr) return "the form is not described: " + type;
  bool const is_lines = type.find("ndjson") != std::string::npos;
  if (type.find("json") == std::string::npos || is_lines) return "";
  auto const body = json::parse(answer.body);
  return body ? not_as_schema(*form->find("schema"), *body) : "the body is no JSON";
}

}  // namespace

std::string not_as_schema(json::Value const& schema, json::Value const& value) {
  Checker checker;
  checker.check(schema, value, "");
  return checker.fault;
}

std::string not_as_described(std::string_view method, std::string_view path,
                             ports::HttpResponse const& answer) {
  auto const match = match_route(method, path);
  if (match.route == nullptr || method == "OPTIONS") return "";
  static std::map<std::pair<std::string_view, int>, int> looked_at;
  if (++looked_at[{match.route->id, answer.status}] > kLookedAtMax) return "";
  auto const* item = document().find("paths")->find(openapi_path(*match.route));
  auto const fault = fault_of(*item->find(lower(match.route->method)), answer);
  if (fault.empty()) return "";
  return fmt::format("{} {}: {}\n{}", wire::route_name(*match.route), answer.status, fault,
                     answer.body);
}

namespace {

json::Value parsed(std::string_view text) { return *json::parse(text); }

TEST(Described, FindsWhatASchemaDoesNotAllow) {
  auto const schema =
      parsed(R"({"type":"object","properties":{"n":{"type":"integer","minimum":1,"maximum":3},)"
             R"("s":{"type":"string","pattern":"^a","maxLength":2},"w":{"enum":["x"]},)"
             R"("l":{"type":"array","items":{"type":"boolean"}}},"required":["n"]})");
  EXPECT_EQ(not_as_schema(schema, parsed(R"({"n":1,"s":"ab","w":"x","l":[true]})")), "");
  for (auto const* wrong : {R"({})", R"({"n":0})", R"({"n":4})", R"({"n":"1"})", R"({"n":1.5})",
                            R"({"n":1,"s":"b"})", R"({"n":1,"s":"abc"})", R"({"n":1,"w":"y"})",
                            R"({"n":1,"l":[1]})", R"({"n":1,"unknown":1})", R"([])"})
    EXPECT_NE(not_as_schema(schema, parsed(wrong)), "") << wrong;
  EXPECT_NE(not_as_schema(parsed(R"({"multipleOf":2})"), parsed("4")), "");
}

TEST(Described, FindsAnswersThatNobodyDescribes) {
  World world;
  auto const sent = world.send("GET", "/v1/budget", world.admin);
  EXPECT_EQ(not_as_described("GET", "/v1/budget", sent->answer), "");
  auto const with = [&](auto change) {
    ports::HttpResponse answer = sent->answer;
    change(answer);
    return not_as_described("GET", "/v1/budget", answer);
  };
  EXPECT_NE(with([](auto& answer) { answer.status = 201; }), "");
  EXPECT_NE(with([](auto& answer) { answer.body = "{}"; }), "");
  EXPECT_NE(with([](auto& answer) { answer.body.insert(1, R"("more":1,)"); }), "");
  EXPECT_NE(with([](auto& answer) { answer.headers.emplace_back("etag", "\"1\""); }), "");
  EXPECT_NE(with([](auto& answer) { answer.headers[0].second = "text/csv"; }), "");
}

}  // namespace
}  // namespace tally::api
