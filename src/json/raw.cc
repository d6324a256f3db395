#include "json/raw.h"

namespace tally::json {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Moves over the parts of a document that is known to be one.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) { space(); }

  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void step() {
    ++at_;
    space();
  }
  // What stands between the quotes.
  std::string_view string() {
    std::size_t const start = at_ + 1;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    auto const inside = text_.substr(start, at_ - start);
    step();
    return inside;
  }
  std::string_view value() {
    std::size_t const start = at_;
    std::size_t end = at_;
    std::size_t depth = 0;
    do {
      char const c = here();
      if (c == '"') {
        end = skip_string();
      } else {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        end = ++at_;
      }
      if (depth == 0 && (c == '"' || c == '}' || c == ']')) break;
    } while (at_ < text_.size() && (depth > 0 || !ends_value(here())));
    space();
    return text_.substr(start, end - start);
  }

 private:
  static bool ends_value(char c) {
    return c == ',' || c == '}' || c == ']' || kSpace.find(c) != std::string_view::npos;
  }
  std::size_t skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    return ++at_;
  }
  void space() {
    while (at_ < text_.size() && kSpace.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string_view> raw_member(std::string_view text, std::string_view name) {
  Walk walk(text);
  if (walk.here() != '{') return std::nullopt;
  walk.step();
  while (walk.here() == '"') {
    auto const found = walk.string();
    walk.step();  // the colon
    auto const value = walk.value();
    if (found == name) return value;
    if (walk.here() == ',') walk.step();
  }
  return std::nullopt;
}

}  // namespace tally::json
