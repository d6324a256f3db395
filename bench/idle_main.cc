// A server that nobody asks anything: how soon it listens, what it keeps in memory, what it spends
// and how much its ledger grows.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "bench/child.h"
#include "bench/measure.h"

namespace tally::bench {

namespace {

constexpr double kSecondUs = 1e6;
constexpr double kDayS = 86'400;
constexpr double kFrameBytes = 4'096;  // at least; one event alone takes one block

Result<void> run(Options const& options) {
  std::uint64_t const rounds = number(options, "rounds");
  std::uint64_t const idle_s = number(options, "seconds");
  std::vector<double> fresh_ms;
  std::vector<double> again_ms;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    TRY(scratch, Scratch::make(options.at("dir")));
    for (auto* into : {&fresh_ms, &again_ms}) {
      double const began = wall_us();
      TRY(listening, serve(options.at("tally"), scratch));
      into->push_back((wall_us() - began) / 1000);  // without its end, which comes here
    }
  }
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(served, serve(options.at("tally"), scratch));
  sleep(2);  // what a start still does
  double const events = metric(served, "tally_ledger_size");
  double const cpu = served.child.cpu_us();
  sleep(static_cast<unsigned>(idle_s));
  double const spent = served.child.cpu_us() - cpu;
  double const grown = metric(served, "tally_ledger_size") - events;
  Table table({"an idle server", "", "bar"});
  table.row({"listens, fresh directory, best", figure(percentile(fresh_ms, 0)) + " ms", ""});
  table.row({"listens again, best", figure(percentile(again_ms, 0)) + " ms", "150 ms"});
  table.row({"resident",
             figure(static_cast<double>(served.child.resident_bytes()) / (1 << 20)) + " MB",
             "30 MB"});
  table.row({"CPU", figure(spent / static_cast<double>(idle_s)) + " us a second", ""});
  table.row(
      {"ledger",
       figure(grown * kFrameBytes * kDayS / static_cast<double>(idle_s) / kSecondUs) + " MB a day",
       "1 MB a day"});
  table.print();
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program(
      "idle", argc, argv,
      {{"dir", "."}, {"rounds", "5"}, {"seconds", "60"}, {"tally", tally_beside_us()}}, run);
}
