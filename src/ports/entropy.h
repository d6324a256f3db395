#pragma once

// Where randomness comes from: the operating system, or a seed in the simulator.

#include <cstdint>
#include <span>

namespace tally::ports {

class Entropy {
 public:
  virtual ~Entropy() = default;
  // Fills the span with unpredictable bytes; cannot fail (the process ends instead).
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

}  // namespace tally::ports
