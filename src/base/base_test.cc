#include <gtest/gtest.h>

#include <set>

#include "base/bytes.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/prng.h"
#include "base/time.h"

namespace tally {
namespace {

TEST(Decimal, HasTheDigitsOfAnyNumber) {
  EXPECT_EQ(Decimal(0).text(), "0");
  EXPECT_EQ(Decimal(~std::uint64_t{0}).text(), "18446744073709551615");
  Prng random(10);
  for (std::uint64_t number = 1; number < std::uint64_t{1} << 63; number *= 10)
    for (std::uint64_t near : {number - 1, number, number + 1, random.below(number)})
      EXPECT_EQ(Decimal(near).text(), std::to_string(near));
  std::string padded;
  append_decimal(padded, 42, 6);
  append_decimal(padded, 1'234'567, 6);
  EXPECT_EQ(padded, "0000421234567");
}

TEST(Hex, IsMadeAndReadAtAnyLengthAndNothingElseIsRead) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string all;
  Bytes every;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    every.push_back(static_cast<std::uint8_t>(byte));
    all += {kDigits[byte / 16], kDigits[byte % 16]};
  }
  for (std::size_t length = 0; length < 40; ++length) {
    ByteView const bytes = ByteView(every).subspan(7 * length % 200, length);
    std::string const text = all.substr(2 * (7 * length % 200), 2 * length);
    EXPECT_EQ(to_hex(bytes), text);
    EXPECT_EQ(from_hex(text), Bytes(bytes.begin(), bytes.end()));
  }
  EXPECT_EQ(to_hex(every), all);
  EXPECT_EQ(from_hex(all), every);
  for (std::size_t at = 0; at < 22; ++at)
    for (int c = 0; c < 256; ++c) {
      std::string text = all.substr(300, 22);
      text[at] = static_cast<char>(c);
      bool const digit = kDigits.find(text[at]) != std::string_view::npos;
      EXPECT_EQ(from_hex(text).has_value(), digit) << at << " " << c;
    }
}

TEST(Bytes, HexAndBase64ComeBackAndRefuseWhatIsNotCanonical) {
  Bytes const bytes{0, 1, 0xFE, 0xFF};
  EXPECT_EQ(to_hex(bytes), "0001feff");
  EXPECT_EQ(from_hex("0001feff"), bytes);
  EXPECT_FALSE(from_hex("0001FEFF"));
  EXPECT_FALSE(from_hex("000"));
  EXPECT_EQ(to_base64(bytes), "AAH+/w==");
  EXPECT_EQ(from_base64("AAH+/w=="), bytes);
  EXPECT_FALSE(from_base64("AAH+/x=="));
  EXPECT_FALSE(from_base64("AAH+/w="));
}

TEST(Bytes, Crc32cMatchesThePublishedCheckValue) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283u);
  EXPECT_EQ(crc32c(as_bytes("56789"), crc32c(as_bytes("1234"))), 0xE3069283u);
}

