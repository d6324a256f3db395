#pragma once

// The numbers behind metrics/table.h. Any thread may count; what is counted lies in cells of the
// counting thread's own, and a scrape adds them up. Gauges lie in one place: the last value counts.
//
//   registry.add(kTable.overruns, 1);
//   registry.add(kTable.reconciles, 1, "forward");
//   registry.set(kTable.disk_free, 4096);
//   registry.observe(kTable.run_duration, seconds(3), "succeeded");
//
// Bounded: a metric has at most kSeriesMax series a thread, and a label as many values as it says;
// past either, counts go to the series whose labels are all `kOther`, and gauges are left out.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "metrics/table.h"

namespace tally::metrics {

// Words that are known when the process starts and never change.
struct Given {
  std::vector<std::string> routes{};  // templates, such as "/v1/runs/{id}"
  std::vector<std::string> codes{};
  std::vector<std::string> dependencies{};
  std::vector<std::string> versions{};
};

// A metric's number and the indices of its label values, 16 bits each; index 0 is `kOther`.
using SeriesKey = std::uint64_t;

struct Cell {
  std::int64_t sum = 0;                  // in the unit's parts
  std::vector<std::uint64_t> buckets{};  // of a histogram: one a bound, and what is above
};

// What a scrape sees, in the order of the table.
struct Sample {
  SeriesKey key = 0;
  std::array<std::string, kLabelsMax> labels{};
  Cell cell{};
};

class Registry {
 public:
  static constexpr std::size_t kSeriesMax = 2048;
  // Threads beyond this many share cells: right, and slower.
  static constexpr std::size_t kShards = 16;

  explicit Registry(Given given = {});

  template <class Unit, class... Labels>
  void add(Counter<Unit, Labels...> metric, typename Unit::Amount amount,
           std::type_identity_t<typename Labels::Value> const&... values) {
    add_to(key_of<Labels...>(metric.number(), values...), parts_of(amount));
  }
  // For what another part counts: makes the counter what that part says. A total never goes back.
  template <class Unit, class... Labels>
  void raise_to(Counter<Unit, Labels...> metric, typename Unit::Amount total,
                std::type_identity_t<typename Labels::Value> const&... values) {
    raise(key_of<Labels...>(metric.number(), values...), parts_of(total));
  }
  template <class Unit, class... Labels>
  void set(Gauge<Unit, Labels...> metric, typename Unit::Amount value,
           std::type_identity_t<typename Labels::Value> const&... values) {
    set_to(key_of<Labels...>(metric.number(), values...), parts_of(value));
  }
  // These series instead of all that the gauge had; those past a bound are one, their sum.
  template <class Unit, class... Labels>
  void replace(
      Gauge<Unit, Labels...> metric,
      std::vector<std::tuple<typename Unit::Amount, typename Labels::Value...>> const& all) {
    std::map<SeriesKey, std::int64_t> series;
    for (auto const& row : all)
      std::apply(
          [&](auto const& amount, auto const&... values) {
            series[key_of<Labels...>(metric.number(), values...)] += parts_of(amount);
          },
          row);
    replace_all(metric.number(), series);
  }
  template <class Unit, class... Labels>
  void observe(Histogram<Unit, Labels...> metric, typename Unit::Amount amount,
               std::type_identity_t<typename Labels::Value> const&... values) {
    observe_in(key_of<Labels...>(metric.number(), values...), parts_of(amount));
  }

  std::vector<Sample> collect() const;

 private:
  using Cells = std::map<SeriesKey, Cell>;
  struct Shard {
    Cells cells;
    std::array<std::size_t, Rows::kMax> series{};  // of each metric
  };
  struct alignas(64) OwnShard {
    Mutex<Shard> shard;
  };
  struct Gauges {
    std::map<SeriesKey, std::int64_t> values;
    std::array<std::size_t, Rows::kMax> series{};
  };
  struct Register {
    std::map<std::string, std::uint16_t> indices;
    std::vector<std::string> names;
  };

  template <class Label>
  std::uint16_t index_of(typename Label::Value const& value) {
    if constexpr (requires { Label::kWords; })
      return value.index();
    else if constexpr (requires { Label::kList; })
      return given_index(Label::kList, value);
    else if constexpr (requires { Label::kSlot; })
      return registered_index(Label::kSlot, Label::kMax, Label::text(value));
    else
      return value < Label::kMin || value > Label::kMax
                 ? std::uint16_t{0}
                 : static_cast<std::uint16_t>(value - Label::kMin + 1);
  }
  template <class... Labels>
  SeriesKey key_of(std::uint16_t number, typename Labels::Value const&... values) {
    SeriesKey key = number;
    ((key = (key << 16) | index_of<Labels>(values)), ...);
    return key << (16 * (kLabelsMax - sizeof...(Labels)));
  }
  std::uint16_t given_index(GivenList list, std::string_view word) const;
  std::uint16_t registered_index(std::size_t slot, std::size_t max, std::string name);
  void begin_at_zero(std::uint16_t number, Row const& row);
  void add_to(SeriesKey key, std::int64_t parts);
  void raise(SeriesKey key, std::int64_t total);
  void set_to(SeriesKey key, std::int64_t value);
  void replace_all(std::uint16_t number, std::map<SeriesKey, std::int64_t> const& series);
  void observe_in(SeriesKey key, std::int64_t parts);
  static Cell& cell_of(Shard& shard, SeriesKey key);
  std::string label_text(LabelRow const& label, std::size_t index) const;

  std::array<std::vector<std::string>, kGivenLists> given_;  // each sorted
  std::array<OwnShard, kShards> shards_;
  Mutex<std::map<SeriesKey, std::int64_t>> raised_;
  Mutex<Gauges> gauges_;
  std::array<Mutex<Register>, kRegisters> registers_;
};

}  // namespace tally::metrics
