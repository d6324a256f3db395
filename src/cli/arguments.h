#pragma once

// What a command takes, declared into variables of the types that it wants. A narrow face of
// CLI11, which only arguments.cc and program.cc see.

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "cli/words.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tally::cli {

class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}
  Argument& required();
  Argument& one_of(std::span<std::string_view const> words);
  Argument& within(std::int64_t min, std::int64_t max);
  // How many values follow its name, and no other number.
  Argument& values(int count);
  // "a,b" is two values.
  Argument& comma_separated();
  // For help: "USD", "FILE".
  Argument& kind(std::string_view kind);

 private:
  friend class Arguments;
  CLI::Option* option_;
};

class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  // `names` as "-o,--output", or a plain word for a positional argument. A vector takes any
  // number. `into` outlives the parse.
  template <class T>
  Argument option(std::string const& names, T& into, std::string const& help) {
    Argument added = add(
        names, [&into](std::string const& text) { return Word<T>::read(text, into); }, help,
        kTakesMany<T>);
    added.kind(Word<T>::kind);
    return added;
  }
  void flag(std::string const& names, bool& into, std::string const& help);
  // At most one of them may be given.
  void exclusive(std::initializer_list<Argument> arguments);

 private:
  // Returns what is wrong with the text, or nothing.
  using Read = std::function<std::string(std::string const&)>;
  Argument add(std::string const& names, Read read, std::string const& help, bool many);

  CLI::App& app_;
};

}  // namespace tally::cli
