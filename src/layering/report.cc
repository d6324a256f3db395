// The two faces of a report.

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cstdint>
#include <iterator>
#include <sstream>

#include "layering/check.h"

namespace tally::layering {
namespace {

std::string place(Violation const& violation) {
  if (violation.line == 0) return violation.file;
  return fmt::format("{}:{}", violation.file, violation.line);
}

std::string counted(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace

std::string to_text(Report const& report) {
  std::string text;
  for (auto const& violation : report.violations)
    fmt::format_to(std::back_inserter(text), "{}: {}\n    {}\n", place(violation), violation.what,
                   violation.remedy);
  fmt::format_to(std::back_inserter(text), "{} scanned, {}\n",
                 counted(report.files_scanned, "file"),
                 counted(report.violations.size(), "violation"));
  return text;
}

// toml++ writes JSON too, so this folder needs no second JSON writer.
std::string to_json(Report const& report) {
  toml::array violations;
  for (auto const& violation : report.violations)
    violations.push_back(toml::table{{"file", violation.file},
                                     {"line", violation.line},
                                     {"what", violation.what},
                                     {"remedy", violation.remedy}});
  toml::table document{{"ok", report.violations.empty()},
                       {"files_scanned", static_cast<std::int64_t>(report.files_scanned)},
                       {"violations", std::move(violations)}};
  std::ostringstream text;
  text << toml::json_formatter(document, toml::format_flags::none) << '\n';
  return text.str();
}

}  // namespace tally::layering
