#pragma once

// Fuzzing by mutation: seeds that are right, changed in the ways that find faults, under the
// sanitizers of the dev preset. A target takes any bytes, must not crash, and says what must hold
// of its answer. Everything follows from the number of the try, so a failure repeats.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/prng.h"

namespace tally::fuzz {

// Tries of each target: 20,000, or a hundred times as many with TALLY_LONG=1.
std::uint64_t tries();

// One of the seeds, changed a few times: bits, bytes, numbers at their limits, pieces cut out,
// doubled, moved, or taken from another seed.
Bytes mutated(Prng& random, std::vector<Bytes> const& seeds);

// Calls target(bytes) for every seed as it is, then for tries() mutants. Prints the number of the
// try and the bytes in hex before it lets an exception or a failed expectation through.
void run(std::vector<Bytes> const& seeds, std::function<void(ByteView)> const& target);

}  // namespace tally::fuzz
