#include "metrics/registry.h"

#include <algorithm>
#include <atomic>
#include <limits>

#include "base/check.h"

namespace tally::metrics {

namespace {

constexpr unsigned kIndexBits = 16;

std::size_t number_in(SeriesKey key) { return key >> (kIndexBits * kLabelsMax); }

std::size_t index_in(SeriesKey key, std::size_t label) {
  auto const shift = kIndexBits * (kLabelsMax - 1 - label);
  return (key >> shift) & std::numeric_limits<std::uint16_t>::max();
}

SeriesKey all_other(SeriesKey key) {
  constexpr unsigned kLabelBits = kIndexBits * kLabelsMax;
  return key >> kLabelBits << kLabelBits;
}

// Threads take shards in the order in which they first count.
std::size_t own_shard() {
  static std::atomic<std::size_t> threads{0};
  thread_local std::size_t const mine =
      threads.fetch_add(1, std::memory_order_relaxed) % Registry::kShards;
  return mine;
}

void add_cell(Cell& to, Cell const& from) {
  to.sum += from.sum;
  if (to.buckets.size() < from.buckets.size()) to.buckets.resize(from.buckets.size());
  for (std::size_t i = 0; i < from.buckets.size(); ++i) to.buckets[i] += from.buckets[i];
}

}  // namespace

Registry::Registry(Given given)
    : given_{std::move(given.routes), std::move(given.codes), std::move(given.dependencies),
             std::move(given.versions)} {
  for (auto& list : given_) {
    std::ranges::sort(list);
    auto const repeated = std::ranges::unique(list);
    list.erase(repeated.begin(), repeated.end());
    TALLY_CHECK(list.size() <= kGivenMax, "a label has too many values");
  }
  for (std::size_t i = 0; i < kTable.rows().size(); ++i)
    begin_at_zero(static_cast<std::uint16_t>(i), kTable.rows()[i]);
}

// Alerts need a counter's series before the first bad day, wherever all its words are known.
void Registry::begin_at_zero(std::uint16_t number, Row const& row) {
  auto const labels = std::span(row.labels).first(row.label_count);
  auto const is_closed = [](LabelRow const& label) { return label.source == Source::closed; };
  if (row.type == Type::gauge || !std::ranges::all_of(labels, is_closed)) return;
  std::vector<SeriesKey> keys{number};
  for (LabelRow const& label : labels) {
    std::vector<SeriesKey> longer;
    for (SeriesKey key : keys)
      for (std::size_t word = 1; word <= label.words.size(); ++word)
        longer.push_back((key << kIndexBits) | word);
    keys = std::move(longer);
  }
  shards_[0].shard.with([&](Shard& shard) {
    for (SeriesKey key : keys) cell_of(shard, key << (kIndexBits * (kLabelsMax - labels.size())));
  });
}

std::uint16_t Registry::given_index(GivenList list, std::string_view word) const {
  auto const& words = given_[static_cast<std::size_t>(list)];
  auto const at = std::ranges::lower_bound(words, word, std::less<>());
  if (at == words.end() || *at != word) return 0;
  return static_cast<std::uint16_t>(at - words.begin() + 1);
}

std::uint16_t Registry::registered_index(std::size_t slot, std::size_t max, std::string name) {
  return registers_[slot].with([&](Register& all) -> std::uint16_t {
    if (auto const at = all.indices.find(name); at != all.indices.end()) return at->second;
    if (all.names.size() >= max) return 0;
    all.names.push_back(name);
    auto const index = static_cast<std::uint16_t>(all.names.size());
    all.indices.emplace(std::move(name), index);
    return index;
  });
}

Cell& Registry::cell_of(Shard& shard, SeriesKey key) {
  if (auto const at = shard.cells.find(key); at != shard.cells.end()) return at->second;
  std::size_t const number = number_in(key);
  if (shard.series.at(number) >= kSeriesMax) key = all_other(key);
  auto const [at, is_new] = shard.cells.try_emplace(key);
  if (is_new) {
    ++shard.series.at(number);
    auto const bounds = kTable.rows()[number].bounds.size();
    if (bounds > 0) at->second.buckets.resize(bounds + 1);
  }
  return at->second;
}

void Registry::add_to(SeriesKey key, std::int64_t parts) {
  shards_[own_shard()].shard.with([&](Shard& shard) { cell_of(shard, key).sum += parts; });
}

void Registry::raise(SeriesKey key, std::int64_t total) {
  raised_.with([&](auto& raised) {
    auto& value = raised[key];
    value = std::max(value, total);
  });
}

void Registry::set_to(SeriesKey key, std::int64_t value) {
  gauges_.with([&](Gauges& gauges) {
    auto& series = gauges.series.at(number_in(key));
    auto const at = gauges.values.find(key);
    if (at != gauges.values.end()) {
      at->second = value;
    } else if (series < kSeriesMax) {
      ++series;
      gauges.values.emplace(key, value);
    }
  });
}

void Registry::replace_all(std::uint16_t number, std::map<SeriesKey, std::int64_t> const& series) {
  gauges_.with([&](Gauges& gauges) {
    SeriesKey const first = SeriesKey{number} << (kIndexBits * kLabelsMax);
    SeriesKey const next = (SeriesKey{number} + 1) << (kIndexBits * kLabelsMax);
    gauges.values.erase(gauges.values.lower_bound(first), gauges.values.lower_bound(next));
    auto& count = gauges.series.at(number);
    count = 0;
    for (auto const& [key, value] : series) {
      SeriesKey const place = count < kSeriesMax - 1 ? key : first;  // one is kept for the rest
      auto const [at, is_new] = gauges.values.try_emplace(place);
      at->second += value;
      if (is_new) ++count;
    }
  });
}

void Registry::observe_in(SeriesKey key, std::int64_t parts) {
  auto const bounds = kTable.rows()[number_in(key)].bounds;
  auto const bucket = std::ranges::lower_bound(bounds, parts) - bounds.begin();
  shards_[own_shard()].shard.with([&](Shard& shard) {
    Cell& cell = cell_of(shard, key);
    cell.sum += parts;
    ++cell.buckets[static_cast<std::size_t>(bucket)];
  });
}

std::string Registry::label_text(LabelRow const& label, std::size_t index) const {
  if (index == 0) return std::string(label.other);
  switch (label.source) {
    case Source::closed:
      return std::string(label.words[index - 1]);
    case Source::given:
      return given_[label.slot].at(index - 1);
    case Source::registered:
      return registers_[label.slot].with(
          [&](Register const& all) { return all.names.at(index - 1); });
    case Source::status:
      return std::to_string(ByHttpStatus::kMin + static_cast<int>(index) - 1);
  }
  return {};
}

std::vector<Sample> Registry::collect() const {
  Cells all;
  for (auto const& own : shards_)
    own.shard.with([&](Shard const& shard) {
      for (auto const& [key, cell] : shard.cells) add_cell(all[key], cell);
    });
  raised_.with([&](auto const& raised) {
    for (auto const& [key, total] : raised) all[key].sum += total;
  });
  gauges_.with([&](Gauges const& gauges) {
    for (auto const& [key, value] : gauges.values) all[key].sum = value;
  });
  std::vector<Sample> samples;
  samples.reserve(all.size());
  for (auto& [key, cell] : all) {
    Row const& row = kTable.rows()[number_in(key)];
    Sample sample{.key = key, .labels = {}, .cell = std::move(cell)};
    for (std::size_t i = 0; i < row.label_count; ++i)
      sample.labels.at(i) = label_text(row.labels.at(i), index_in(key, i));
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace tally::metrics
