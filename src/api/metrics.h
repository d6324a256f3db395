#pragma once

// Our own numbers for Prometheus: text format 0.0.4 and OpenMetrics 1.0. A small registry; the
// table of names is in metrics.cc, and nothing outside it can be counted.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/mutex.h"

namespace tally::api {

using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

enum class MetricsFormat { text, openmetrics };

class Metrics {
 public:
  // Series of one metric; further label values are dropped, so no caller can fill the memory.
  static constexpr std::size_t kSeriesMax = 2048;

  Metrics();
  // `name` is in the table; for a counter it ends in _total.
  void add(std::string_view name, MetricLabels labels, double amount = 1);
  void set(std::string_view name, MetricLabels labels, double value);
  // http_requests_total: one for each request, so it costs no text. `method` and `route` live for
  // ever; they and the status are of a bounded number.
  void count_answer(std::string_view method, std::string_view route, int status);
  std::string render(MetricsFormat format);

 private:
  using Series = std::map<std::string, double>;  // by rendered labels
  static double* series(std::map<std::string, Series, std::less<>>& all, std::string_view name,
                        MetricLabels labels);
  using Answers = std::map<std::tuple<std::string_view, std::string_view, int>, std::uint64_t>;
  struct All {
    std::map<std::string, Series, std::less<>> series;
    Answers answers;  // that are not in `series` yet
  };
  static void take_in_answers(All& all);
  Mutex<All> all_;
};

}  // namespace tally::api
