#include "layering/source_text.h"

#include <optional>

namespace tally::layering {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Walks the text once and paints each byte; what is not painted stays code.
class Painter {
 public:
  explicit Painter(std::string_view text) : text_(text), parts_(text.size(), Part::code) {}

  std::vector<Part> paint() && {
    while (at_ < text_.size()) step();
    return std::move(parts_);
  }

 private:
  void step() {
    auto rest = text_.substr(at_);
    if (rest.starts_with("//")) return take(line_end(), Part::comment);
    if (rest.starts_with("/*")) return take(after("*/", at_ + 2), Part::comment);
    if (rest[0] == '"' || rest[0] == '\'') return take(quote_end(at_), Part::literal);
    if (is_digit(rest[0])) return take(number_end(), Part::code);
    if (is_word(rest[0])) return word();
    ++at_;
  }

  void take(std::size_t end, Part part) {
    for (; at_ < end; ++at_) parts_[at_] = part;
  }

  // An identifier, or the prefix of a raw string: R, LR, uR, UR, u8R and then the quote.
  void word() {
    auto end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    auto name = text_.substr(at_, end - at_);
    bool raw = name == "R" || name == "LR" || name == "uR" || name == "UR" || name == "u8R";
    at_ = end;
    if (raw && end < text_.size() && text_[end] == '"') take(raw_end(), Part::literal);
  }

  // A preprocessing number: 1'000'000, 0x1p-3, 1e+9.
  std::size_t number_end() const {
    auto end = at_ + 1;
    for (; end < text_.size(); ++end) {
      char c = text_[end];
      char last = text_[end - 1];
      bool sign = (c == '+' || c == '-') && (last == 'e' || last == 'E' || last == 'p');
      bool separator = c == '\'' && end + 1 < text_.size() && is_word(text_[end + 1]);
      if (!is_word(c) && c != '.' && !sign && !separator) break;
    }
    return end;
  }

  // The end of the line, or of the last line that a backslash adds to it.
  std::size_t line_end() const {
    auto end = text_.find('\n', at_);
    while (end != std::string_view::npos) {
      auto last = text_.substr(0, end);
      if (last.ends_with('\r')) last.remove_suffix(1);
      if (!last.ends_with('\\')) return end;
      end = text_.find('\n', end + 1);
    }
    return text_.size();
  }

  // A string or character ends at its quote, or unterminated at the end of the line.
  std::size_t quote_end(std::size_t from) const {
    char quote = text_[from];
    for (auto i = from + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        if (text_.substr(i + 1).starts_with("\r\n")) ++i;
        ++i;
      } else if (text_[i] == quote) {
        return i + 1;
      } else if (text_[i] == '\n') {
        return i;
      }
    }
    return text_.size();
  }

  // At the quote of R"delimiter( ... )delimiter".
  std::size_t raw_end() const {
    auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return text_.size();
    auto close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    return after(close, open + 1);
  }

  std::size_t after(std::string_view mark, std::size_t from) const {
    auto found = text_.find(mark, from);
    return found == std::string_view::npos ? text_.size() : found + mark.size();
  }

  std::string_view text_;
  std::vector<Part> parts_;
  std::size_t at_ = 0;
};

// One line as the preprocessor sees it: splices joined, each comment one blank.
struct LogicalLine {
  std::string text;
  int number = 0;  // of its first physical line
  bool starts_in_literal = false;
};

std::size_t splice_length(std::string_view rest) {
  if (rest.starts_with("\\\n")) return 2;
  return rest.starts_with("\\\r\n") ? 3 : 0;
}

std::vector<LogicalLine> logical_lines(std::string_view text) {
  auto parts = classify(text);
  std::vector<LogicalLine> lines(1);
  lines.back().number = 1;
  int number = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (auto splice = splice_length(text.substr(i)); splice != 0) {
      i += splice - 1;
      ++number;
    } else if (text[i] == '\n' && parts[i] == Part::comment) {
      ++number;
    } else if (text[i] == '\n') {
      lines.push_back({{}, ++number, parts[i] == Part::literal});
    } else {
      lines.back().text += parts[i] == Part::comment ? ' ' : text[i];
    }
  }
  return lines;
}

void skip_blanks(std::string_view& text) {
  auto first = text.find_first_not_of(" \t\r\f\v");
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

bool skip(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

std::optional<Include> include_in(LogicalLine const& line) {
  std::string_view rest = line.text;
  skip_blanks(rest);
  if (line.starts_in_literal || !(skip(rest, "#") || skip(rest, "%:"))) return std::nullopt;
  skip_blanks(rest);
  if (!skip(rest, "include_next") && !skip(rest, "include")) return std::nullopt;
  if (!rest.empty() && is_word(rest[0])) return std::nullopt;
  skip_blanks(rest);
  bool quoted = rest.starts_with('"');
  if (quoted || rest.starts_with('<')) {
    auto end = rest.find(quoted ? '"' : '>', 1);
    if (end != std::string_view::npos)
      return Include{std::string(rest.substr(1, end - 1)), quoted ? Form::quoted : Form::angle,
                     line.number};
  }
  auto last = rest.find_last_not_of(" \t\r");
  return Include{std::string(rest.substr(0, last + 1)), Form::computed, line.number};
}

}  // namespace

std::vector<Part> classify(std::string_view text) { return Painter(text).paint(); }

std::string code_only(std::string_view text) {
  auto parts = classify(text);
  std::string code(text);
  for (std::size_t i = 0; i < code.size(); ++i)
    if (parts[i] != Part::code && code[i] != '\n') code[i] = ' ';
  return code;
}

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> found;
  for (auto const& line : logical_lines(text))
    if (auto include = include_in(line)) found.push_back(std::move(*include));
  return found;
}

}  // namespace tally::layering
