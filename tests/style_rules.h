#pragma once

// The rules of form that a machine can see. Each takes one file and says what is wrong and what
// to use instead; which files it applies to is part of the rule. style_test.cc holds them against
// bad samples and against this tree.

#include <string>
#include <string_view>
#include <vector>

namespace tally::style {

inline constexpr int kSourceLinesMax = 400;
inline constexpr int kHeaderLinesMax = 200;
inline constexpr int kFunctionLinesMax = 70;
inline constexpr int kLineColumnsMax = 100;
inline constexpr std::size_t kFileBytesMax = 1024 * 1024;

struct SourceFile {
  std::string path;  // relative to the root, e.g. "src/domain/state.h"
  std::string text;
};

struct Finding {
  int line = 0;  // from 1; 0 when the whole file is meant
  std::string what;
};
using Findings = std::vector<Finding>;

Findings file_length(SourceFile const& file);
Findings line_length(SourceFile const& file);
// By braces: a body is what opens after a head with parentheses, outside any other body.
Findings function_length(SourceFile const& file);
Findings pragma_once(SourceFile const& file);

// Identifiers that have a better place to come from: time, randomness, waiting, environment,
// and what would make the domain depend on the machine.
Findings banned_words(SourceFile const& file);
// A scope or a role is asked for by its enum (base/closed_words.h), so that a wrong word does not
// compile.
Findings closed_words(SourceFile const& file);
// g++ 12.2 destroys temporaries built inside a co_await expression twice.
Findings co_await_operands(SourceFile const& file);
// Asio, Beast and simdjson stay in the sources of the folders that wrap them.
Findings heavy_includes(SourceFile const& file);

// Any file.
Findings unfinished_marks(SourceFile const& file);
Findings file_size(SourceFile const& file);
// By path alone: names that say nothing, and generated folders.
Findings empty_names(std::string const& path);
Findings generated_folders(std::string const& path);

}  // namespace tally::style
