#include "api/openapi_operation.h"

#include <algorithm>
#include <cctype>

#include "wire/endpoint_fields.h"
#include "wire/problem.h"

namespace tally::api {

namespace {

json::Value text(std::string_view value) { return json::Value(value); }
json::Value object(json::Object members) { return json::Value(std::move(members)); }
json::Value array(json::Array items) { return json::Value(std::move(items)); }

json::Value reference(std::string_view kind, std::string_view name) {
  return object({{"$ref", text("#/components/" + std::string(kind) + "/" + std::string(name))}});
}

// The media type without its parameters.
std::string name_of_form(std::string_view media_type) {
  return std::string(media_type.substr(0, media_type.find(';')));
}

json::Value headers_of(std::vector<wire::FieldKind const*> const& fields) {
  json::Object headers;
  for (auto const* field : fields)
    headers.emplace_back(std::string(field->name), reference("headers", field->name));
  return object(std::move(headers));
}

// "idempotency_key_reused" is IdempotencyKeyReused.
std::string camel(std::string_view code) {
  std::string name;
  bool first = true;
  for (char const c : code) {
    if (c != '_')
      name += first ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    first = c == '_';
  }
  return name;
}

using Kinds = std::vector<wire::ProblemKind const*>;

// A problem whose code is one of these.
json::Value problem_schema(Kinds const& kinds, wire::Schemas& schemas) {
  json::Array codes;
  for (auto const* kind : kinds) codes.push_back(text(kind->code));
  json::Object const narrowed{
      {"type", text("object")},
      {"properties",
       object({{"code", object({{"type", text("string")}, {"enum", array(std::move(codes))}})}})}};
  return object({{"allOf", array({wire::schema_of<wire::Problem>(schemas), object(narrowed)})}});
}

std::string titles_of(Kinds const& kinds) {
  std::string titles;
  for (auto const* kind : kinds)
    titles +=
        (titles.empty() ? "`" : "; `") + std::string(kind->code) + "`: " + std::string(kind->title);
  return titles;
}

void append_fields_of(Kinds const& kinds, std::vector<wire::FieldKind const*>& fields) {
  for (auto const* kind : kinds)
    for (auto const* field : wire::fields_of(*kind))
      if (std::ranges::find(fields, field) == fields.end()) fields.push_back(field);
}

json::Value refusal(Kinds const& kinds, wire::Schemas& schemas) {
  std::vector<wire::FieldKind const*> fields;
  append_fields_of(kinds, fields);
  return object({{"description", text(titles_of(kinds))},
                 {"headers", headers_of(fields)},
                 {"content", object({{std::string(wire::kProblemMediaType),
                                      object({{"schema", problem_schema(kinds, schemas)}})}})}});
}

// Refusals are the same for many operations: each set of them stands once.
json::Value refusal_reference(Kinds const& kinds, OpenApiParts& parts) {
  std::string name;
  for (auto const* kind : kinds) name += camel(kind->code);
  if (!parts.responses.contains(name)) parts.responses[name] = refusal(kinds, parts.schemas);
  return reference("responses", name);
}

std::map<int, Kinds> by_status(Kinds const& kinds) {
  std::map<int, Kinds> statuses;
  for (auto const* kind : kinds) statuses[kind->status].push_back(kind);
  return statuses;
}

json::Value schema_in(wire::Reply const& reply, wire::Schemas& schemas) {
  if (reply.schema) return reply.schema(schemas);
  if (reply.media_type == wire::kJson) return object({{"description", text("any JSON value")}});
  bool const bytes = reply.media_type == "application/octet-stream";
  return bytes ? object({}) : object({{"type", text("string")}});
}

// A repeated answer says so in its body too.
json::Value or_repeated(json::Value schema) {
  json::Object const repeated{
      {"type", text("object")},
      {"properties", object({{"idempotent_replay", object({{"type", text("boolean")}})}})}};
  return object({{"allOf", array({std::move(schema), object(repeated)})}});
}

// All forms of the answer of one status; a refusal of that status besides.
json::Value reply_of(wire::Endpoint const& endpoint, wire::Reply const& first, Kinds const& refused,
                     wire::Schemas& schemas) {
  json::Object content;
  for (wire::Reply const& reply : endpoint.replies) {
    if (reply.status != first.status || reply.media_type.empty()) continue;
    auto schema = schema_in(reply, schemas);
    if (!refused.empty() && reply.media_type == wire::kProblemMediaType)
      schema = object({{"anyOf", array({std::move(schema), problem_schema(refused, schemas)})}});
    if (endpoint.keyed == wire::Keyed::optional && reply.schema)
      schema = or_repeated(std::move(schema));
    content.emplace_back(name_of_form(reply.media_type), object({{"schema", std::move(schema)}}));
  }
  auto fields = wire::fields_of(endpoint, first);
  append_fields_of(refused, fields);
  json::Object response{{"description", text(first.says)}, {"headers", headers_of(fields)}};
  if (!content.empty()) response.emplace_back("content", object(std::move(content)));
  return object(std::move(response));
}

json::Value responses_of(wire::Endpoint const& endpoint, OpenApiParts& parts) {
  json::Object responses;
  auto refusals = by_status(wire::problems_of(endpoint));
  for (wire::Reply const& reply : endpoint.replies) {
    auto const status = std::to_string(reply.status);
    bool const seen = std::ranges::find(responses, status, &json::Member::first) != responses.end();
    if (reply.status == 0 || seen) continue;
    responses.emplace_back(status,
                           reply_of(endpoint, reply, refusals[reply.status], parts.schemas));
    refusals.erase(reply.status);
  }
  for (auto const& [status, kinds] : refusals)
    responses.emplace_back(std::to_string(status), refusal_reference(kinds, parts));
  responses.emplace_back("default", reference("responses", "Refused"));
  return object(std::move(responses));
}

json::Array parameters_of(wire::Endpoint const& endpoint, wire::Schemas& schemas) {
  json::Array parameters;
  for (auto& one : endpoint.parameters(schemas)) {
    json::Object parameter{{"name", text(one.name)},
                           {"in", text(one.in_path ? "path" : "query")},
                           {"required", json::Value(one.required)}};
    if (!one.says.empty()) parameter.emplace_back("description", text(one.says));
    parameter.emplace_back("schema", std::move(one.schema));
    parameters.push_back(object(std::move(parameter)));
  }
  if (endpoint.keyed == wire::Keyed::optional)
    parameters.push_back(reference("parameters", kIdempotencyParameter));
  if (endpoint.keyed == wire::Keyed::required)
    parameters.push_back(reference("parameters", kIdempotencyRequiredParameter));
  if (std::ranges::find(endpoint.replies, 304, &wire::Reply::status) != endpoint.replies.end())
    parameters.push_back(reference("parameters", kIfNoneMatchParameter));
  return parameters;
}

// One requirement a scope: a key with any of them will do.
json::Value security_of(wire::Endpoint const& endpoint) {
  json::Array any;
  for (KeyScope const scope : all_of(KeyScope{}))
    if (endpoint.scopes.contains(scope))
      any.push_back(object({{"key", array({text(name_of(scope))})}}));
  return array(std::move(any));
}

std::string description_of(wire::Endpoint const& endpoint) {
  std::string says = std::string(endpoint.summary) + ". ";
  says += endpoint.scopes.empty() ? "Open to all."
                                  : "Needs a key with the scope " + endpoint.scopes.text() + ".";
  if (endpoint.keyed == wire::Keyed::required)
    says += " Needs an idempotency key, but for a dry run.";
  if (endpoint.keyed == wire::Keyed::optional)
    says += " With an idempotency key it is done once, however often it is sent.";
  return says;
}

}  // namespace

std::string openapi_path(wire::Endpoint const& endpoint) {
  std::string path(endpoint.pattern);
  auto const dots = path.find("...}");
  if (dots != std::string::npos) path.erase(dots, 3);
  return path;
}

json::Value openapi_operation(wire::Endpoint const& endpoint, OpenApiParts& parts) {
  json::Object operation{{"operationId", text(endpoint.id)},
                         {"tags", array({text(endpoint.tag)})},
                         {"summary", text(endpoint.summary)},
                         {"description", text(description_of(endpoint))},
                         {"security", security_of(endpoint)}};
  auto parameters = parameters_of(endpoint, parts.schemas);
  if (!parameters.empty()) operation.emplace_back("parameters", array(std::move(parameters)));
  if (endpoint.request) {
    json::Value body = object({{"schema", endpoint.request(parts.schemas)}});
    operation.emplace_back(
        "requestBody",
        object({{"required", json::Value(true)},
                {"content", object({{std::string(wire::kJson), std::move(body)}})}}));
  }
  operation.emplace_back("responses", responses_of(endpoint, parts));
  return object(std::move(operation));
}

}  // namespace tally::api
