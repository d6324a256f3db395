#include "api/openapi.h"

#include <algorithm>
#include <cctype>

#include "api/openapi_operation.h"
#include "api/routes.h"
#include "wire/endpoint_fields.h"
#include "wire/idempotency_key.h"
#include "wire/problem.h"

namespace tally::api {

namespace {

json::Value text(std::string_view value) { return json::Value(value); }
json::Value object(json::Object members) { return json::Value(std::move(members)); }

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

json::Value paths(OpenApiParts& parts) {
  json::Object all;
  for (Route const& route : routes()) {
    std::string const path = openapi_path(route);
    auto at = std::ranges::find(all, path, &json::Member::first);
    json::Object item = at == all.end() ? json::Object{} : *at->second.object();
    item.emplace_back(lower(route.method), openapi_operation(route, parts));
    if (at == all.end()) {
      all.emplace_back(path, object(std::move(item)));
    } else {
      at->second = object(std::move(item));
    }
  }
  return object(std::move(all));
}

json::Value schema_of_field(wire::FieldKind const& field) {
  if (field.type != "date-time") return object({{"type", text(field.type)}});
  return object({{"type", text("string")}, {"format", text("date-time")}});
}

json::Value headers() {
  json::Object all;
  for (wire::FieldKind const& field : wire::field_kinds())
    all.emplace_back(std::string(field.name), object({{"description", text(field.says)},
                                                      {"schema", schema_of_field(field)}}));
  return object(std::move(all));
}

json::Value header_parameter(std::string_view name, bool required, std::string_view says) {
  json::Object schema{{"type", text("string")}};
  if (name == "Idempotency-Key") {
    schema.emplace_back("minLength", json::Value(1));
    schema.emplace_back("maxLength",
                        json::Value(static_cast<std::int64_t>(wire::kIdempotencyKeyCharactersMax)));
  }
  return object({{"name", text(name)},
                 {"in", text("header")},
                 {"required", json::Value(required)},
                 {"description", text(says)},
                 {"schema", object(std::move(schema))}});
}

json::Value parameters() {
  return object(
      {{std::string(kIdempotencyParameter),
        header_parameter("Idempotency-Key", false,
                         "A name of your choice for this request: sent again with it, the request "
                         "does nothing again and gets the first answer")},
       {std::string(kIdempotencyRequiredParameter),
        header_parameter("Idempotency-Key", false,
                         "Required but for a dry run. A name of your choice for this request: sent "
                         "again with it, the request does nothing again and gets the first "
                         "answer")},
       {std::string(kIfNoneMatchParameter),
        header_parameter("If-None-Match", false, "The ETag of what the caller has")}});
}

json::Value tags() {
  json::Array all;
  for (wire::Tag const& tag : wire::kTags)
    all.push_back(object({{"name", text(tag.name)}, {"description", text(tag.says)}}));
  return json::Value(std::move(all));
}

json::Value info(std::string const& version) {
  return object(
      {{"title", text("Tallystick")},
       {"version", text(version)},
       {"description", text("Runs with a hard spending limit, one charge for each, and a ledger "
                            "that anyone can check.")},
       {"license", object({{"name", text("Apache 2.0")}, {"identifier", text("Apache-2.0")}})}});
}

// What is refused before it is known which operation was meant.
json::Value refused(wire::Schemas& schemas) {
  json::Value const schema = object({{"schema", wire::schema_of<wire::Problem>(schemas)}});
  return object({{"description", text("A problem (RFC 9457) of the connection or of the head")},
                 {"content", object({{std::string(wire::kProblemMediaType), schema}})}});
}

template <class Map>
json::Value as_object(Map& map) {
  json::Object members;
  for (auto& [name, value] : map) members.emplace_back(name, std::move(value));
  return object(std::move(members));
}

}  // namespace

json::Value openapi_document(std::string const& version) {
  OpenApiParts parts;
  json::Value all_paths = paths(parts);
  parts.responses["Refused"] = refused(parts.schemas);
  json::Object const bearer{{"type", text("http")},
                            {"scheme", text("bearer")},
                            {"description", text("A key: tk_ and 64 hexadecimal digits. The words "
                                                 "beside it are scopes that the key needs.")}};
  return object({{"openapi", text("3.1.0")},
                 {"info", info(version)},
                 {"servers", json::Value(json::Array{object({{"url", text("/")}})})},
                 {"tags", tags()},
                 {"paths", std::move(all_paths)},
                 {"components", object({{"securitySchemes", object({{"key", object(bearer)}})},
                                        {"parameters", parameters()},
                                        {"headers", headers()},
                                        {"responses", as_object(parts.responses)},
                                        {"schemas", as_object(parts.schemas)}})}});
}

}  // namespace tally::api
