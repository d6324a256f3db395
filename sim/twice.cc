#include "sim/twice.h"

#include <fmt/format.h>

namespace tally::sim {

LifeReport live_twice(std::uint64_t seed, Swarm const& swarm, LiveTraced const& live) {
  Trace first;
  Trace second;
  LifeReport life = live(seed, swarm, first);
  (void)live(seed, swarm, second);
  if (auto const difference = first_difference(first, second))
    life.broken.push_back(
        fmt::format("one seed gives one life: of the trace of seed {} {}", seed, *difference));
  return life;
}

LifeReport live_twice(std::uint64_t seed, Swarm const& swarm) {
  return live_twice(seed, swarm, [](std::uint64_t of, Swarm const& made_of, Trace& trace) {
    return live(of, made_of, &trace);
  });
}

LifeReport live_twice(std::uint64_t seed) { return live_twice(seed, draw_swarm(seed)); }

}  // namespace tally::sim
