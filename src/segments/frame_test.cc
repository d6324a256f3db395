#include "segments/frame.h"

#include <gtest/gtest.h>

#include "base/prng.h"
#include "segments/head.h"
#include "segments/segment_header.h"

namespace tally::segments {

namespace {

constexpr std::uint64_t kSalt = 0x0123456789abcdef;

Bytes noise(Prng& prng, std::size_t bytes) {
  Bytes out(bytes);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(prng.below(256));
  return out;
}

ports::LogFrame example() {
  ports::LogFrame frame;
  frame.epoch = 3;
  frame.first_seq = 41;
  frame.records.push_back({to_bytes(R"({"seq":41,"v":1})"), {}});
  frame.records.push_back({to_bytes(R"({"seq":42,"v":1})"), to_bytes("an encrypted payload")});
  frame.root_after = sha256(as_bytes("root"));
  return frame;
}

ports::LogFrame random_frame(Prng& prng) {
  ports::LogFrame frame;
  frame.epoch = prng.next();
  frame.first_seq = prng.below(1u << 30);
  auto count = 1 + prng.below(40);
  for (std::uint64_t i = 0; i < count; ++i) {
    ports::LogRecord record;
    record.leaf = to_bytes(std::string(1 + prng.below(900), 'x'));
    record.enclosure = noise(prng, prng.below(2) * prng.below(3000));
    frame.records.push_back(std::move(record));
  }
  frame.root_after = sha256(as_bytes("root"));
  return frame;
}

std::string code_of(Result<ByteView> const& encoded) { return encoded ? "" : encoded.error().code; }

}  // namespace

TEST(Frame, HasThePublishedBytes) {
  AlignedBuffer buffer;
  auto encoded = encode_frame(example(), kSalt, buffer);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->size(), 4096u);
  EXPECT_EQ(sha256(*encoded).hex(),
            "e865520eba9b52430c7a81c94ebc277a8293a5eca0f657b4daf110f540779ea8");
}

TEST(Frame, DecodesToWhatWasEncoded) {
  Prng prng(1);
  AlignedBuffer buffer;
  for (int round = 0; round < 200; ++round) {
    auto frame = random_frame(prng);
    auto encoded = encode_frame(frame, kSalt, buffer);
    ASSERT_TRUE(encoded);
    EXPECT_EQ(encoded->size(), *frame_bytes(frame));
    FrameView view;
    ASSERT_TRUE(decode_frame(*encoded, view));
    EXPECT_EQ(view.header.salt, kSalt);
    EXPECT_EQ(view.header.epoch, frame.epoch);
    EXPECT_EQ(view.header.first_seq, frame.first_seq);
    EXPECT_EQ(view.header.root_after, frame.root_after);
    ASSERT_EQ(view.records.size(), frame.records.size());
    for (std::size_t i = 0; i < frame.records.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(view.records[i].leaf, frame.records[i].leaf));
      EXPECT_TRUE(std::ranges::equal(view.records[i].enclosure, frame.records[i].enclosure));
    }
  }
}

TEST(Frame, RefusesEveryFlippedBit) {
  AlignedBuffer buffer;
  auto encoded = encode_frame(example(), kSalt, buffer);
  ASSERT_TRUE(encoded);
  Bytes bytes(encoded->begin(), encoded->end());
  FrameView view;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
    bytes[bit / 8] ^= mask;
    ASSERT_FALSE(decode_frame(bytes, view)) << "bit " << bit;
    bytes[bit / 8] ^= mask;
  }
}

TEST(Frame, MarksEverySectorBeforeThePadding) {
  Prng prng(2);
  AlignedBuffer buffer;
  for (int round = 0; round < 100; ++round) {
    auto encoded = encode_frame(random_frame(prng), kSalt, buffer);
    ASSERT_TRUE(encoded);
    auto header = decode_frame_header(encoded->first(kSector));
    ASSERT_TRUE(header);
    auto written = kSector + header->content_bytes();
    EXPECT_TRUE(all_look_written(encoded->first(written)));
    EXPECT_TRUE(all_zero(encoded->subspan(written)));
  }
}

TEST(Frame, EndsInAMarkedSectorWhenOneZeroByteSpillsOver) {
  ports::LogFrame frame;
  // Table 8 bytes + leaf 503 bytes leave one byte in the sector, so the second of the two
  // enclosed zero bytes stands alone in the next.
  frame.records.push_back({to_bytes(std::string(503, 'x')), Bytes(2)});
  AlignedBuffer buffer;
  auto encoded = encode_frame(frame, kSalt, buffer);
  ASSERT_TRUE(encoded);
  EXPECT_TRUE(looks_written(encoded->subspan(2 * kSector, kSector)));
}

