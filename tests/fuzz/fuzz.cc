#include "fuzz/fuzz.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace tally::fuzz {

namespace {

constexpr std::uint64_t kTries = 20'000;
constexpr std::uint64_t kLongFactor = 100;
constexpr std::size_t kBytesMax = 1 << 16;
constexpr std::uint64_t kChangesMax = 6;

// Numbers at which lengths and counts go wrong.
constexpr std::array<std::uint32_t, 10> kEdges{0,      1,      0x7f,       0x80,       0xff,
                                               0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};

struct Piece {
  std::size_t at = 0;
  std::size_t size = 0;
};

Piece piece_of(Prng& random, Bytes const& bytes) {
  std::size_t const at = random.below(bytes.size() + 1);
  std::size_t const most = std::min<std::size_t>(bytes.size() - at, 1 + random.below(64));
  return {at, random.below(most + 1)};
}

auto place(Bytes& bytes, std::size_t at) { return bytes.begin() + static_cast<std::ptrdiff_t>(at); }

void insert(Bytes& bytes, std::size_t at, ByteView what) {
  if (bytes.size() + what.size() > kBytesMax) return;
  Bytes const copy(what.begin(), what.end());
  bytes.insert(place(bytes, at), copy.begin(), copy.end());
}

void write_edge(Prng& random, Bytes& bytes) {
  std::uint32_t const number = kEdges[random.below(kEdges.size())];
  std::size_t const width = std::size_t{1} << random.below(3);
  if (bytes.size() < width) return;
  std::size_t const at = random.below(bytes.size() - width + 1);
  for (std::size_t i = 0; i < width; ++i)
    bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
}

void change(Prng& random, Bytes& bytes, std::vector<Bytes> const& seeds) {
  auto const any = [&] { return random.below(bytes.size()); };
  switch (bytes.empty() ? 5 : random.below(8)) {
    case 0:
      bytes[any()] ^= static_cast<std::uint8_t>(1u << random.below(8));
      return;
    case 1:
      bytes[any()] = static_cast<std::uint8_t>(random.next() >> 56);
      return;
    case 2:
      return write_edge(random, bytes);
    case 3: {
      auto const cut = piece_of(random, bytes);
      bytes.erase(place(bytes, cut.at), place(bytes, cut.at + cut.size));
      return;
    }
    case 4: {
      auto const again = piece_of(random, bytes);
      return insert(bytes, any(), ByteView(bytes).subspan(again.at, again.size));
    }
    case 5: {
      Bytes const& other = seeds[random.below(seeds.size())];
      auto const from = piece_of(random, other);
      return insert(bytes, random.below(bytes.size() + 1),
                    ByteView(other).subspan(from.at, from.size));
    }
    case 6:
      bytes.resize(random.below(bytes.size() + 1));
      return;
    default:
      std::swap(bytes[any()], bytes[any()]);
  }
}

void attempt(std::uint64_t number, Bytes const& bytes,
             std::function<void(ByteView)> const& target) {
  bool const failed_before = ::testing::Test::HasFailure();
  target(bytes);
  if (::testing::Test::HasFailure() && !failed_before)
    FAIL() << "try " << number << ": " << to_hex(bytes);
}

}  // namespace

std::uint64_t tries() {
  char const* const long_run = std::getenv("TALLY_LONG");
  return long_run != nullptr && std::string_view(long_run) == "1" ? kTries * kLongFactor : kTries;
}

Bytes mutated(Prng& random, std::vector<Bytes> const& seeds) {
  Bytes bytes = seeds[random.below(seeds.size())];
  for (auto changes = 1 + random.below(kChangesMax); changes > 0; --changes)
    change(random, bytes, seeds);
  return bytes;
}

void run(std::vector<Bytes> const& seeds, std::function<void(ByteView)> const& target) {
  for (Bytes const& seed : seeds) attempt(0, seed, target);
  for (std::uint64_t number = 1; number <= tries(); ++number) {
    Prng random(number);
    attempt(number, mutated(random, seeds), target);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace tally::fuzz