std::uint32_t crc32c_by_the_bit(ByteView bytes) {
  std::uint32_t crc = ~0u;
  for (std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return ~crc;
}

// Libraries take other ways for long texts, and for those that begin at odd places.
TEST(Bytes, Crc32cIsThatOfItsPolynomialForEveryLength) {
  Prng random(32);
  Bytes bytes(5'000);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next() >> 56);
  for (std::size_t length = 0; length < bytes.size(); length += length < 300 ? 1 : 61) {
    auto const part = ByteView(bytes).subspan(length % 9).first(std::min(length, bytes.size() - 9));
    std::size_t const cut = part.size() / 3;
    EXPECT_EQ(crc32c(part), crc32c_by_the_bit(part)) << length;
    EXPECT_EQ(crc32c(part.subspan(cut), crc32c(part.first(cut))), crc32c(part)) << length;
  }
}

TEST(Digest, MatchesTheVectorsOfTheStandards) {
  EXPECT_EQ(sha256(as_bytes("abc")).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  EXPECT_EQ(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// Lengths around a block's, nothing at all, and around the most that is hashed side by side.
TEST(Digest, OfEachMessageIsTheDigestOfIt) {
  Prng random(3);
  Bytes bytes(1u << 17);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  std::vector<ByteView> messages;
  for (std::size_t size = 0; size < 200; ++size)
    messages.push_back(ByteView(bytes).subspan(random.below(1000), size));
  for (std::size_t size = (1u << 16) - 4; size < (1u << 16) + 4; ++size)
    messages.push_back(ByteView(bytes).first(size));
  for (int i = 0; i < 300; ++i)
    messages.push_back(ByteView(bytes).subspan(random.below(1000), random.below(70'000)));
  for (std::size_t const count : {0u, 1u, 2u, 7u, 200u, 508u}) {
    std::vector<Digest> digests(count);
    sha256_each(std::span(messages).first(count), digests);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(digests[i], sha256(messages[i])) << i << " of " << count;
  }
}

TEST(ContentRef, IsNeverAPlainString) {
  Digest const digest = sha256(as_bytes("x"));
  EXPECT_EQ(ContentRef::parse("sha256:" + digest.hex())->digest(), digest);
  EXPECT_FALSE(ContentRef::parse(digest.hex()));
  EXPECT_FALSE(ContentRef::parse("sha256:" + digest.hex().substr(1)));
}

TEST(Money, IsExactToTheMicroAndRefusesMore) {
  EXPECT_EQ(parse_usd("0.0500"), Micros(50'000));
  EXPECT_EQ(parse_usd("12"), Micros(12'000'000));
  EXPECT_EQ(parse_usd("0.000001"), Micros(1));
  for (char const* bad : {"", ".", "1.", ".5", "-1", "1e3", "0.0000001", "1,0", " 1", "1000000001"})
    EXPECT_FALSE(parse_usd(bad)) << bad;
  EXPECT_EQ(format_usd(Micros(50'000)), "0.0500");
  EXPECT_EQ(format_usd(Micros(123'456)), "0.123456");
  EXPECT_EQ(format_usd(Micros(-1'000'000)), "-1.0000");
}

TEST(Money, ThatWasSpentIsRoundedUpToAMicro) {
  EXPECT_EQ(parse_cost("0.0001851"), (SaidCost{Micros(186), true}));
  EXPECT_EQ(parse_cost("0.00000000000000000001"), (SaidCost{Micros(1), true}));
  EXPECT_EQ(parse_cost("0.9999999"), (SaidCost{Micros(1'000'000), true}));
  EXPECT_EQ(parse_cost("0.0001850000"), (SaidCost{Micros(185), false}));
  EXPECT_EQ(parse_cost("0.05"), (SaidCost{Micros(50'000), false}));
  EXPECT_EQ(parse_cost("1000000000.0000000"), (SaidCost{kAmountMax, false}));
  for (char const* bad : {"", ".", "-1", "1e3", "0.00000001x", "0.0000000-1", "1000000000.0000001",
                          "99999999999", "0.123456.7"})
    EXPECT_FALSE(parse_cost(bad)) << bad;
  EXPECT_FALSE(parse_cost("0." + std::string(kCostCharactersMax, '0')));
}

TEST(MoneyDeathTest, OverflowStopsTheProcess) {
  EXPECT_DEATH(Micros(INT64_MAX) + Micros(1), "money overflow");
}

TEST(Time, Rfc3339ComesBackAndRefusesImpossibleDates) {
  Instant const at(1'769'853'547'000'123);
  EXPECT_EQ(to_rfc3339(at), "2026-01-31T09:59:07.000123Z");
  EXPECT_EQ(from_rfc3339(to_rfc3339(at)), at);
  EXPECT_EQ(from_rfc3339("2026-01-31T09:59:07Z"), Instant(1'769'853'547'000'000));
  EXPECT_FALSE(from_rfc3339("2026-02-30T00:00:00Z"));
  EXPECT_FALSE(from_rfc3339("2026-01-31T09:59:07"));
  EXPECT_FALSE(from_rfc3339("2026-01-31T09:59:07+01:00"));
}

TEST(Ids, ShowAPrefixAndComeBack) {
  EXPECT_EQ(to_text(RunId(0xAB)), "run_00000000000000ab");
  EXPECT_EQ(parse_id<RunId>("run_00000000000000ab"), RunId(0xAB));
  EXPECT_FALSE(parse_id<RunId>("run_00000000000000AB"));
  EXPECT_FALSE(parse_id<RunId>("dec_00000000000000ab"));
  EXPECT_FALSE(parse_correlation_id(std::string(32, '0')));
}

TEST(Ids, APermutationNeverRepeats) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    EXPECT_TRUE(seen.insert(permute(7, i)).second);
    EXPECT_EQ(unpermute(7, permute(7, i)), i);
  }
}

TEST(Names, AreSegmentsOfAPathThatNobodyResolvesAway) {
  for (std::string_view name : {"a", "0", "a.b", "...", ".a", "a..", "x-y_z", "-"})
    EXPECT_TRUE(is_name(name)) << name;
  for (std::string_view text : {"", ".", "..", "A", "a b", "a/b", "a%2f", "\xc3\xa4"})
    EXPECT_FALSE(is_name(text)) << text;
  EXPECT_TRUE(is_name(std::string(64, 'a')));
  EXPECT_FALSE(is_name(std::string(65, 'a')));
}

TEST(Prng, TheSameSeedGivesTheSameNumbers) {
  Prng a(42);
  Prng b(42);
  Prng c(43);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    std::uint64_t const x = a.next();
    EXPECT_EQ(x, b.next());
    differs = differs || x != c.next();
  }
  EXPECT_TRUE(differs);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(a.below(7), 7u);
}

}  // namespace
}  // namespace tally
