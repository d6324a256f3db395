#include "tests/style_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "layering/source_text.h"

namespace tally::style {
namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

int line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + std::ptrdiff_t(at), '\n'));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Code points: every byte that does not continue another.
int columns(std::string_view line) {
  return static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// Names of a path with their separators: "/src/domain/run_util.h/".
bool has_component(std::string const& path, std::string_view name) {
  return ("/" + path + "/").find(fmt::format("/{}/", name)) != std::string::npos;
}

// --- words -------------------------------------------------------------------------------------

struct Word {
  std::string_view text;       // one identifier
  std::string_view qualified;  // with what stands before its "::"
  std::size_t at = 0;
  std::size_t end = 0;
};

std::vector<Word> words_of(std::string_view code) {
  std::vector<Word> words;
  std::size_t chain = 0;  // where the current a::b::c began
  for (std::size_t i = 0; i < code.size();) {
    if (!is_word(code[i])) {
      ++i;
      continue;
    }
    auto end = i;
    while (end < code.size() && is_word(code[end])) ++end;
    bool continues = !words.empty() && words.back().end + 2 == i && code.substr(i - 2, 2) == "::";
    if (!continues) chain = i;
    words.push_back({code.substr(i, end - i), code.substr(chain, end - chain), i, end});
    i = end;
  }
  return words;
}

// "rand", "std::shuffle", "unordered_*", "*_distribution", "sleep(", "time(nullptr)": an
// identifier or its tail, a star for the rest of it, and what must follow up to blanks.
bool matches(Word const& word, std::string_view code, std::string_view pattern) {
  auto paren = std::min(pattern.find('('), pattern.size());
  auto name = pattern.substr(0, paren);
  auto call = pattern.substr(paren);
  std::size_t at = word.end;
  for (char c : call) {
    while (at < code.size() && (code[at] == ' ' || code[at] == '\n')) ++at;
    if (!code.substr(at).starts_with(c)) return false;
    ++at;
  }
  if (name.ends_with('*')) return word.text.starts_with(name.substr(0, name.size() - 1));
  if (name.starts_with('*')) return word.text.ends_with(name.substr(1));
  if (name.find("::") != std::string_view::npos) return word.qualified.ends_with(name);
  return word.text == name;
}

// --- bans --------------------------------------------------------------------------------------

struct Ban {
  std::vector<std::string_view> patterns;
  std::function<bool(std::string const& path)> applies;
  std::string_view instead;
};

bool under(std::string const& path, std::string_view folder) { return path.starts_with(folder); }
bool is_main(std::string const& path) {
  return path.ends_with("/main.cc") || path.ends_with("_main.cc");
}
bool is_test(std::string const& path) {
  return under(path, "tests/") || path.ends_with("_test.cc");
}

std::vector<Ban> const& bans() {
  static std::vector<Ban> const all = {
      {{"system_clock", "steady_clock", "high_resolution_clock", "clock_gettime", "gettimeofday",
        "time(nullptr)", "time(NULL)", "time(0)"},
       [](auto const& path) { return !under(path, "src/platform/") && !under(path, "bench/"); },
       "take the time from ports::Clock (ports/clock.h)"},
      {{"rand", "srand", "drand48", "random_device", "mt19937", "mt19937_64",
        "default_random_engine", "*_distribution", "std::shuffle", "ranges::shuffle"},
       [](auto const&) { return true; },
       "use tally::Prng (base/prng.h) with a seed, or ports::Entropy for secrets"},
      {{"sleep_for", "sleep_until", "usleep", "nanosleep", "sleep("},
       [](auto const& path) { return !under(path, "bench/"); },
       "wait for the event itself, or step virtual time (sim/)"},
      {{"getenv", "secure_getenv"},
       [](auto const& path) { return !is_main(path) && !is_test(path); },
       "read the environment in main and hand the value down as an option"},
      {{"unordered_*", "flat_hash_*", "node_hash_*"},
       [](auto const& path) {
         return under(path, "src/domain/") && path != "src/domain/table.h" &&
                path != "src/domain/lookup.h";
       },
       "use Table or Lookup, whose order cannot be seen: what is decided may not depend on one"},
      {{"float", "double"},
       [](auto const& path) { return under(path, "src/domain/"); },
       "use integers with a unit (base/money.h, base/time.h)"},
  };
  return all;
}

// --- functions ---------------------------------------------------------------------------------

// The code without preprocessor lines, whose braces need not balance.
std::string without_directives(std::string const& text) {
  auto code = text;
  bool directive = false;
  std::size_t at = 0;
  for (auto line : lines_of(text)) {
    auto first = line.find_first_not_of(" \t");
    directive = directive || (first != std::string_view::npos && line[first] == '#');
    bool goes_on = line.ends_with('\\');
    if (directive) std::fill_n(code.begin() + std::ptrdiff_t(at), line.size(), ' ');
    directive = directive && goes_on;
    at += line.size() + 1;
  }
  return code;
}

// What stands between the last statement and a '{': the words outside () and template<>.
struct Head {
  std::set<std::string_view> words;
  bool has_parameters = false;
  bool assigns = false;  // '=' before the first '(': an initialiser
};

class HeadReader {
 public:
  Head read(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (!is_word(text[i])) {
        punctuation(text[i]);
        continue;
      }
      auto end = i;
      while (end < text.size() && is_word(text[end])) ++end;
      last_ = text.substr(i, end - i);
      if (round_ == 0 && angle_ == 0) head_.words.insert(last_);
      i = end - 1;
    }
    return std::move(head_);
  }

 private:
  void punctuation(char c) {
    bool outside = round_ == 0 && angle_ == 0;
    if (c == '(' && angle_ == 0) head_.has_parameters = true;
    if (c == '=' && outside && !head_.has_parameters && last_ != "operator") head_.assigns = true;
    if (c == '(') ++round_;
    if (c == ')') --round_;
    if (c == '<' && round_ == 0 && (angle_ > 0 || last_ == "template")) ++angle_;
    if (c == '>' && round_ == 0 && angle_ > 0) --angle_;
  }

  Head head_;
  std::string_view last_;
  int round_ = 0;
  int angle_ = 0;
};

