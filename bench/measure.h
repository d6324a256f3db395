#pragma once

// Clocks, percentiles and the table that every benchmark prints. Processor time is the figure to
// compare; the wall clock depends on who else uses the machine, so it is the best of several.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tally::bench {

// Microseconds of user and system time of this process, all threads (getrusage).
double cpu_us();
// The same of another process of ours, to the nanosecond (clock_getcpuclockid); 0 if it is gone.
double cpu_us_of(pid_t process);
// Of the calling thread alone.
double thread_cpu_us();
// Microseconds of CLOCK_MONOTONIC.
double wall_us();

struct Spent {
  double cpu_us = 0;
  double wall_us = 0;
};

template <class Work>
Spent spent_by(Work&& work) {
  double const cpu = cpu_us();
  double const wall = wall_us();
  work();
  return {.cpu_us = cpu_us() - cpu, .wall_us = wall_us() - wall};
}

// The smallest value that `per_cent` of all do not exceed; 0 of none.
double percentile(std::vector<double> values, double per_cent);

// "1.234", "12.3", "12 345": three significant digits and thin groups.
std::string figure(double value);

// Columns as wide as their widest cell, the first to the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Prints what went wrong; the exit code of a benchmark that could not measure.
int complain(Error const& error);

// The options of a benchmark by name, without the dashes.
using Options = std::map<std::string, std::string>;
std::uint64_t number(Options const& options, std::string const& name);

// A benchmark's main: reads "--name VALUE" pairs, of which every name must be one of `defaults`,
// says what the reader must know before the figures (processors, and how busy the machine is now),
// and measures. Returns the exit code.
int measure_program(std::string_view title, int argc, char** argv, Options const& defaults,
                    Result<void> (*run)(Options const&));

}  // namespace tally::bench
