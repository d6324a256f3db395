#include "sim/answer.h"

namespace tally::sim {

Answer Answer::read(ports::HttpResponse const& response) {
  Answer answer{.status = response.status, .body = {}, .lines = {}};
  for (auto const& [name, value] : response.headers)
    if (name == "content-type" && value == "application/x-ndjson") answer.lines = response.body;
  if (!answer.lines.empty()) return answer;
  if (auto body = json::parse(response.body)) answer.body = std::move(*body);
  return answer;
}

json::Value const* Answer::find(std::initializer_list<std::string_view> path) const {
  json::Value const* at = &body;
  for (auto const name : path)
    if (at != nullptr) at = at->find(name);
  return at;
}

std::string Answer::text(std::initializer_list<std::string_view> path) const {
  auto const* value = find(path);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

std::int64_t Answer::integer(std::initializer_list<std::string_view> path) const {
  auto const* value = find(path);
  return value != nullptr && value->integer() != nullptr ? *value->integer() : -1;
}

// -1 where there is no amount: no invariant mistakes it for one.
Micros Answer::usd(std::initializer_list<std::string_view> path) const {
  return parse_usd(text(path)).value_or(Micros(-1));
}

ports::HttpRequest get(std::string path, std::string const& token) {
  ports::HttpRequest request;
  request.method = "GET";
  auto const query = path.find('?');
  if (query != std::string::npos) {
    request.query = path.substr(query + 1);
    path.resize(query);
  }
  request.path = std::move(path);
  request.headers = {{"host", "sim"}, {"authorization", "Bearer " + token}};
  request.peer = "10.0.0.1";
  return request;
}

ports::HttpRequest post(std::string path, std::string const& token, std::string body) {
  auto request = get(std::move(path), token);
  request.method = "POST";
  request.headers.emplace_back("content-type", "application/json");
  request.body = std::move(body);
  return request;
}

}  // namespace tally::sim