TEST(Frame, RefusesContentWithASectorOfZeros) {
  auto frame = example();
  frame.records[0].enclosure = Bytes(2000);
  AlignedBuffer buffer;
  EXPECT_EQ(code_of(encode_frame(frame, kSalt, buffer)), "frame_refused");
}

TEST(Frame, RefusesWhatIsOverALimit) {
  AlignedBuffer buffer;
  auto encode = [&](std::vector<ports::LogRecord> records) {
    ports::LogFrame frame;
    frame.records = std::move(records);
    return code_of(encode_frame(frame, kSalt, buffer));
  };
  EXPECT_EQ(encode({}), "frame_refused");
  EXPECT_EQ(encode({{Bytes(), Bytes()}}), "frame_refused");
  EXPECT_EQ(encode({{Bytes(kLeafBytesMax, 'x'), Bytes()}}), "");
  EXPECT_EQ(encode({{Bytes(kLeafBytesMax + 1, 'x'), Bytes()}}), "frame_refused");
  auto room = kFrameBytesMax - kSector - 8 - 1;
  EXPECT_EQ(encode({{Bytes(1, 'x'), Bytes(room, 'y')}}), "");
  EXPECT_EQ(encode({{Bytes(1, 'x'), Bytes(room + 1, 'y')}}), "frame_refused");
  std::vector<ports::LogRecord> many(kFrameRecordsMax, {Bytes(1, 'x'), Bytes()});
  EXPECT_EQ(encode(many), "");
  many.push_back(many.front());
  EXPECT_EQ(encode(many), "frame_refused");
}

TEST(Frame, RefusesATableThatContradictsItsHeaderUnderAValidChecksum) {
  AlignedBuffer buffer;
  auto encoded = encode_frame(example(), kSalt, buffer);
  ASSERT_TRUE(encoded);
  auto header = *decode_frame_header(encoded->first(kSector));
  Bytes content(encoded->begin() + kSector,
                encoded->begin() + static_cast<std::ptrdiff_t>(kSector + header.content_bytes()));
  for (std::uint32_t leaf : {0u, 15u, 17u, 0xFFFF'FFFFu}) {
    put_u32(content.data(), leaf);
    header.content_crc = crc32c(content);
    FrameView view;
    auto decoded = decode_frame_content(header, content, view);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().detail, "the frame's table contradicts its header");
  }
}

TEST(SegmentHeader, HasThePublishedBytesAndDecodesToItself) {
  SegmentHeader header{.ledger = LedgerId(7),
                       .number = 2,
                       .salt = kSalt,
                       .base_seq = 41,
                       .bytes = 4u << 20,
                       .epoch = 3,
                       .root_before = sha256(as_bytes("root"))};
  auto block = encode_segment_header(header);
  EXPECT_EQ(sha256(block).hex(),
            "4d3a6e67543306551b49b62a9efc804466ba043ff41a6dee69fa9d0710475352");
  auto decoded = decode_segment_header(block);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_segment_header(*decoded), block);
  EXPECT_EQ(decoded->ledger, header.ledger);
  EXPECT_EQ(decoded->bytes, header.bytes);
  EXPECT_EQ(decoded->epoch, header.epoch);
}

TEST(SegmentHeader, RefusesEveryFlippedBitOfItsBlock) {
  auto block =
      encode_segment_header({.ledger = {}, .number = 1, .bytes = 1u << 20, .root_before = {}});
  for (std::size_t bit = 0; bit < block.size() * 8; ++bit) {
    auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
    block[bit / 8] ^= mask;
    ASSERT_FALSE(decode_segment_header(block)) << "bit " << bit;
    block[bit / 8] ^= mask;
  }
}

TEST(SegmentHeader, NamesFilesByNumber) {
  EXPECT_EQ(segment_name(0), "0000000000.seg");
  EXPECT_EQ(segment_name(1234567890), "1234567890.seg");
  EXPECT_EQ(segment_number("0000000012.seg"), 12u);
  for (auto const* name :
       {"head", "12.seg", "0000000012.sex", "-000000012.seg", "000000001x.seg"}) {
    EXPECT_FALSE(segment_number(name)) << name;
  }
}

TEST(Head, HasThePublishedBytesAndRefusesEveryFlippedBit) {
  auto bytes = encode_head({LedgerId(7), 42, sha256(as_bytes("root"))});
  EXPECT_EQ(sha256(bytes).hex(),
            "042175d8db5549c513af48d24b36a9bb69110b55905a3e2e698163b823a15f6c");
  auto decoded = decode_head(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->size, 42u);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
    bytes[bit / 8] ^= mask;
    ASSERT_FALSE(decode_head(bytes)) << "bit " << bit;
    bytes[bit / 8] ^= mask;
  }
}

}  // namespace tally::segments
