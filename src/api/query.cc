#include "api/query.h"

#include <charconv>

#include "base/bytes.h"

namespace tally::api {

namespace {

// RFC 3986 percent-decoding; none for a broken escape.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    std::string hex(text.substr(i + 1, 2));
    for (char& c : hex) {
      if (c >= 'A' && c <= 'F') c = static_cast<char>(c + ('a' - 'A'));
    }
    auto const byte = from_hex(hex);
    if (!byte || byte->size() != 1) return std::nullopt;
    out.push_back(static_cast<char>((*byte)[0]));
    i += 2;
  }
  return out;
}

bool is_known(std::string_view known, std::string_view name) {
  while (!known.empty()) {
    auto const space = known.find(' ');
    if (known.substr(0, space) == name) return true;
    known = space == std::string_view::npos ? std::string_view() : known.substr(space + 1);
  }
  return false;
}

}  // namespace

Query Query::parse(std::string_view text, std::string_view known) {
  Query query;
  std::string const knows = known.empty() ? "this path takes no query parameters"
                                          : "known query parameters: " + std::string(known);
  while (!text.empty()) {
    auto const end = text.find('&');
    auto const pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) continue;
    auto const equals = pair.find('=');
    std::string const name(pair.substr(0, equals));
    if (!is_known(known, name)) {
      query.errors_.push_back({"", "the query has an unknown parameter; " + knows});
      return query;
    }
    auto value = decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!value) {
      query.fault(name, "is not percent-encoded correctly");
    } else if (!query.values_.emplace(name, std::move(*value)).second) {
      query.fault(name, "is given twice");
    }
  }
  return query;
}

void Query::fault(std::string const& name, std::string detail) {
  errors_.push_back({"", "the query parameter " + name + " " + std::move(detail)});
}

std::string Query::text(std::string const& name) const {
  auto const at = values_.find(name);
  return at == values_.end() ? std::string() : at->second;
}

std::int64_t Query::integer(std::string const& name, std::int64_t otherwise, std::int64_t min,
                            std::int64_t max) {
  if (!has(name)) return otherwise;
  std::string const given = text(name);
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  bool const whole = error == std::errc() && end == given.data() + given.size() && !given.empty();
  if (whole && value >= min && value <= max) return value;
  fault(name, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  return otherwise;
}

bool Query::flag(std::string const& name) {
  if (!has(name)) return false;
  std::string const given = text(name);
  if (given == "true" || given == "1") return true;
  if (given != "false" && given != "0") fault(name, "must be true or false");
  return false;
}

}  // namespace tally::api
