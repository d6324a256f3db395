#include "api/openapi.h"

#include <algorithm>

#include "api/routes.h"
#include "wire/idempotency_key.h"

namespace tally::api {

namespace {

json::Value text(std::string_view value) { return json::Value(value); }
json::Value object(json::Object members) { return json::Value(std::move(members)); }

json::Value content(std::string_view media_type, json::Value schema) {
  std::string const name(media_type.substr(0, media_type.find(';')));
  return object({{name, object({{"schema", std::move(schema)}})}});
}

json::Value parameter(std::string_view name, std::string_view in, bool required) {
  return object({{"name", text(name)},
                 {"in", text(in)},
                 {"required", json::Value(required)},
                 {"schema", object({{"type", text("string")}})}});
}

// "{path...}" is ours; OpenAPI knows "{path}".
std::string path_of(Route const& route) {
  std::string path(route.pattern);
  auto const dots = path.find("...}");
  if (dots != std::string::npos) path.erase(dots, 3);
  return path;
}

void append_path_parameters(std::string_view path, json::Array& parameters) {
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1))
    parameters.push_back(
        parameter(path.substr(open + 1, path.find('}', open) - open - 1), "path", true));
}

void append_query_parameters(std::string_view names, json::Array& parameters) {
  while (!names.empty()) {
    auto const space = names.find(' ');
    parameters.push_back(parameter(names.substr(0, space), "query", false));
    names = space == std::string_view::npos ? std::string_view() : names.substr(space + 1);
  }
}

json::Array parameters_of(Route const& route) {
  json::Array parameters;
  append_path_parameters(path_of(route), parameters);
  append_query_parameters(route.query, parameters);
  bool const submits = route.method == "POST" && route.pattern == "/v1/runs";
  if (takes_idempotency_key(route))
    parameters.push_back(parameter("Idempotency-Key", "header", submits));
  return parameters;
}

json::Value responses_of(Route const& route, wire::Schemas& schemas) {
  json::Value answer = route.answer ? route.answer(schemas) : object({});
  json::Object success{{"description", text(route.summary)},
                       {"content", content(route.media_type, std::move(answer))}};
  json::Object problem{
      {"description", text("A problem (RFC 9457)")},
      {"content", content(wire::kProblemMediaType, wire::schema_of<wire::Problem>(schemas))}};
  return object({{std::to_string(route.status), object(std::move(success))},
                 {"default", object(std::move(problem))}});
}

// "POST /v1/work/{lease}/start" is post_v1_work_lease_start.
std::string operation_id(Route const& route) {
  std::string id;
  for (char c : std::string(route.method) + path_of(route)) {
    bool const word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (word) id.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    if (!word && !id.empty() && id.back() != '_') id.push_back('_');
  }
  while (id.ends_with('_')) id.pop_back();
  return id;
}

json::Value operation_of(Route const& route, wire::Schemas& schemas) {
  json::Object operation{{"operationId", text(operation_id(route))},
                         {"summary", text(route.summary)}};
  if (route.scope.empty()) {
    operation.emplace_back("security", json::Value(json::Array{}));
  } else {
    operation.emplace_back("description",
                           text("Needs a key with the scope " + std::string(route.scope) + "."));
  }
  auto parameters = parameters_of(route);
  if (!parameters.empty()) operation.emplace_back("parameters", json::Value(std::move(parameters)));
  if (route.request) {
    operation.emplace_back(
        "requestBody", object({{"required", json::Value(true)},
                               {"content", content("application/json", route.request(schemas))}}));
  }
  operation.emplace_back("responses", responses_of(route, schemas));
  return object(std::move(operation));
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

json::Value paths(wire::Schemas& schemas) {
  json::Object all;
  for (Route const& route : routes()) {
    std::string const path = path_of(route);
    auto at = std::ranges::find(all, path, &json::Member::first);
    json::Object item = at == all.end() ? json::Object{} : *at->second.object();
    item.emplace_back(lower(route.method), operation_of(route, schemas));
    if (at == all.end()) {
      all.emplace_back(path, object(std::move(item)));
    } else {
      at->second = object(std::move(item));
    }
  }
  return object(std::move(all));
}

}  // namespace

json::Value openapi_document(std::string const& version) {
  wire::Schemas schemas;
  json::Value const all_paths = paths(schemas);
  json::Object components;
  for (auto& [name, schema] : schemas) components.emplace_back(name, std::move(schema));
  json::Object const bearer{{"type", text("http")},
                            {"scheme", text("bearer")},
                            {"description", text("A key: tk_ and 64 hexadecimal digits")}};
  return object(
      {{"openapi", text("3.1.0")},
       {"info", object({{"title", text("Tallystick")},
                        {"version", text(version)},
                        {"description", text("Runs with a hard spending limit, one charge for "
                                             "each, and a ledger that anyone can check.")}})},
       {"security", json::Value(json::Array{object({{"key", json::Value(json::Array{})}})})},
       {"paths", all_paths},
       {"components", object({{"securitySchemes", object({{"key", object(bearer)}})},
                              {"schemas", object(std::move(components))}})}});
}

}  // namespace tally::api
