#pragma once

// Random bytes from the kernel (getrandom). Blocks only before the machine's pool is first
// filled; any failure ends the process, because no caller can go on without randomness.

#include <cstdint>
#include <span>

#include "ports/entropy.h"

namespace tally::platform {

class OsEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace tally::platform