bool opens_function(std::string_view text) {
  auto head = HeadReader().read(text);
  for (auto scope : {"namespace", "class", "struct", "union", "enum", "concept"})
    if (head.words.contains(scope)) return false;
  return head.has_parameters && !head.assigns;
}

std::size_t closing_brace(std::string_view code, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i;
  }
  return code.size();
}

// --- co_await ----------------------------------------------------------------------------------

// The end of the operand's statement: ';', or a bracket that was opened before co_await.
std::string_view operand_of(std::string_view code) {
  int depth = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    char c = code[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && --depth < 0) return code.substr(0, i);
    if (c == ';' && depth == 0) return code.substr(0, i);
  }
  return code;
}

// A '[' that follows a name or a closed bracket is a subscript; any other begins a lambda.
bool builds_in_place(std::string_view operand) {
  char last = ' ';
  for (char c : operand) {
    if (c == '{') return true;
    if (c == '[' && !is_word(last) && last != ')' && last != ']') return true;
    if (c != ' ' && c != '\n') last = c;
  }
  return false;
}

}  // namespace

Findings file_length(SourceFile const& file) {
  int lines = static_cast<int>(lines_of(file.text).size());
  int cap = file.path.ends_with(".h") ? kHeaderLinesMax : kSourceLinesMax;
  if (lines <= cap) return {};
  return {{0, fmt::format("{} lines; at most {}: give one idea a file of its own", lines, cap)}};
}

Findings line_length(SourceFile const& file) {
  Findings found;
  auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (auto width = columns(lines[i]); width > kLineColumnsMax)
      found.push_back({static_cast<int>(i) + 1,
                       fmt::format("{} columns; at most {}: run clang-format-16 or break the line",
                                   width, kLineColumnsMax)});
  return found;
}

Findings function_length(SourceFile const& file) {
  Findings found;
  auto text = without_directives(layering::code_only(file.text));
  std::string_view code = text;
  std::size_t head = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == ';' || code[i] == '}') head = i + 1;
    if (code[i] != '{') continue;
    if (opens_function(code.substr(head, i - head))) {
      auto close = closing_brace(code, i);
      auto first = std::min(code.find_first_not_of(" \n", head), i);
      auto lines = line_of(code, close) - line_of(code, first) + 1;
      if (lines > kFunctionLinesMax)
        found.push_back(
            {line_of(code, first), fmt::format("a function of {} lines; at most {}: name its steps",
                                               lines, kFunctionLinesMax)});
      i = close;
    }
    head = i + 1;
  }
  return found;
}

