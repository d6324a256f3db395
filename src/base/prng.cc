#include "base/prng.h"

#include <bit>

namespace tally {

namespace {
__extension__ using Wide = unsigned __int128;
}  // namespace

Prng::Prng(std::uint64_t seed) {
  // SplitMix64 fills the state, as the generator's authors advise.
  for (auto& word : state_) {
    seed += 0x9E3779B97F4A7C15u;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t Prng::next() {
  std::uint64_t const result = std::rotl(state_[1] * 5, 7) * 9;
  std::uint64_t const shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Prng::below(std::uint64_t bound) {
  // The product's high half; the bias is below bound / 2^64.
  return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
}

}  // namespace tally
