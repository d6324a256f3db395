// The published sequence of ES6 numbers (github.com/cyberphone/json-canonicalization,
// testdata/README.md): a fixed list, 2000 neighbours of the smallest normal number, then bits drawn
// from a chain of SHA-256. The hashes are those that the page gives for the first lines.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/digest.h"
#include "json/value.h"

namespace tally::json {
namespace {

std::string text_of(double number) {
  std::string out;
  append_double(out, number);
  return out;
}

std::string text_of_bits(std::uint64_t bits) { return text_of(std::bit_cast<double>(bits)); }

// Listed first with the sign bit set, then without.
constexpr auto kMirrored = std::to_array<std::uint64_t>(
    {0x446696695dbd1cc3, 0x443211ede4974a35, 0x43fce97ca0f21056, 0x43c7213080c1a6ac,
     0x439280f39a348556, 0x435d9b1f5d20d557, 0x4327af4c4a80aaac, 0x42f2f2a36ecd5556,
     0x42be51057e155558, 0x428840d131aaaaac, 0x4253670dc1555557, 0x421f0b4935555557,
     0x41e8d5d42aaaaaac, 0x41b3de4355555556, 0x417fca0555555556, 0x41496e6aaaaaaaab,
     0x4114585555555555, 0x40e046aaaaaaaaab, 0x40aa0aaaaaaaaaaa, 0x4074d55555555555,
     0x4040aaaaaaaaaaab, 0x400aaaaaaaaaaaab, 0x3fd5555555555555, 0x3fa1111111111111,
     0x3f6b4e81b4e81b4f, 0x3f35d867c3ece2a5, 0x3f0179ec9cbd821e, 0x3ecbf647612f3696,
     0x3e965e9f80f29212, 0x3e61e54c672874db, 0x3e2ca213d840baf8, 0x3df6e80fe033c8c6,
     0x3dc2533fe68fd3d2, 0x3d8d51ffd74c861c, 0x3d5774ccac3d3817, 0x3d22c3d6f030f9ac,
     0x3cee0624b3818f79, 0x3cb804ea293472c7, 0x3c833721ba905bd3, 0x3c4ebe9c5db3c61e,
     0x3c18987d17c304e5, 0x3be3ad30dfcf371d, 0x3baf7b816618582f, 0x3b792f9ab81379bf,
     0x3b442615600f9499, 0x3b101e77800c76e1, 0x3ad9ca58cce0be35, 0x3aa4a1e0a3e6fe90,
     0x3a708180831f320d, 0x3a3a68cd9e985016});

constexpr auto kSingle = std::to_array<std::uint64_t>(
    {0x4024000000000000, 0x4014000000000000, 0x3fe0000000000000, 0x3fa999999999999a,
     0x3f747ae147ae147b, 0x3f40624dd2f1a9fc, 0x3f0a36e2eb1c432d, 0x3ed4f8b588e368f1,
     0x3ea0c6f7a0b5ed8d, 0x3e6ad7f29abcaf48, 0x3e35798ee2308c3a, 0x3ed539223589fa95,
     0x3ed4ff26cd5a7781, 0x3ed4f95a762283ff, 0x3ed4f8c60703520c, 0x3ed4f8b72f19cd0d,
     0x3ed4f8b5b31c0c8d, 0x3ed4f8b58d1c461a, 0x3ed4f8b5894f7f0e, 0x3ed4f8b588ee37f3,
     0x3ed4f8b588e47da4, 0x3ed4f8b588e3849c, 0x3ed4f8b588e36bb5, 0x3ed4f8b588e36937,
     0x3ed4f8b588e368f8, 0x3ed4f8b588e368f1, 0x3ff0000000000000, 0xbff0000000000000,
     0xbfeffffffffffffa, 0xbfeffffffffffffb, 0x3feffffffffffffa, 0x3feffffffffffffb,
     0x3feffffffffffffc, 0x3feffffffffffffe, 0xbfefffffffffffff, 0xbfefffffffffffff,
     0x3fefffffffffffff, 0x3fefffffffffffff, 0x3fd3333333333332, 0x3fd3333333333333,
     0x3fd3333333333334, 0x0010000000000000, 0x000ffffffffffffd, 0x000fffffffffffff,
     0x7fefffffffffffff, 0xffefffffffffffff, 0x4340000000000000, 0xc340000000000000,
     0x4430000000000000, 0x44b52d02c7e14af5, 0x44b52d02c7e14af6, 0x44b52d02c7e14af7,
     0x444b1ae4d6e2ef4e, 0x444b1ae4d6e2ef4f, 0x444b1ae4d6e2ef50, 0x3eb0c6f7a0b5ed8c,
     0x3eb0c6f7a0b5ed8d, 0x41b3de4355555553, 0x41b3de4355555554, 0x41b3de4355555555,
     0x41b3de4355555556, 0x41b3de4355555557, 0xbecbf647612f3696, 0x43143ff3c1cb0959});

class PublishedSequence {
 public:
  std::uint64_t next() {
    std::size_t const index = index_++;
    if (index < 4) return kZeros[index];
    if (index < 4 + kMirrored.size()) return kMirrored[index - 4] | kSign;
    if (index < 4 + 2 * kMirrored.size()) return kMirrored[index - 4 - kMirrored.size()];
    if (index < kFixed) return kSingle[index - 4 - 2 * kMirrored.size()];
    if (index < kFixed + 2000) return 0x0010000000000000u + (index - kFixed);
    return drawn();
  }

