#pragma once

// Requests for every route of the API, from its own table: bodies from the schemas that it
// publishes, with values at the edges of what they allow and beyond, and now and then something
// that is no request at all. A route that is added tomorrow is asked tomorrow.

#include <string>
#include <vector>

#include "api/routes.h"
#include "ports/http.h"
#include "requests/pool.h"

namespace tally::requests {

// How far a made value keeps to its schema.
enum class Care { careful, careless };

class RequestMaker {
 public:
  RequestMaker(std::uint64_t seed, Pool& pool);

  ports::HttpRequest any();
  ports::HttpRequest of(api::Route const& route, Care care);
  // One JSON value, as deep, long and odd as JSON allows, and a little beyond.
  std::string json_value(int depth = 0);

 private:
  std::string target(api::Route const& route, Care care);
  std::string path_part(std::string_view pattern, std::string_view name, Care care);
  std::string query_of(api::Route const& route, Care care);
  ports::HttpHeaders headers(api::Route const& route, Care care);
  std::string body_of(json::Value const& schema, std::string_view name, Care care);
  std::string object_of(json::Value const& schema, Care care);
  std::string array_of(json::Value const& schema, std::string_view name, Care care);
  std::string text_of(json::Value const& schema, std::string_view name, Care care);
  std::string integer_of(json::Value const& schema, Care care);
  std::string labels_of(json::Value const& schema, Care care);
  std::string name_of(std::string_view member, Care care);
  std::string characters(std::size_t count, Care care);
  template <std::size_t n>
  std::string_view one_of(std::string_view const (&values)[n]) {
    return values[random_.below(n)];
  }

  Prng random_;
  Pool& pool_;
  wire::Schemas schemas_;
  std::map<api::Route const*, json::Value> bodies_;
  std::vector<api::Route const*> routes_;
};

}  // namespace tally::requests
