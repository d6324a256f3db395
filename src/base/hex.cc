#include "base/hex.h"

#include <array>
#include <bit>
#include <cstring>

namespace tally {

namespace {

// Vectors, whose operators work on all elements alike; the compiler makes the target's instructions
// of them, or plain ones. A comparison gives all ones where it holds.
using Digits [[gnu::vector_size(16)]] = std::uint8_t;  // or their values, one in each byte
using Pairs [[gnu::vector_size(16)]] = std::uint16_t;  // the values of two digits, first one low
using Eight [[gnu::vector_size(8)]] = std::uint8_t;

static_assert(std::endian::native == std::endian::little,
              "the first digit of a pair is taken for its low byte");

constexpr std::size_t kAtOnce = 8;  // bytes
constexpr std::uint8_t kZero = '0';
constexpr std::uint8_t kA = 'a';
constexpr std::uint8_t kTen = 10;
constexpr std::uint8_t kLetters = 6;

void put_eight(char* at, std::uint8_t const* bytes) {
  Eight eight;
  std::memcpy(&eight, bytes, sizeof eight);
  Pairs const wide = __builtin_convertvector(eight, Pairs);
  auto const values = std::bit_cast<Digits>(wide >> 4 | (wide & 0xF) << 8);
  auto const is_letter = std::bit_cast<Digits>(values >= kTen);
  Digits const digits = values + kZero + (is_letter & std::uint8_t{kA - kZero - kTen});
  std::memcpy(at, &digits, sizeof digits);
}

bool get_eight(char const* at, std::uint8_t* bytes) {
  Digits digits;
  std::memcpy(&digits, at, sizeof digits);
  Digits const number = digits - kZero;
  Digits const letter = digits - kA;
  auto const is_number = std::bit_cast<Digits>(number < kTen);
  auto const is_letter = std::bit_cast<Digits>(letter < kLetters);
  auto const pairs = std::bit_cast<Pairs>((number & is_number) | ((letter + kTen) & is_letter));
  auto const eight = __builtin_convertvector((pairs << 4 | pairs >> 8) & 0xFF, Eight);
  std::memcpy(bytes, &eight, sizeof eight);
  auto const good = std::bit_cast<std::array<std::uint64_t, 2>>(is_number | is_letter);
  return (good[0] & good[1]) == ~std::uint64_t{0};
}

}  // namespace

void put_hex(char* at, ByteView bytes) {
  for (; bytes.size() >= kAtOnce; bytes = bytes.subspan(kAtOnce), at += 2 * kAtOnce)
    put_eight(at, bytes.data());
  if (bytes.empty()) return;
  std::array<std::uint8_t, kAtOnce> rest{};
  std::array<char, 2 * kAtOnce> digits{};
  std::memcpy(rest.data(), bytes.data(), bytes.size());
  put_eight(digits.data(), rest.data());
  std::memcpy(at, digits.data(), 2 * bytes.size());
}

bool get_hex(char const* at, std::span<std::uint8_t> to) {
  bool good = true;
  for (; to.size() >= kAtOnce; to = to.subspan(kAtOnce), at += 2 * kAtOnce)
    good = get_eight(at, to.data()) && good;
  if (to.empty()) return good;
  std::array<char, 2 * kAtOnce> digits{};
  std::array<std::uint8_t, kAtOnce> rest{};
  digits.fill('0');
  std::memcpy(digits.data(), at, 2 * to.size());
  good = get_eight(digits.data(), rest.data()) && good;
  std::memcpy(to.data(), rest.data(), to.size());
  return good;
}

void put_hex(char* at, std::uint64_t number) {
  std::array<std::uint8_t, sizeof number> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  put_hex(at, bytes);
}

bool get_hex(char const* at, std::uint64_t& to) {
  std::array<std::uint8_t, sizeof to> bytes{};
  bool const good = get_hex(at, bytes);
  for (std::uint8_t byte : bytes) to = to << 8 | byte;
  return good;
}

}  // namespace tally
