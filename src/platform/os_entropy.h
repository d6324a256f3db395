#pragma once

// Random bytes from the kernel (getrandom). Blocks only before the machine's pool is first
// filled; any failure ends the process, because no caller can go on without randomness.
//
// Ids and salts take a few bytes several times a request, and each call of the kernel costs as much
// as the hash of an event; so every thread draws a page at a time for them. Keys and tokens are
// longer, live long and come from the kernel one by one, so that no page holds any that is still to
// be given out.

#include <cstdint>
#include <span>

#include "ports/entropy.h"

namespace tally::platform {

class OsEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace tally::platform
