#include "bench/measure.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace tally::bench {

namespace {

constexpr double kMicrosPerSecond = 1e6;
constexpr double kNanosPerMicro = 1e3;

double to_us(timespec const& time) {
  return static_cast<double>(time.tv_sec) * kMicrosPerSecond +
         static_cast<double>(time.tv_nsec) / kNanosPerMicro;
}

double read_clock(clockid_t clock) {
  timespec now{};
  return clock_gettime(clock, &now) == 0 ? to_us(now) : 0;
}

double to_us(timeval const& time) {
  return static_cast<double>(time.tv_sec) * kMicrosPerSecond + static_cast<double>(time.tv_usec);
}

std::string grouped(std::uint64_t whole) {
  std::string digits = std::to_string(whole);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, " ");
  return digits;
}

}  // namespace

double cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return to_us(usage.ru_utime) + to_us(usage.ru_stime);
}

double cpu_us_of(pid_t process) {
  clockid_t clock{};
  return clock_getcpuclockid(process, &clock) == 0 ? read_clock(clock) : 0;
}

double thread_cpu_us() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
double wall_us() { return read_clock(CLOCK_MONOTONIC); }

double percentile(std::vector<double> values, double per_cent) {
  if (values.empty()) return 0;
  double const rank = std::ceil(per_cent / 100 * static_cast<double>(values.size()));
  auto const index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  auto const at = values.begin() + static_cast<std::ptrdiff_t>(std::min(index, values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::string figure(double value) {
  if (value < 10) return fmt::format("{:.2f}", value);
  if (value < 100) return fmt::format("{:.1f}", value);
  return grouped(static_cast<std::uint64_t>(std::llround(value)));
}

void Table::print() const {
  std::vector<std::size_t> widths;
  for (auto const& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (auto const& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? fmt::format("  {:<{}}", row[i], widths[i])
                     : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    std::puts(line.c_str());
  }
}

namespace {

void print_conditions(std::string_view title) {
  double load = 0;
  if (getloadavg(&load, 1) != 1) load = -1;
  std::string const line = fmt::format(
      "{}: {} processors, load {:.1f} before this{}", title, sysconf(_SC_NPROCESSORS_ONLN), load,
      load > 0.5 ? "; others work here: rates and latencies say little" : "");
  std::puts(line.c_str());
}

Result<Options> read_options(int argc, char** argv, Options known) {
  for (int i = 1; i < argc; i += 2) {
    std::string_view const name(argv[i]);
    auto const at = name.starts_with("--") ? known.find(std::string(name.substr(2))) : known.end();
    if (at == known.end() || i + 1 == argc) {
      std::string list;
      for (auto const& [one, value] : known) list += fmt::format(" --{} {}", one, value);
      return fail("usage", fmt::format("takes, with these defaults:{}", list));
    }
    at->second = argv[i + 1];
  }
  return known;
}

}  // namespace

std::uint64_t number(Options const& options, std::string const& name) {
  std::string const& text = options.at(name);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int complain(Error const& error) {
  std::fprintf(stderr, "%s: %s %s\n", error.code.c_str(), error.detail.c_str(),
               error.internal.c_str());
  return 1;
}

int measure_program(std::string_view title, int argc, char** argv, Options const& defaults,
                    Result<void> (*run)(Options const&)) {
  auto const options = read_options(argc, argv, defaults);
  if (!options) return complain(options.error());
  print_conditions(title);
  auto const done = run(*options);
  return done ? 0 : complain(done.error());
}

}  // namespace tally::bench
