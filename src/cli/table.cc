#include "cli/table.h"

#include <algorithm>

namespace tally::cli {

namespace {

constexpr std::string_view kGap = "  ";

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = width_of(columns_[i].head);
    for (auto const& row : rows_) width = std::max(width, width_of(row.at(i).text));
    all.push_back(width);
  }
  return all;
}

std::size_t Table::width() const {
  std::size_t all = 0;
  for (std::size_t const one : widths()) all += one + kGap.size();
  return all;
}

void Table::print(Console& console) const {
  auto const wide = widths();
  auto const write = [&](auto const& text_of, auto const& tone_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::string const text(text_of(i));
      std::string const blanks(wide[i] - width_of(text), ' ');
      std::string const painted = console.painted(text, tone_of(i));
      if (i > 0) line += kGap;
      line += columns_[i].align == Align::right ? blanks + painted : painted + blanks;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    console.out() << line << '\n';
  };
  write([&](std::size_t i) { return std::string_view(columns_[i].head); },
        [](std::size_t) { return Tone::head; });
  for (auto const& row : rows_)
    write([&](std::size_t i) { return std::string_view(row[i].text); },
          [&](std::size_t i) { return row[i].tone; });
}

}  // namespace tally::cli
