#pragma once

// A life lived twice: whoever repeats a seed to find a fault must get the same life.

#include <functional>

#include "sim/life.h"
#include "sim/trace.h"

namespace tally::sim {

using LiveTraced = std::function<LifeReport(std::uint64_t seed, Swarm const& swarm, Trace& trace)>;

// The report is that of the first life; where the second has another trace, that is broken too.
LifeReport live_twice(std::uint64_t seed);
LifeReport live_twice(std::uint64_t seed, Swarm const& swarm);
LifeReport live_twice(std::uint64_t seed, Swarm const& swarm, LiveTraced const& live);

}  // namespace tally::sim
