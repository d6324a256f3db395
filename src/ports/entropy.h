#pragma once

// Where randomness comes from. Real: platform/os_entropy. Simulated: a seed. Any thread.

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
