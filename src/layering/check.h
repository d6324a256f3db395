#pragma once

// `tally layers check` for C and C++: holds the #include lines of a tree against its layers.toml.
//
// Scanned are the sources (.h .hpp .cc .cpp .c .cxx) under every declared folder. Reported are
//   - an include of a folder that `uses` does not list,
//   - a third-party header that `headers` does not list (standard and system headers are free),
//   - a cycle of includes between folders,
//   - an #include whose file only the preprocessor knows,
//   - a source beside the folders but in none of them.
// A *_test.cc, *_test_*.h or *_fixture.h may also include gtest. Trees without a declared folder
// (tests/, bench/) are not read: they stand outside and may include anything.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace tally::layering {

// Larger sources are refused rather than read.
inline constexpr std::uintmax_t kSourceBytesMax = 16 * 1024 * 1024;

struct Violation {
  std::string file;  // relative to the root
  int line = 0;      // from 1; 0 when the whole file is meant
  std::string what;
  std::string remedy;  // one sentence
  bool operator==(Violation const&) const = default;
};

struct Report {
  std::size_t files_scanned = 0;
  std::vector<Violation> violations;  // by file and line; cycles last
};

// Errors: "layers_missing", "layers_invalid", "layers_empty" (not one source: nothing was
// checked, so nothing may pass), "io_error".
Result<Report> check(std::filesystem::path const& root);

// For a terminal: a violation in two lines, then the count.
std::string to_text(Report const& report);
// {"files_scanned":N,"ok":bool,"violations":[{"file","line","remedy","what"}]}
std::string to_json(Report const& report);

}  // namespace tally::layering
