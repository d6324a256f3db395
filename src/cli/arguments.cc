#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/printable.h"

namespace tally::cli {

namespace {

constexpr std::size_t kShownBytesMax = 200;  // of a wrong argument

std::string shown(std::string const& text) { return printable(text, kShownBytesMax); }

}  // namespace

Argument& Argument::required() {
  option_->required();
  return *this;
}

Argument& Argument::kind(std::string_view kind) {
  option_->type_name(std::string(kind));
  return *this;
}

Argument& Argument::values(int count) {
  option_->expected(count);
  return *this;
}

Argument& Argument::comma_separated() {
  option_->delimiter(',');
  return *this;
}

Argument& Argument::one_of(std::span<std::string_view const> words) {
  kind(fmt::format("{}", fmt::join(words, "|")));
  option_->check([words](std::string const& text) -> std::string {
    if (std::ranges::find(words, text) != words.end()) return {};
    return fmt::format("\"{}\" is none of {}", shown(text), fmt::join(words, ", "));
  });
  return *this;
}

Argument& Argument::within(std::int64_t min, std::int64_t max) {
  option_->check([min, max](std::string const& text) -> std::string {
    std::int64_t number = 0;
    auto fault = Word<std::int64_t>::read(text, number);
    if (!fault.empty() || (number >= min && number <= max)) return fault;
    return fmt::format("must be from {} to {}", min, max);
  });
  return *this;
}

Argument Arguments::add(std::string const& names, Read read, std::string const& help, bool many) {
  auto* option = app_.add_option(
      names,
      [read = std::move(read), names](CLI::results_t const& texts) {
        for (std::string const& text : texts)
          if (auto fault = read(text); !fault.empty())
            throw CLI::ValidationError(names, fmt::format("\"{}\" {}", shown(text), fault));
        return true;
      },
      help);
  if (many) option->expected(1, CLI::detail::expected_max_vector_size);
  return Argument(option);
}

void Arguments::flag(std::string const& names, bool& into, std::string const& help) {
  app_.add_flag(names, into, help);
}

void Arguments::exclusive(std::initializer_list<Argument> arguments) {
  for (Argument const& one : arguments)
    for (Argument const& other : arguments)
      if (one.option_ != other.option_) one.option_->excludes(other.option_);
}

}  // namespace tally::cli
