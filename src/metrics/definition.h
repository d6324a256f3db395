#pragma once

// What a metric is made of: type, unit and labels are part of its C++ type, so that a wrong one
// does not compile. The metrics themselves are in metrics/table.h.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/money.h"
#include "base/time.h"
#include "metrics/label.h"

namespace tally::metrics {

enum class Type : std::uint8_t { counter, gauge, histogram };

// Units. A cell is an integer of the unit's smallest part, `kParts` of which are one, so that sums
// are exact and do not hang on the order in which threads add.
struct Count {
  using Amount = std::int64_t;
  static constexpr std::string_view kName = "";
  static constexpr std::int64_t kParts = 1;
};
struct Bytes {
  using Amount = std::int64_t;
  static constexpr std::string_view kName = "bytes";
  static constexpr std::int64_t kParts = 1;
};
struct Seconds {
  using Amount = Duration;
  static constexpr std::string_view kName = "seconds";
  static constexpr std::int64_t kParts = 1'000'000;
};
// A point in time, in seconds since 1970.
struct UnixTime {
  using Amount = Instant;
  static constexpr std::string_view kName = "seconds";
  static constexpr std::int64_t kParts = 1'000'000;
};
struct Usd {
  using Amount = Micros;
  static constexpr std::string_view kName = "usd";
  static constexpr std::int64_t kParts = 1'000'000;
};

constexpr std::int64_t parts_of(std::int64_t amount) { return amount; }
constexpr std::int64_t parts_of(Duration amount) { return amount.value(); }
constexpr std::int64_t parts_of(Instant amount) { return amount.value(); }
constexpr std::int64_t parts_of(Micros amount) { return amount.value(); }

inline constexpr std::size_t kLabelsMax = 3;  // of one metric

// A metric as the renderer and the page of docs see it.
struct Row {
  std::string_view name;
  std::string_view help;  // one line
  Type type = Type::gauge;
  std::string_view unit{};  // empty: a number of things
  std::int64_t parts = 1;
  std::size_t label_count = 0;
  std::array<LabelRow, kLabelsMax> labels{};
  std::span<std::int64_t const> bounds{};  // of a histogram's buckets, in parts, ascending
};

// The rows of a table in the order of its members; a metric's number is its place here.
class Rows {
 public:
  static constexpr std::size_t kMax = 64;
  constexpr std::uint16_t add(Row const& row) {
    rows_.at(size_) = row;
    return static_cast<std::uint16_t>(size_++);
  }
  constexpr std::span<Row const> all() const { return std::span<Row const>(rows_).first(size_); }

 private:
  std::array<Row, kMax> rows_{};
  std::size_t size_ = 0;
};

template <Type kType, class Unit, class... Labels>
class Metric {
 public:
  static_assert(sizeof...(Labels) <= kLabelsMax);
  constexpr Metric(Rows& rows, std::string_view name, std::string_view help,
                   std::span<std::int64_t const> bounds = {})
      : number_(rows.add({.name = name,
                          .help = help,
                          .type = kType,
                          .unit = Unit::kName,
                          .parts = Unit::kParts,
                          .label_count = sizeof...(Labels),
                          .labels = {row_of<Labels>()...},
                          .bounds = bounds})) {}
  constexpr std::uint16_t number() const { return number_; }

 private:
  std::uint16_t number_;
};

template <class Unit, class... Labels>
using Counter = Metric<Type::counter, Unit, Labels...>;
template <class Unit, class... Labels>
using Gauge = Metric<Type::gauge, Unit, Labels...>;
template <class Unit, class... Labels>
using Histogram = Metric<Type::histogram, Unit, Labels...>;

}  // namespace tally::metrics
