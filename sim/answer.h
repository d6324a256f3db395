#pragma once

// An HTTP answer as a client reads it.

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "json/value.h"
#include "ports/http.h"

namespace tally::sim {

struct Answer {
  int status = 0;
  json::Value body;
  std::string lines = {};  // of what came as NDJSON

  static Answer read(ports::HttpResponse const& response);
  // A member by its path; nothing where there is none.
  json::Value const* find(std::initializer_list<std::string_view> path) const;
  std::string text(std::initializer_list<std::string_view> path) const;
  std::int64_t integer(std::initializer_list<std::string_view> path) const;
  Micros usd(std::initializer_list<std::string_view> path) const;
  template <class Id>
  Id id(std::string_view name) const {
    return parse_id<Id>(text({name})).value_or(Id());
  }
  std::string code() const { return text({"code"}); }
};

ports::HttpRequest get(std::string path, std::string const& token);
ports::HttpRequest post(std::string path, std::string const& token, std::string body);

}  // namespace tally::sim
