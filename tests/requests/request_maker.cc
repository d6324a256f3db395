#include "requests/request_maker.h"

#include <fmt/format.h>

namespace tally::requests {

namespace {

constexpr std::string_view kAmounts[] = {"0",          "0.000001",
                                         "0.05",       "0.0500",
                                         "1",          "12.3456",
                                         "1000000000", "1000000000.000001",
                                         "9999999999", "-1",
                                         "-0.01",      "0.0000001",
                                         "",           "1e3",
                                         " 1",         "1,5",
                                         "0x10",       "999999999.999999",
                                         "00.10",      "10000000000000000",
                                         "\\u0661",    "NaN",
                                         ".5",         "5."};
constexpr std::string_view kSmallAmounts[] = {"0", "0.000001", "0.05", "0.0500", "1", "2.50"};
constexpr std::string_view kInstants[] = {"2026-01-02T00:00:00Z",
                                          "9999-12-31T23:59:59Z",
                                          "2255-06-05T23:47:34.740991Z",
                                          "2255-06-05T23:47:34.740992Z",
                                          "1970-01-01T00:00:00Z",
                                          "0000-01-01T00:00:00Z",
                                          "2026-02-29T00:00:00Z",
                                          "2028-02-29T23:59:59.1234Z",
                                          "2026-01-01T00:00:60Z",
                                          "2026-01-01",
                                          "now",
                                          "2300-01-01T00:00:00+01:00"};
constexpr std::string_view kIntegers[] = {"0",
                                          "1",
                                          "-1",
                                          "2",
                                          "64",
                                          "1000000",
                                          "9007199254740991",
                                          "9007199254740992",
                                          "-9007199254740992",
                                          "9223372036854775807",
                                          "18446744073709551616",
                                          "1.0",
                                          "1e2",
                                          "1e400",
                                          "-0",
                                          "0.5",
                                          "\"1\"",
                                          "null"};
constexpr std::string_view kPieces[] = {"a", "Z", "0", " ", "\\\"", "\\\\", "/", "%", "\xc3\xa9",
                                        "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\\ud83d\\ude00",
                                        // What no text of one line holds.
                                        "\\u0000", "\\u0001", "\\n", "\\u2028", "\\u202e"};
constexpr std::size_t kPiecesOfALine = 12;
constexpr std::string_view kBroken[] = {"\\ud83d", "\xff", "\\x", "\n", "\"", "\\u12"};
constexpr std::string_view kNumbers[] = {
    "0",    "-0",    "1.5",   "1e16",    "1e21", "9007199254740991",   "9007199254740992",
    "1e-7", "1e308", "1e309", "5e-324",  "0.1",  "123456789012345678", "-1.0",
    "01",   "1.",    "+1",    "Infinity"};
constexpr std::string_view kWords[] = {"",          "x",      "-1",    "0",
                                       "1",         "1000",   "true",  "false",
                                       "%00",       "..",     "null",  "9007199254740992",
                                       "succeeded", "queued", "a%2Fb", "99999999999999999999"};

json::Value const* member(json::Value const& of, std::string_view name) { return of.find(name); }

std::string text_member(json::Value const& of, std::string_view name) {
  auto const* found = of.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

std::int64_t integer_member(json::Value const& of, std::string_view name, std::int64_t otherwise) {
  auto const* found = of.find(name);
  return found != nullptr && found->integer() != nullptr ? *found->integer() : otherwise;
}

// What stops everything stops this test too: it is asked for seldom.
std::size_t weight_of(api::Route const& route) {
  if (route.method != "POST") return 4;
  if (route.pattern == "/v1/halt") return 2;
  return route.pattern == "/v1/runs" ? 60 : 12;
}

std::string json_text(std::string_view text) { return fmt::format("\"{}\"", text); }

}  // namespace

RequestMaker::RequestMaker(std::uint64_t seed, Pool& pool) : random_(seed), pool_(pool) {
  for (api::Route const& route : api::routes()) {
    if (route.request != nullptr) bodies_[&route] = route.request(schemas_);
    routes_.insert(routes_.end(), weight_of(route), &route);
  }
}

ports::HttpRequest RequestMaker::any() {
  Care const care = random_.chance(650) ? Care::careful : Care::careless;
  return of(*routes_[random_.below(routes_.size())], care);
}

ports::HttpRequest RequestMaker::of(api::Route const& route, Care care) {
  ports::HttpRequest request;
  request.method = route.method;
  request.path = target(route, care);
  request.query = query_of(route, care);
  request.peer = fmt::format("192.0.2.{}", random_.below(250));
  request.headers = headers(route, care);
  auto const body = bodies_.find(&route);
  if (body != bodies_.end()) request.body = body_of(body->second, "", care);
  if (care == Care::careless && random_.chance(30))
    request.body = request.body.substr(0, random_.below(request.body.size() + 1));
  return request;
}

std::string RequestMaker::target(api::Route const& route, Care care) {
  std::string target(route.pattern);
  for (auto open = target.find('{'); open != std::string::npos; open = target.find('{')) {
    auto const close = target.find('}', open);
    auto const name = target.substr(open + 1, close - open - 1);
    target.replace(open, close - open + 1, path_part(route.pattern, name, care));
  }
  return target;
}

std::string RequestMaker::path_part(std::string_view pattern, std::string_view name, Care care) {
  if (care == Care::careless && random_.chance(150)) {
    if (random_.chance(500)) return std::string(one_of(kWords));
    return std::string(1 + random_.below(300), 'x');
  }
  if (name == "lease") return pool_.any(random_, "lease_");
  if (name == "key") return pool_.any(random_, "key_");
  if (name == "correlation_id") return pool_.any(random_, "trace");
  if (name == "id") {
    if (pattern.find("approvals") != std::string_view::npos) return pool_.any(random_, "apr_");
    if (pattern.find("decisions") != std::string_view::npos) return pool_.any(random_, "dec_");
    return pool_.any(random_, "run_");
  }
  if (name == "code") return "budget_exceeded";
  if (name == "path...") return fmt::format("{}/000", random_.below(3));
  return name_of(name, Care::careful);
}

std::string RequestMaker::query_of(api::Route const& route, Care care) {
  std::string query;
  for (wire::Parameter const& parameter : route.parameters(schemas_)) {
    std::string const& name = parameter.name;
    if (parameter.in_path) continue;
    if (random_.chance(care == Care::careful ? 850 : 500)) continue;
    std::string value =
        care == Care::careful ? std::to_string(random_.below(30)) : std::string(one_of(kWords));
    if (name == "dry_run") value = "true";
    query += fmt::format("{}{}={}", query.empty() ? "" : "&", name, value);
  }
  if (care == Care::careless && random_.chance(30)) query += "&zzz=1";
  return query;
}

ports::HttpHeaders RequestMaker::headers(api::Route const& route, Care care) {
  ports::HttpHeaders headers;
  bool const odd = care == Care::careless;
  if (!odd || random_.chance(900)) {
    auto const token =
        random_.chance(odd ? 600 : 900) ? std::string("tk_operator") : pool_.any(random_, "tk_");
    headers.emplace_back("authorization", "Bearer " + token);
    if (odd && random_.chance(30)) headers.push_back(headers.back());
  }
  if (route.request != nullptr && (!odd || random_.chance(950)))
    headers.emplace_back("content-type", "application/json");
  if (random_.chance(route.pattern == "/v1/runs" ? 980 : 500)) {
    std::string key = fmt::format("k{}", random_.below(random_.chance(300) ? 40 : 1'000'000));
    if (odd && random_.chance(100)) key = std::string(random_.below(300), 'k');
    if (odd && random_.chance(50)) key += ", " + key;
    headers.emplace_back("idempotency-key", key);
    if (odd && random_.chance(30)) headers.push_back(headers.back());
  }
  if (random_.chance(100)) {
    auto const trace = pool_.any(random_, "trace");
    headers.emplace_back("traceparent", fmt::format("00-{}-00f067aa0ba902b7-01", trace));
    if (odd) headers.push_back(headers.back());
  }
  if (odd && random_.chance(50)) headers.emplace_back("accept", one_of(kWords));
  return headers;
}

std::string RequestMaker::body_of(json::Value const& schema, std::string_view name, Care care) {
  if (care == Care::careless && random_.chance(40)) return json_value();
  if (auto const reference = text_member(schema, "$ref"); !reference.empty())
    return body_of(schemas_.at(reference.substr(reference.rfind('/') + 1)), name, care);
  if (auto const* either = member(schema, "anyOf"))
    return random_.chance(200) ? "null" : body_of(either->array()->front(), name, care);
  auto const type = text_member(schema, "type");
  if (type == "object")
    return member(schema, "additionalProperties") ? labels_of(schema, care)
                                                  : object_of(schema, care);
  if (type == "array") return array_of(schema, name, care);
  if (type == "string") return text_of(schema, name, care);
  if (type == "integer") return integer_of(schema, care);
  if (type == "boolean") return random_.chance(500) ? "true" : "false";
  return json_value();
}

std::string RequestMaker::object_of(json::Value const& schema, Care care) {
  std::string text;
  auto const* required = member(schema, "required");
  for (auto const& [name, of] : *member(schema, "properties")->object()) {
    bool needed = false;
    if (required != nullptr)
      for (auto const& one : *required->array()) needed = needed || *one.string() == name;
    if (!needed && random_.chance(500)) continue;
    if (care == Care::careless && random_.chance(20)) continue;
    text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", name, body_of(of, name, care));
    if (care == Care::careless && random_.chance(5)) text += fmt::format(",\"{}\":1", name);
  }
  if (care == Care::careless && random_.chance(10))
    text += text.empty() ? "\"zzz\":1" : ",\"zzz\":1";
  return "{" + text + "}";
}

std::string RequestMaker::array_of(json::Value const& schema, std::string_view name, Care care) {
  std::size_t count = 1 + random_.below(3);
  if (care == Care::careless) count = random_.chance(50) ? 1 + random_.below(1'100) : count - 1;
  std::string text;
  for (; count > 0; --count)
    text += (text.empty() ? "" : ",") + body_of(*member(schema, "items"), name, care);
  return "[" + text + "]";
}

std::string RequestMaker::text_of(json::Value const& schema, std::string_view name, Care care) {
  if (auto const* choices = member(schema, "enum"))
    return json_text(*choices->array()->at(random_.below(choices->array()->size())).string());
  bool const edge = care == Care::careless || random_.chance(100);
  if (name.ends_with("_usd")) return json_text(edge ? one_of(kAmounts) : one_of(kSmallAmounts));
  if (text_member(schema, "format") == "date-time")
    return json_text(edge ? one_of(kInstants) : "2027-01-01T00:00:00Z");
  if (name == "scope") return json_text("job:" + pool_.any(random_, "job"));
  auto const pattern = text_member(schema, "pattern");
  if (pattern.find("[a-z0-9._-]{1,64}") != std::string::npos) return json_text(name_of(name, care));
  if (auto const bracket = pattern.find("[0-9a-f]{16}"); bracket != std::string::npos)
    return json_text(pool_.any(random_, pattern.substr(1, bracket - 1)));
  auto const low = integer_member(schema, "minLength", 0);
  auto const high = integer_member(schema, "maxLength", 300);
  auto const wide = static_cast<std::size_t>(high - low);
  std::size_t count = static_cast<std::size_t>(low) + random_.below(wide + 1);
  if (edge && random_.chance(400)) count = static_cast<std::size_t>(high);
  if (care == Care::careless && random_.chance(200)) count = static_cast<std::size_t>(high) + 1;
  std::string text = characters(count, care);
  if (care == Care::careless && random_.chance(20)) text += one_of(kBroken);
  return json_text(text);
}

std::string RequestMaker::integer_of(json::Value const& schema, Care care) {
  auto const low = integer_member(schema, "minimum", 0);
  auto const high = integer_member(schema, "maximum", 1'000);
  if (care == Care::careless && random_.chance(500)) return std::string(one_of(kIntegers));
  std::int64_t const edges[] = {low, high, std::min(low + 1, high), low + 1, low + 2};
  std::size_t const most = care == Care::careful ? 3 : 5;
  std::int64_t const value = edges[random_.below(most)];
  return std::to_string(care == Care::careless && random_.chance(100) ? high + 1 : value);
}

std::string RequestMaker::labels_of(json::Value const& schema, Care care) {
  auto const most = static_cast<std::size_t>(integer_member(schema, "maxProperties", 16));
  std::size_t count = random_.below(3);
  if (random_.chance(100)) count = most;
  if (care == Care::careless && random_.chance(100)) count = most + 1;
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t const length = random_.chance(100) ? 256 : random_.below(20);
    text += fmt::format("{}\"{}{}\":\"{}\"", i == 0 ? "" : ",", i,
                        characters(random_.below(60), care), characters(length, care));
  }
  return "{" + text + "}";
}

std::string RequestMaker::name_of(std::string_view name, Care care) {
  std::string_view kind = name;
  if (name == "jobs") kind = "job";
  if (name == "owner") kind = "person";
  if (care == Care::careless && random_.chance(100)) return std::string(one_of(kWords));
  if (care == Care::careless && random_.chance(60)) return std::string(random_.below(70), 'n');
  bool const fresh = kind != "job" && random_.chance(200);
  if (!fresh && pool_.has(kind)) return pool_.any(random_, kind);
  auto made = fmt::format("{}-{}", kind, random_.below(1'000));
  if (!pool_.has(kind) || random_.chance(200)) pool_.add(kind, made);
  return made;
}

std::string RequestMaker::characters(std::size_t count, Care care) {
  std::string text;
  bool const plain = random_.chance(500);
  std::size_t const pieces = care == Care::careful ? kPiecesOfALine : std::size(kPieces);
  for (std::size_t i = 0; i < count; ++i) text += plain ? "x" : kPieces[random_.below(pieces)];
  return text;
}

std::string RequestMaker::json_value(int depth) {
  switch (random_.below(depth > 5 ? 5 : 9)) {
    case 0:
      return "null";
    case 1:
      return random_.chance(500) ? "true" : "false";
    case 2:
    case 3:
      return std::string(random_.chance(700) ? kNumbers[random_.below(14)] : one_of(kNumbers));
    case 4: {
      std::size_t const length = random_.chance(30) ? 40'000 : random_.below(30);
      return json_text(characters(length, Care::careless) +
                       std::string(random_.chance(10) ? one_of(kBroken) : ""));
    }
    case 5: {
      std::string const inner = json_value(depth + 1);
      std::size_t const times = random_.chance(50) ? random_.below(80) : 1;
      return std::string(times, '[') + inner + std::string(times, ']');
    }
    default: {
      std::string text;
      for (auto n = random_.below(4); n > 0; --n)
        text += fmt::format("{}\"{}{}\":{}", text.empty() ? "" : ",", n,
                            characters(n, Care::careless), json_value(depth + 1));
      return "{" + text + "}";
    }
  }
}

}  // namespace tally::requests