Findings pragma_once(SourceFile const& file) {
  if (!file.path.ends_with(".h")) return {};
  auto code = layering::code_only(file.text);
  for (auto line : lines_of(code)) {
    if (line.starts_with("#pragma once")) return {};
    if (line.starts_with("#")) break;
  }
  return {{1, "the first directive of a header is #pragma once"}};
}

Findings banned_words(SourceFile const& file) {
  Findings found;
  auto code = layering::code_only(file.text);
  auto words = words_of(code);
  for (auto const& ban : bans()) {
    if (!ban.applies(file.path)) continue;
    for (auto const& word : words)
      for (auto pattern : ban.patterns)
        if (matches(word, code, pattern))
          found.push_back({line_of(code, word.at),
                           fmt::format("{} is banned here: {}", word.text, ban.instead)});
  }
  return found;
}

Findings closed_words(SourceFile const& file) {
  Findings found;
  if (!under(file.path, "src/") || is_test(file.path)) return found;
  for (std::string_view const asked : {"scopes.contains(\"", "roles.contains(\""})
    for (auto at = file.text.find(asked); at != std::string::npos;
         at = file.text.find(asked, at + 1))
      found.push_back({line_of(file.text, at),
                       "a literal scope or role: ask `has` of the key or the person for a KeyScope "
                       "or a Role (base/closed_words.h)"});
  return found;
}

Findings co_await_operands(SourceFile const& file) {
  Findings found;
  auto code = layering::code_only(file.text);
  for (auto const& word : words_of(code))
    if (word.text == "co_await" &&
        builds_in_place(operand_of(std::string_view(code).substr(word.end))))
      found.push_back({line_of(code, word.at),
                       "a brace or a lambda inside a co_await expression is destroyed twice by "
                       "g++ 12: name it in a statement before and pass the name"});
  return found;
}

Findings heavy_includes(SourceFile const& file) {
  Findings found;
  bool wraps = under(file.path, "src/platform/") || under(file.path, "src/json/");
  if (wraps && file.path.ends_with(".cc")) return found;
  for (auto const& include : layering::includes_of(file.text))
    for (auto heavy : {"boost/asio", "boost/beast", "curl/", "simdjson"})
      if (include.target.starts_with(heavy))
        found.push_back(
            {include.line, fmt::format("{} belongs in a .cc of platform/ or json/: hide it behind "
                                       "ports/http.h, ports/outbound.h, json/value.h or a forward "
                                       "declaration",
                                       include.target)});
  return found;
}

Findings unfinished_marks(SourceFile const& file) {
  // Spelt in halves, so that this file does not accuse itself.
  static std::set<std::string> const marks = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X",
      "HA"
      "CK"};
  Findings found;
  for (auto const& word : words_of(file.text))
    if (marks.contains(std::string(word.text)))
      found.push_back(
          {line_of(file.text, word.at),
           fmt::format("{}: finish it, or say in docs/status.md that it is missing", word.text)});
  return found;
}

Findings file_size(SourceFile const& file) {
  if (file.text.size() <= kFileBytesMax) return {};
  return {{0, fmt::format("{} bytes; at most {}: keep data outside the tree", file.text.size(),
                          kFileBytesMax)}};
}

Findings empty_names(std::string const& path) {
  static std::set<std::string_view> const empty = {"util",    "utils", "common",  "helper",
                                                   "helpers", "misc",  "manager", "impl"};
  Findings found;
  for (std::size_t at = 0; at < path.size();) {
    auto end = std::min(path.find_first_of("/._-", at), path.size());
    if (empty.contains(std::string_view(path).substr(at, end - at)))
      found.push_back({0, fmt::format("\"{}\" names nothing: say what lives there",
                                      path.substr(at, end - at))});
    at = end + 1;
  }
  return found;
}

Findings generated_folders(std::string const& path) {
  for (auto made : {"build", "node_modules", "dist", "CMakeFiles", "__pycache__"})
    if (has_component(path, made))
      return {{0, fmt::format("{}/ is generated: untrack it and list it in .gitignore", made)}};
  return {};
}

}  // namespace tally::style
