// Whatever bytes stand in a segment, the frame reader takes only what somebody wrote: a frame that
// it accepts is encoded to the same bytes again.

#include <gtest/gtest.h>

#include "fuzz/fuzz.h"
#include "segments/frame.h"

namespace tally::fuzz {
namespace {

constexpr std::uint64_t kSalt = 0x5a17;

Bytes frame_of(std::vector<std::pair<std::string, std::string>> const& records) {
  ports::LogFrame frame;
  frame.first_seq = 7;
  frame.epoch = 3;
  frame.root_after = sha256(as_bytes("root"));
  for (auto const& [leaf, enclosure] : records)
    frame.records.push_back({.leaf = to_bytes(leaf), .enclosure = to_bytes(enclosure)});
  segments::AlignedBuffer buffer;
  auto const bytes = segments::encode_frame(frame, kSalt, buffer);
  EXPECT_TRUE(bytes);
  return {bytes->begin(), bytes->end()};
}

std::vector<Bytes> seeds() {
  return {frame_of({{"{}", ""}}), frame_of({{"{\"a\":1}", "sealed"}, {"{}", ""}, {"x", "y"}}),
          frame_of({{std::string(5000, 'l'), std::string(3000, 'e')}})};
}

void expect_the_same_again(segments::FrameView const& view, ByteView bytes) {
  ports::LogFrame frame;
  frame.first_seq = view.header.first_seq;
  frame.epoch = view.header.epoch;
  frame.root_after = view.header.root_after;
  for (auto const& record : view.records)
    frame.records.push_back({.leaf = {record.leaf.begin(), record.leaf.end()},
                             .enclosure = {record.enclosure.begin(), record.enclosure.end()}});
  segments::AlignedBuffer buffer;
  auto const again = segments::encode_frame(frame, view.header.salt, buffer);
  ASSERT_TRUE(again);
  EXPECT_TRUE(std::ranges::equal(*again, bytes));
}

TEST(FrameFuzz, TheReaderTakesOnlyWhatTheWriterWrites) {
  std::uint64_t accepted = 0;
  run(seeds(), [&](ByteView bytes) {
    if (bytes.size() < segments::kSector) return;
    segments::FrameView view;
    auto const header = segments::decode_frame_header(bytes.first(segments::kSector));
    if (!header || header->frame_bytes() != bytes.size()) return;
    if (!segments::decode_frame(bytes, view)) return;
    ++accepted;
    expect_the_same_again(view, bytes);
  });
  EXPECT_GE(accepted, seeds().size());
}

// Past the checksums, which a mutant hardly ever meets: the table and its lengths alone.
TEST(FrameFuzz, TheTableIsCheckedEvenWhereTheChecksumFits) {
  auto const frames = seeds();
  run(frames, [](ByteView bytes) {
    if (bytes.size() < 2 * segments::kSector) return;
    segments::FrameHeader header;
    Bytes content(bytes.begin() + segments::kSector, bytes.end());
    content.resize(segments::kSector + content.size() / segments::kSector * segments::kSector);
    header.count = bytes[0] % 8u;
    header.body_bytes = static_cast<std::uint32_t>(get_u64(bytes.data()) % (content.size() + 64));
    header.enclosure_bytes = bytes[9];
    bool const lawful = header.count > 0 && header.body_bytes > header.count * 8u;
    if (!lawful) return;  // decode_frame_header lets none of these through
    if (header.content_bytes() > content.size()) return;
    ByteView const exact = ByteView(content).first(header.content_bytes());
    header.content_crc = crc32c(exact);
    segments::FrameView view;
    if (!segments::decode_frame_content(header, exact, view)) return;
    std::size_t sum = 0;
    for (auto const& record : view.records) sum += record.leaf.size() + record.enclosure.size();
    EXPECT_LE(sum, exact.size());
  });
}

}  // namespace
}  // namespace tally::fuzz
