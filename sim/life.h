#pragma once

// Runs one life and says what it came to.

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "sim/coverage.h"
#include "sim/swarm.h"

namespace tally::sim {

struct LifeReport {
  std::uint64_t seed = 0;
  std::vector<std::string> broken;  // empty: nothing was found
  std::string swarm;                // what the seed drew
  Digest root;                      // of the event log as it was read last
  std::uint64_t events = 0;
  std::uint64_t starts = 0;  // of the server
  std::uint64_t starts_from_snapshot = 0;
  std::uint64_t accepted = 0;  // runs that somebody was told of
  std::uint64_t steps = 0;
  std::uint64_t streams = 0;  // of events, that were whole
  Duration lived;  // virtual
  Coverage coverage;

  std::string text() const;  // of a life that failed
};

class Trace;

LifeReport live(std::uint64_t seed);
// What happens is added to `trace`, where there is one.
LifeReport live(std::uint64_t seed, Swarm const& swarm, Trace* trace = nullptr);

}  // namespace tally::sim
