#pragma once

// A small reproducible generator (xoshiro256**, Blackman and Vigna 2018): the same seed gives the
// same numbers on every machine, which <random>'s distributions do not promise. Not for secrets.

#include <array>
#include <cstdint>

namespace tally {

class Prng {
 public:
  explicit Prng(std::uint64_t seed);
  std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // True with probability per_mille / 1000.
  bool chance(std::uint32_t per_mille) { return below(1000) < per_mille; }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace tally
