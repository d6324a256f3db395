#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/prng.h"
#include "json/value.h"

namespace tally::json {
namespace {

std::filesystem::path vectors() {
  char const* const data = std::getenv("TALLY_DATA");
  std::filesystem::path const root = data != nullptr ? data : TALLY_SOURCE_DIR "/../shared/data";
  return root / "vectors/jcs/testdata";
}

std::string content(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string canonical_of(std::string_view text) {
  auto value = parse(text);
  return value ? canonical(*value) : "refused: " + value.error().detail;
}

// github.com/cyberphone/json-canonicalization, testdata.
TEST(Canonical, MatchesThePublishedPairs) {
  if (!std::filesystem::exists(vectors()))
    GTEST_SKIP() << "no vectors at " << vectors() << "; set TALLY_DATA to the folder that has them";
  int pairs = 0;
  for (auto const& entry : std::filesystem::directory_iterator(vectors() / "input")) {
    auto const name = entry.path().filename();
    EXPECT_EQ(canonical_of(content(entry.path())), content(vectors() / "output" / name)) << name;
    ++pairs;
  }
  EXPECT_EQ(pairs, 6);
}

TEST(Canonical, SortsByUtf16CodeUnits) {
  // U+1F600 is D83D DE00 in UTF-16 and so stands before U+E000 and U+FB33, unlike in UTF-8.
  EXPECT_EQ(canonical_of("{\"\ufb33\":1,\"\U0001F600\":2,\"\ue000\":3,\"\ud7ff\":4,\"a\":5,"
                         "\"\":6,\"ab\":7,\"\u00f6\":8}"),
            "{\"\":6,\"a\":5,\"ab\":7,\"\u00f6\":8,\"\ud7ff\":4,\"\U0001F600\":2,\"\ue000\":3,"
            "\"\ufb33\":1}");
  EXPECT_EQ(canonical_of("{\"\U00010001\":1,\"\U00010000\":2}"),
            "{\"\U00010000\":2,\"\U00010001\":1}");
}

TEST(Canonical, SortsAtEveryDepthAndKeepsArrays) {
  EXPECT_EQ(canonical_of(R"([{"b":{"z":1,"y":2},"a":[3,1,2]}])"),
            R"([{"a":[3,1,2],"b":{"y":2,"z":1}}])");
}

TEST(Write, KeepsTheOrderOfMembers) {
  EXPECT_EQ(write(*parse(R"({ "b" : {"z":1,"y":2.50}, "a" : [ ] })")),
            R"({"b":{"z":1,"y":2.5},"a":[]})");
}

TEST(Strings, EscapeOnlyWhatTheRfcNames) {
  std::string out;
  append_string(out, std::string_view("\0\b\t\n\f\r\x1f\"\\/\x7f\u2028\u00e9", 16));
  EXPECT_EQ(out, "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\x7f\u2028\u00e9\"");
}

// The scan reads eight bytes at a time; each byte must be noticed at each place.
TEST(Strings, EscapeAtEveryPosition) {
  for (unsigned c = 0; c < 0x80; ++c) {
    for (std::size_t at = 0; at < 19; ++at) {
      std::string text(19, 'x');
      text[at] = static_cast<char>(c);
      std::string out;
      append_string(out, text);
      bool const escaped = c < 0x20 || c == '"' || c == '\\';
      EXPECT_EQ(out.size() > 21, escaped) << c << " at " << at;
      EXPECT_EQ(*parse(out)->string(), text);
    }
  }
}

class RandomDocument {
 public:
  explicit RandomDocument(std::uint64_t seed) : prng_(seed) {}

  Value value(int depth) {
    switch (prng_.below(depth > 4 ? 5 : 7)) {
      case 0:
        return Value();
      case 1:
        return Value(prng_.chance(500));
      case 2:
        return Value(static_cast<std::int64_t>(prng_.next() >> 11) * (prng_.chance(500) ? 1 : -1));
      case 3:  // Odd 64ths, so never whole: whole doubles come back as integers.
        return Value((static_cast<double>(prng_.next() >> 32) * 2 + 1) / 64);
      case 4:
        return Value(text());
      case 5:
        return array(depth);
      default:
        return object(depth);
    }
  }

 private:
  std::string text() {
    static constexpr std::array<std::string_view, 8> kPieces = {
        "a", "\"", "\\", "\n", std::string_view("\0", 1), "\u00e9", "\ue000", "\U0001F600"};
    std::string out;
    for (auto length = prng_.below(12); length > 0; --length)
      out += kPieces[prng_.below(kPieces.size())];
    return out;
  }
  Value array(int depth) {
    Array items;
    for (auto count = prng_.below(5); count > 0; --count) items.push_back(value(depth + 1));
    return items;
  }
  Value object(int depth) {
    Object members;
    for (auto count = prng_.below(12); count > 0; --count)
      members.emplace_back(text() + std::to_string(count), value(depth + 1));
    return members;
  }

  Prng prng_;
};

TEST(Canonical, IsAFixedPointAndWrittenValuesComeBackEqual) {
  RandomDocument random(7);
  for (int round = 0; round < 3000; ++round) {
    Value const value = random.value(0);
    auto const back = parse(write(value));
    ASSERT_TRUE(back) << back.error().detail << " in " << write(value);
    ASSERT_EQ(*back, value);
    std::string const once = canonical(value);
    ASSERT_EQ(canonical(*parse(once)), once);
  }
}

}  // namespace
}  // namespace tally::json
