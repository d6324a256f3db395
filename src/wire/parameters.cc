#include "wire/parameters.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/nearest.h"

namespace tally::wire {

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

// Everything but the unreserved characters is escaped.
std::string encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char const c : text) {
    bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    std::size_t const byte = static_cast<unsigned char>(c);
    if (plain)
      out += c;
    else
      out += {'%', kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return out;
}

// "{id}" and "{path...}" are named id and path.
std::vector<std::string> names_in(std::string_view pattern) {
  std::vector<std::string> names;
  for (auto open = pattern.find('{'); open != std::string_view::npos;
       open = pattern.find('{', open + 1)) {
    auto const name = pattern.substr(open + 1, pattern.find('}', open) - open - 1);
    names.emplace_back(name.substr(0, name.find('.')));
  }
  return names;
}

}  // namespace

ParameterReader::ParameterReader(std::string_view pattern, std::vector<std::string> const& segments,
                                 std::string_view query) {
  auto const names = names_in(pattern);
  for (std::size_t i = 0; i < names.size() && i < segments.size(); ++i)
    path_.emplace(names[i], segments[i]);
  while (!query.empty()) {
    auto const end = query.find('&');
    auto const pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    auto const equals = pair.find('=');
    std::string const name(pair.substr(0, equals));
    auto value = decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    bool const doubled = std::ranges::find(given_, name) != given_.end();
    if (!doubled) given_.push_back(name);
    if (value && !doubled) {
      query_.emplace(name, std::move(*value));
    } else if (!broken(name)) {
      unreadable_.push_back(name);
      query_.erase(name);
    }
  }
}

std::string ParameterReader::segment(std::string_view name) const {
  auto const at = path_.find(name);
  return at == path_.end() ? std::string() : at->second;
}

bool ParameterReader::broken(std::string_view name) const {
  return std::ranges::find(unreadable_, name) != unreadable_.end();
}

void ParameterReader::fault(std::string_view name, std::string_view detail) {
  // A query holds nothing but texts, so that this one is a text is no news.
  constexpr std::string_view kAsText = ", not a string";
  if (detail.ends_with(kAsText)) detail.remove_suffix(kAsText.size());
  if (errors_.size() >= kFieldErrorsMax) return;
  errors_.push_back({"", "the query parameter " + std::string(name) + " " + std::string(detail)});
}

std::vector<FieldError> ParameterReader::take() {
  for (auto const& one : known_)
    if (broken(one)) fault(one, "is given twice or is not percent-encoded correctly");
  for (auto const& name : given_) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    auto const meant = nearest(name, known_);
    std::string names;
    for (auto const& one : known_) names += (names.empty() ? "" : ", ") + one;
    std::string const helps = known_.empty() ? "this path takes none"
                              : meant        ? "did you mean " + *meant + "?"
                                             : "known are: " + names;
    errors_.insert(errors_.begin(), {"", "the query has an unknown parameter; " + helps});
    break;
  }
  return std::move(errors_);
}

json::Value ParameterReader::flag_of(std::string const& text) {
  if (text == "true" || text == "1") return json::Value(true);
  if (text == "false" || text == "0") return json::Value(false);
  return json::Value(text);
}

json::Value ParameterReader::number_of(std::string const& text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = error == std::errc() && end == text.data() + text.size();
  return whole ? json::Value(value) : json::Value(text);
}

std::string target_of(std::string_view pattern, std::vector<ParameterTexts::One> const& texts,
                      std::vector<ParameterTexts::One> const& usual) {
  std::string target(pattern);
  std::string query;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto const& one = texts[i];
    if (one.in_path) {
      auto const open = target.find("{" + one.name);
      if (open != std::string::npos)
        target.replace(open, target.find('}', open) - open + 1, encoded(one.text));
    } else if (one != usual[i]) {
      query += (query.empty() ? "?" : "&") + one.name + "=" + encoded(one.text);
    }
  }
  return target + query;
}

}  // namespace tally::wire
