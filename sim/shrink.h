#pragma once

// Makes a failing life as small as it can be: leaves out one fault, person or cut after the other,
// and keeps what still breaks the same rule. A small life is read in minutes, a large one in hours.

#include <functional>

#include "sim/life.h"

namespace tally::sim {

struct Shrunk {
  Swarm swarm;
  LifeReport life;                    // of that swarm; still broken
  std::vector<std::string> left_out;  // what was not needed
  std::uint64_t lives = 0;            // that were tried
};

using Live = std::function<LifeReport(std::uint64_t seed, Swarm const& swarm)>;

// `failed` is the life that broke, made of `swarm`. The same arguments give the same result.
Shrunk shrink(LifeReport failed, Swarm swarm, Live const& live);

}  // namespace tally::sim
