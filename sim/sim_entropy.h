#pragma once

// Randomness that repeats: the same seed gives the same ids, salts and tokens.

#include "base/prng.h"
#include "ports/entropy.h"

namespace tally::sim {

class SimEntropy final : public ports::Entropy {
 public:
  explicit SimEntropy(std::uint64_t seed) : prng_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng_.next());
  }

 private:
  Prng prng_;
};

}  // namespace tally::sim
