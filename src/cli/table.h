#pragma once

// Rows under heads, each column as wide as its widest cell.

#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"

namespace tally::cli {

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

class Table {
 public:
  enum class Align { left, right };  // amounts and counts stand right
  struct Column {
    std::string head;
    Align align = Align::left;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  void print(Console& console) const;
  // Characters of its widest line.
  std::size_t width() const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Characters that a text takes on a line: code points of its UTF-8.
std::size_t width_of(std::string_view text);

}  // namespace tally::cli
