#pragma once

// The rules that `promtool check metrics` and OpenMetrics have for names, for the whole table.

#include <algorithm>
#include <string_view>

#include "metrics/definition.h"

namespace tally::metrics {

constexpr bool is_snake_case(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  return std::ranges::all_of(
      text, [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

constexpr bool is_one_sentence(std::string_view help) {
  return help.ends_with('.') && help.find_first_of("\\\n|") == std::string_view::npos;
}

constexpr std::string_view without_total(std::string_view name) {
  constexpr std::string_view kTotal = "_total";
  return name.ends_with(kTotal) ? name.substr(0, name.size() - kTotal.size()) : name;
}

// A counter ends in _total and nothing else does; a unit is the ending before it; endings that a
// histogram makes are no name's own; what a histogram needs of a label, nobody else uses.
constexpr bool is_well_named(Row const& row) {
  bool const is_total = row.name.ends_with("_total");
  bool const has_unit = row.unit.empty() || without_total(row.name).ends_with(row.unit);
  bool const is_reserved =
      row.name.ends_with("_bucket") || row.name.ends_with("_sum") || row.name.ends_with("_count");
  bool const has_bounds = !row.bounds.empty() && std::ranges::is_sorted(row.bounds);
  bool const labels_are_good = std::ranges::all_of(
      std::span(row.labels).first(row.label_count),
      [](LabelRow const& label) { return is_snake_case(label.name) && label.name != "le"; });
  return is_snake_case(row.name) && is_one_sentence(row.help) && has_unit && !is_reserved &&
         is_total == (row.type == Type::counter) && has_bounds == (row.type == Type::histogram) &&
         labels_are_good;
}

// Sorted by family, so that no name can stand twice.
constexpr bool are_in_order(std::span<Row const> rows) {
  return std::ranges::adjacent_find(
             rows, [](Row const& a, Row const& b) { return a.name >= b.name; }) == rows.end();
}

}  // namespace tally::metrics
