#include "metrics/exposition.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::metrics {

namespace {

constexpr std::string_view kTotal = "_total";

std::string_view name_of(Type type) {
  switch (type) {
    case Type::counter:
      return "counter";
    case Type::gauge:
      return "gauge";
    case Type::histogram:
      return "histogram";
  }
  return "untyped";
}

// OpenMetrics names the family of a counter without its ending.
std::string_view family(Row const& row, Format format) {
  bool const bare = row.type == Type::counter && format == Format::openmetrics;
  return bare ? row.name.substr(0, row.name.size() - kTotal.size()) : row.name;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n')
      out += "\\n";
    else
      out.push_back(c);
  }
  return out;
}

// Whole units, and as many decimals as there are.
std::string number(std::int64_t value, std::int64_t parts) {
  if (parts == 1) return std::to_string(value);
  auto const size = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                              : static_cast<std::uint64_t>(value);
  auto const unit = static_cast<std::uint64_t>(parts);
  std::string text = fmt::format("{}{}.{:06}", value < 0 ? "-" : "", size / unit, size % unit);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

class Writer {
 public:
  explicit Writer(Format format) : format_(format) {}

  void head(Row const& row) {
    auto const name = family(row, format_);
    out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, row.help, name, name_of(row.type));
    if (format_ == Format::openmetrics && !row.unit.empty())
      out_ += fmt::format("# UNIT {} {}\n", name, row.unit);
  }

  void series(Row const& row, Sample const& sample) {
    std::string labels;
    for (std::size_t i = 0; i < row.label_count; ++i)
      labels += fmt::format("{}{}=\"{}\"", i == 0 ? "" : ",", row.labels.at(i).name,
                            escaped(sample.labels.at(i)));
    if (row.type == Type::histogram) return histogram(row, sample.cell, labels);
    line(row.name, "", labels, number(sample.cell.sum, row.parts));
  }

  std::string end() {
    if (format_ == Format::openmetrics) out_ += "# EOF\n";
    return std::move(out_);
  }

 private:
  void line(std::string_view name, std::string_view ending, std::string_view labels,
            std::string_view value) {
    out_.append(name).append(ending);
    if (!labels.empty()) out_.append("{").append(labels).append("}");
    out_.append(" ").append(value).append("\n");
  }

  // Buckets are cumulative, and the last one is all there is.
  void histogram(Row const& row, Cell const& cell, std::string const& labels) {
    std::string const before = labels.empty() ? labels : labels + ",";
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < cell.buckets.size(); ++i) {
      seen += cell.buckets[i];
      line(row.name, "_bucket", fmt::format("{}le=\"{}\"", before, bound(row, i)),
           std::to_string(seen));
    }
    line(row.name, "_sum", labels, number(cell.sum, row.parts));
    line(row.name, "_count", labels, std::to_string(seen));
  }

  // OpenMetrics wants a decimal point in it.
  std::string bound(Row const& row, std::size_t bucket) const {
    if (bucket == row.bounds.size()) return "+Inf";
    auto text = number(row.bounds[bucket], row.parts);
    bool const whole = text.find('.') == std::string::npos;
    return whole && format_ == Format::openmetrics ? text + ".0" : text;
  }

  Format format_;
  std::string out_;
};

std::string labels_in_words(Row const& row) {
  std::string text;
  for (LabelRow const& label : std::span(row.labels).first(row.label_count)) {
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", label.name);
    if (label.source == Source::registered) text += fmt::format(" (at most {})", label.values_max);
  }
  return text;
}

}  // namespace

std::string exposition(Registry const& registry, Format format) {
  auto const samples = registry.collect();
  Writer writer(format);
  auto next = samples.begin();
  for (std::size_t i = 0; i < kTable.rows().size(); ++i) {
    Row const& row = kTable.rows()[i];
    writer.head(row);
    for (; next != samples.end() && next->key >> (16 * kLabelsMax) == i; ++next)
      writer.series(row, *next);
  }
  return writer.end();
}

std::string table_of_metrics() {
  std::string text = "| Metric | Type | Unit | Labels | Says |\n|---|---|---|---|---|\n";
  for (Row const& row : kTable.rows())
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, name_of(row.type), row.unit,
                        labels_in_words(row), row.help);
  return text;
}

}  // namespace tally::metrics