 private:
  static constexpr std::uint64_t kSign = 0x8000000000000000u;
  static constexpr std::array<std::uint64_t, 4> kZeros{0, kSign, 1, kSign | 1};
  static constexpr std::size_t kFixed = 4 + 2 * kMirrored.size() + kSingle.size();

  std::uint64_t drawn() {
    while (true) {
      if (used_ == 32) {
        block_ = sha256(block_.bytes);
        used_ = 0;
      }
      std::uint64_t const bits = get_u64(block_.bytes.data() + used_);
      used_ += 8;
      double const number = std::bit_cast<double>(bits);
      if (number != 0 && std::isfinite(number)) return bits;
    }
  }

  std::size_t index_ = 0;
  Digest block_;
  std::size_t used_ = 32;
};

std::string hex_of(std::uint64_t bits) {
  std::array<char, 17> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), bits, 16).ptr;
  return {buffer.data(), end};
}

std::string published_lines(std::size_t count) {
  PublishedSequence sequence;
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t const bits = sequence.next();
    lines += hex_of(bits) + ',' + text_of_bits(bits) + '\n';
  }
  return lines;
}

TEST(Numbers, MatchThePublishedHashOfThousandLines) {
  std::string const lines = published_lines(1000);
  EXPECT_EQ(lines.size(), 37967u);
  EXPECT_EQ(sha256(as_bytes(lines)).hex(),
            "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687");
}

TEST(Numbers, MatchThePublishedHashOfTenThousandLines) {
  EXPECT_EQ(sha256(as_bytes(published_lines(10'000))).hex(),
            "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892");
}

TEST(Numbers, MatchThePublishedHashOfAHundredThousandLines) {
  EXPECT_EQ(sha256(as_bytes(published_lines(100'000))).hex(),
            "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7");
}

// RFC 8785 appendix B.
TEST(Numbers, AreLaidOutAsTheRfcLists) {
  EXPECT_EQ(text_of_bits(0x0000000000000000), "0");
  EXPECT_EQ(text_of_bits(0x8000000000000000), "0");
  EXPECT_EQ(text_of_bits(0x0000000000000001), "5e-324");
  EXPECT_EQ(text_of_bits(0x7fefffffffffffff), "1.7976931348623157e+308");
  EXPECT_EQ(text_of_bits(0x4340000000000000), "9007199254740992");
  EXPECT_EQ(text_of_bits(0x4430000000000000), "295147905179352830000");
  EXPECT_EQ(text_of_bits(0x44b52d02c7e14af5), "9.999999999999997e+22");
  EXPECT_EQ(text_of_bits(0x444b1ae4d6e2ef4f), "999999999999999900000");
  EXPECT_EQ(text_of_bits(0x444b1ae4d6e2ef50), "1e+21");
  EXPECT_EQ(text_of_bits(0x3eb0c6f7a0b5ed8c), "9.999999999999997e-7");
  EXPECT_EQ(text_of_bits(0x3eb0c6f7a0b5ed8d), "0.000001");
  EXPECT_EQ(text_of_bits(0x41b3de4355555557), "333333333.33333343");
  EXPECT_EQ(text_of_bits(0xbecbf647612f3696), "-0.0000033333333333333333");
  EXPECT_EQ(text_of(100000), "100000");
  EXPECT_EQ(text_of(0.5), "0.5");
  EXPECT_EQ(text_of(-12.25), "-12.25");
}

TEST(NumbersDeathTest, StopTheProcessWhenNotFinite) {
  EXPECT_DEATH(text_of(std::numeric_limits<double>::infinity()), "no JSON form");
  EXPECT_DEATH(text_of(std::numeric_limits<double>::quiet_NaN()), "no JSON form");
}

}  // namespace
}  // namespace tally::json
