#include "sim/life.h"

#include <fmt/format.h>

#include "base/check.h"
#include "sim/world.h"

namespace tally::sim {

std::string LifeReport::text() const {
  std::string text = fmt::format("life {} broke what must hold:\n", seed);
  for (auto const& sentence : broken) text += "  - " + sentence + "\n";
  text += fmt::format("after {} events, {} starts, {} s; made of\n{}", events, starts,
                      lived.value() / 1'000'000, swarm);
  return text +
         fmt::format(
             "repeat it: tally-sim --seed {0}\nmake it small: tally-sim --seed {0} --shrink\n",
             seed);
}

LifeReport live(std::uint64_t seed, Swarm const& swarm, Trace* trace) {
  World world(seed, swarm, trace);
  try {
    CheckTrap const trap;
    world.live();
  } catch (BrokenAssumption const& broken) {
    world.verdicts().broken(std::string("the server's own check stopped it: ") + broken.what());
  }
  Coverage coverage;
  coverage.add(world.oracle().model(), swarm);
  return {.seed = seed,
          .broken = world.verdicts().all(),
          .swarm = to_text(swarm),
          .root = world.oracle().root(),
          .events = static_cast<std::uint64_t>(world.oracle().model().size()),
          .starts = world.starts(),
          .starts_from_snapshot = world.starts_from_snapshot(),
          .accepted = world.oracle().accepted(),
          .steps = world.steps(),
          .streams = world.streams(),
          .lived = world.now(),
          .coverage = std::move(coverage)};
}

LifeReport live(std::uint64_t seed) { return live(seed, draw_swarm(seed)); }

}  // namespace tally::sim
