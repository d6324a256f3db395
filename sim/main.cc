// tally-sim: lives of a made-up world, one for each seed.

#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string_view>

#include "sim/shrink.h"
#include "sim/twice.h"

namespace {

using tally::sim::LifeReport;

constexpr int kAllSound = 0;
constexpr int kSomethingBroke = 1;
constexpr int kMisused = 2;
constexpr double kClocksPerSecond = 1e6;  // POSIX

constexpr char const* kHelp =
    "tally-sim --seed 123               one life, lived twice, with what it was made of\n"
    "tally-sim --runs 1000 [--from 1]   lives 1 to 1000; stops at the first that breaks something\n"
    "                                   each is lived twice: both do the same in the same order\n"
    "  --once                           lives each only once\n"
    "  --minutes 5                      stops after that long; without --runs it goes on until "
    "then\n"
    "  --verbose                        one line a life\n"
    "  --shrink                         with --seed: leaves out what the failure does not need\n"
    "  --cells                          with --runs: which commands met which states and faults\n"
    "Ends with 0 if nothing broke, 1 if something did, 2 if it was called wrongly.\n";

struct Asked {
  std::optional<std::uint64_t> seed, runs, minutes;
  std::uint64_t from = 1;
  bool once = false;
  bool verbose = false;
  bool shrink = false;
  bool cells = false;
};

std::optional<Asked> parse(int count, char** words) {
  Asked asked;
  for (int i = 1; i < count; ++i) {
    std::string_view const word = words[i];
    bool* const flag = word == "--once"      ? &asked.once
                       : word == "--verbose" ? &asked.verbose
                       : word == "--shrink"  ? &asked.shrink
                       : word == "--cells"   ? &asked.cells
                                             : nullptr;
    if (flag != nullptr) {
      *flag = true;
      continue;
    }
    std::uint64_t number = 0;
    std::string_view const text = i + 1 < count ? words[++i] : "";
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (word == "--seed")
      asked.seed = number;
    else if (word == "--runs")
      asked.runs = number;
    else if (word == "--from")
      asked.from = number;
    else if (word == "--minutes")
      asked.minutes = number;
    else
      return std::nullopt;
  }
  if (!asked.seed && !asked.runs && !asked.minutes) return std::nullopt;
  return asked;
}

void print_line(LifeReport const& life) {
  std::printf("%llu: %s, %llu events, %llu starts, %llu runs, %lld s, %llu steps, root %s\n",
              static_cast<unsigned long long>(life.seed), life.broken.empty() ? "sound" : "BROKEN",
              static_cast<unsigned long long>(life.events),
              static_cast<unsigned long long>(life.starts),
              static_cast<unsigned long long>(life.accepted),
              static_cast<long long>(life.lived.value() / 1'000'000),
              static_cast<unsigned long long>(life.steps), life.root.hex().substr(0, 16).c_str());
}

// Processor time: on a busy machine it says more than the clock on the wall.
double busy_seconds() { return static_cast<double>(std::clock()) / kClocksPerSecond; }

int one_life(std::uint64_t seed) {
  LifeReport const life = tally::sim::live_twice(seed);
  std::fputs(life.broken.empty() ? life.swarm.c_str() : life.text().c_str(), stdout);
  print_line(life);
  return life.broken.empty() ? kAllSound : kSomethingBroke;
}

int shrunk_life(std::uint64_t seed) {
  auto const swarm = tally::sim::draw_swarm(seed);
  auto life = tally::sim::live(seed, swarm);
  if (life.broken.empty()) {
    print_line(life);
    return kAllSound;
  }
  auto const small = tally::sim::shrink(std::move(life), swarm, [](std::uint64_t s, auto const& w) {
    return tally::sim::live(s, w);
  });
  std::fputs(small.life.text().c_str(), stdout);
  std::printf("left out in %llu lives:", static_cast<unsigned long long>(small.lives));
  for (auto const& what : small.left_out) std::printf(" %s,", what.c_str());
  std::puts("");
  return kSomethingBroke;
}

int many_lives(Asked const& asked) {
  bool const terminal = isatty(STDOUT_FILENO) != 0;
  std::uint64_t lived = 0;
  tally::sim::Coverage coverage;
  while ((!asked.runs || lived < *asked.runs) &&
         (!asked.minutes || busy_seconds() < 60.0 * static_cast<double>(*asked.minutes))) {
    std::uint64_t const seed = asked.from + lived;
    LifeReport const life = asked.once ? tally::sim::live(seed) : tally::sim::live_twice(seed);
    ++lived;
    coverage.add(life.coverage);
    if (asked.verbose) print_line(life);
    if (!life.broken.empty()) {
      std::printf("%s%s", terminal ? "\n" : "", life.text().c_str());
      return kSomethingBroke;
    }
    if (terminal && !asked.verbose) {
      std::printf("\r%llu lives", static_cast<unsigned long long>(lived));
      std::fflush(stdout);
    }
  }
  std::printf("%s%llu lives from seed %llu, nothing broke (%.1f s of processor time)\n",
              terminal ? "\r" : "", static_cast<unsigned long long>(lived),
              static_cast<unsigned long long>(asked.from), busy_seconds());
  std::printf("%zu cells of command x state x fault reached, %zu of command x state\n",
              coverage.cells().size(), coverage.pairs());
  if (asked.cells) std::fputs(coverage.text().c_str(), stdout);
  return kAllSound;
}

}  // namespace

int main(int count, char** words) {
  auto const asked = parse(count, words);
  if (!asked) {
    std::fputs(kHelp, stderr);
    return kMisused;
  }
  if (asked->seed) return asked->shrink ? shrunk_life(*asked->seed) : one_life(*asked->seed);
  return many_lives(*asked);
}
