#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "cli/pages.h"

namespace tally::cli {

namespace {

// Walks the words before the cursor as far as they name a command, then offers what may follow.
// Needs no other script. "@file" and "@directory" stand for names of those on the disk.
constexpr std::string_view kWalk = R"bash(
_tally() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path='' next i words
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $before == '=' ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=${path:+$path }${COMP_WORDS[i]}
    [[ -n $(_tally_words "$next") ]] || break
    path=$next
  done
  words=$(_tally_values "$path $before")
  [[ -n $words ]] || words=$(_tally_words "$path")
  case $words in
    @file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    @directory) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    @any) COMPREPLY=() ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
  esac
}

complete -F _tally tally
)bash";

std::string joined(std::vector<std::string> const& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789_-";

bool has_only(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// Not what stands for a value, as in "FILE|-" and "JSON|@FILE".
bool is_word(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNoWords{"-", "DIR", "FILE"};
  return has_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:.-") &&
         std::ranges::find(kNoWords, text) == kNoWords.end();
}

// The words of a kind like "normal|safe", or of one word in lower case; empty: it takes any text.
std::vector<std::string> choices(std::string_view kind) {
  std::vector<std::string> words;
  if (kind.find('|') == std::string_view::npos) {
    if (has_only(kind, kLower)) words.emplace_back(kind);
    return words;
  }
  while (true) {
    auto const bar = kind.find('|');
    std::string_view const word = kind.substr(0, bar);
    if (!is_word(word)) return {};
    words.emplace_back(word);
    if (bar == std::string_view::npos) return words;
    kind.remove_prefix(bar + 1);
  }
}

// What follows the name of an option that takes a value.
std::string values_of(OptionOutline const& option) {
  if (auto const words = choices(option.kind); !words.empty()) return joined(words);
  if (option.kind.find("FILE") != std::string::npos) return "@file";
  if (option.kind.find("DIR") != std::string::npos) return "@directory";
  return "@any";
}

std::string row(std::string_view key, std::string_view words) {
  return fmt::format("    '{}') echo '{}' ;;\n", key, words);
}

}  // namespace

std::string bash_completion(std::span<CommandOutline const> commands) {
  // Groups and commands: what may follow each.
  std::map<std::string, std::vector<std::string>, std::less<>> follows;
  std::string values;
  auto offer = [&](std::string_view path, std::string_view word) {
    auto& words = follows[std::string(path)];
    if (std::ranges::find(words, word) == words.end()) words.emplace_back(word);
  };
  for (CommandOutline const& command : commands) {
    auto const space = command.path.find(' ');
    offer("", command.path.substr(0, space));
    if (space != std::string_view::npos)
      offer(command.path.substr(0, space), command.path.substr(space + 1));
    for (OptionOutline const& option : command.options) {
      if (option.positional) {
        for (std::string const& word : choices(option.kind)) offer(command.path, word);
        continue;
      }
      for (std::string const& name : option.names) {
        if (name.starts_with("--")) offer(command.path, name);
        if (!option.kind.empty())
          values += row(fmt::format("{} {}", command.path, name), values_of(option));
      }
    }
  }
  std::string text = "# Completion of commands for bash; made by `tally completion`.\n\n";
  text += "# What may follow a command.\n_tally_words() {\n  case $1 in\n";
  for (auto const& [path, words] : follows) text += row(path, joined(words));
  text += "  esac\n}\n\n# What an option of a command takes.\n_tally_values() {\n  case $1 in\n";
  text += values + "  esac\n}\n";
  return text.append(kWalk);
}

}  // namespace tally::cli
