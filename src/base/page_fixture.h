#pragma once

// For tests of pages whose tables follow from the code. The test renders a table and compares it
// with the one on the page; run with `--rewrite`, it writes it there instead. A table begins with
// its head row, which no other table of the page may have, and ends with its last row.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tally::pages {

struct Table {
  std::string text;  // rows, each with its line feed; the head first

  explicit Table(std::vector<std::string> const& head) {
    row(head);
    text += "|";
    for (std::size_t i = 0; i < head.size(); ++i) text += "---|";
    text += "\n";
  }
  void row(std::vector<std::string> const& cells) {
    text += "|";
    for (std::string const& cell : cells) text += cell.empty() ? "  |" : " " + cell + " |";
    text += "\n";
  }
};

inline bool is_rewriting() {
  auto const arguments = ::testing::internal::GetArgvs();
  return std::ranges::find(arguments, "--rewrite") != arguments.end();
}

inline std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Of the lines of `a` those that are not in `b`.
inline std::string lines_without(std::vector<std::string> const& a,
                                 std::vector<std::string> const& b) {
  std::string left;
  for (std::string const& line : a)
    if (std::ranges::find(b, line) == b.end()) left += "\n" + line;
  return left;
}

// `page` from the root of the tree; `program` is the test, for the message.
inline void expect_on_page(std::string const& page, std::string const& table,
                           std::string_view program) {
  std::string const path = std::string(TALLY_SOURCE_DIR "/") + page;
  std::ostringstream whole;
  whole << std::ifstream(path).rdbuf();
  std::string const text = "\n" + whole.str();
  std::string const head = "\n" + table.substr(0, table.find('\n') + 1);
  std::size_t const at = text.find(head);
  ASSERT_NE(at, std::string::npos) << page << " has no table that begins with" << head;
  ASSERT_EQ(text.find(head, at + 1), std::string::npos) << page << " has two tables with" << head;
  std::size_t end = at + 1;
  while (end < text.size() && text[end] == '|')
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  std::string const there = text.substr(at + 1, end - at - 1);
  if (there == table) return;
  if (is_rewriting()) {
    std::ofstream(path) << text.substr(1, at) << table << text.substr(end);
    return;
  }
  auto const wanted = lines_of(table);
  auto const found = lines_of(there);
  ADD_FAILURE() << page << ": the table" << head
                << "lacks these rows, or has them elsewhere:" << lines_without(wanted, found)
                << "\nand has these that nothing in the code leads to:"
                << lines_without(found, wanted) << "\n"
                << program << " --rewrite writes the table anew.";
}

}  // namespace tally::pages
