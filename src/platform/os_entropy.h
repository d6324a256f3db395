#pragma once

// Random bytes from the kernel (getrandom). Blocks only before the machine's pool is first
// filled; any failure ends the process, because no caller can go on without randomness.
//
// Ids and salts take a few bytes several times a request, and each call of the kernel costs as much
// as the hash of an event; so every thread draws a page at a time. A byte that was handed out is
// wiped from the page at once.

#include <cstdint>
#include <span>

#include "ports/entropy.h"

namespace tally::platform {

class OsEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace tally::platform
