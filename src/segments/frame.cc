#include "segments/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tally::segments {

namespace {

constexpr std::string_view kMagic = "TLYFRAME";
constexpr std::size_t kTableEntry = 8;

// Positions inside the header sector.
constexpr std::size_t kAtFormat = 8;
constexpr std::size_t kAtCount = 12;
constexpr std::size_t kAtSalt = 16;
constexpr std::size_t kAtEpoch = 24;
constexpr std::size_t kAtFirstSeq = 32;
constexpr std::size_t kAtBody = 40;
constexpr std::size_t kAtEnclosures = 44;
constexpr std::size_t kAtContentCrc = 48;
constexpr std::size_t kAtRoot = 52;
constexpr std::size_t kAtRest = kAtRoot + 32;
constexpr std::size_t kAtCrc = kSector - 4;

struct Sizes {
  std::uint64_t body = 0;
  std::uint64_t enclosures = 0;
  std::uint64_t content() const { return round_up(body + enclosures, kSector); }
  std::uint64_t frame() const { return round_up(kSector + content(), kBlock); }
};

tl::unexpected<Error> refused(std::string what) {
  return fail("frame_refused", "The ledger cannot store this group of events: " + what + ".");
}
tl::unexpected<Error> damaged(std::string what) { return fail("frame_damaged", std::move(what)); }

Result<Sizes> sizes_of(ports::LogFrame const& frame) {
  if (frame.records.empty()) return refused("it has no events");
  if (frame.records.size() > kFrameRecordsMax) {
    return refused(fmt::format("it has more than {} events", kFrameRecordsMax));
  }
  Sizes sizes;
  sizes.body = frame.records.size() * kTableEntry;
  for (auto const& record : frame.records) {
    if (record.leaf.empty()) return refused("an event is empty");
    if (record.leaf.size() > kLeafBytesMax) {
      return refused(fmt::format("an event has more than {} bytes", kLeafBytesMax));
    }
    sizes.body += record.leaf.size();
    sizes.enclosures += record.enclosure.size();
  }
  if (sizes.frame() > kFrameBytesMax) {
    return refused(fmt::format("together they have more than {} bytes", kFrameBytesMax));
  }
  return sizes;
}

std::uint8_t* append(std::uint8_t* at, ByteView bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

void put_content(ports::LogFrame const& frame, std::span<std::uint8_t> content) {
  auto* at = content.data();
  for (auto const& record : frame.records) {
    put_u32(at, static_cast<std::uint32_t>(record.leaf.size()));
    put_u32(at + 4, static_cast<std::uint32_t>(record.enclosure.size()));
    at += kTableEntry;
  }
  for (auto const& record : frame.records) at = append(at, record.leaf);
  for (auto const& record : frame.records) at = append(at, record.enclosure);
  std::fill(at, content.data() + content.size(), kFill);
}

void put_header(FrameHeader const& header, std::span<std::uint8_t> sector) {
  auto* at = sector.data();
  std::memset(at, 0, kSector);
  std::memcpy(at, kMagic.data(), kMagic.size());
  put_u32(at + kAtFormat, kFrameFormat);
  put_u32(at + kAtCount, header.count);
  put_u64(at + kAtSalt, header.salt);
  put_u64(at + kAtEpoch, header.epoch);
  put_u64(at + kAtFirstSeq, header.first_seq);
  put_u32(at + kAtBody, header.body_bytes);
  put_u32(at + kAtEnclosures, header.enclosure_bytes);
  put_u32(at + kAtContentCrc, header.content_crc);
  std::memcpy(at + kAtRoot, header.root_after.bytes.data(), header.root_after.bytes.size());
  put_u32(at + kAtCrc, crc32c(ByteView(sector).first(kAtCrc)));
}

bool within_limits(FrameHeader const& header) {
  auto table = std::uint64_t{header.count} * kTableEntry;
  auto content = std::uint64_t{header.body_bytes} + header.enclosure_bytes;
  return header.count > 0 && header.count <= kFrameRecordsMax && header.body_bytes > table &&
         content <= kFrameBytesMax - kSector;
}

// Cuts `bytes` from the front of `rest`; false when there are not as many.
bool cut(ByteView& rest, std::size_t bytes, ByteView& piece) {
  if (bytes > rest.size()) return false;
  piece = rest.first(bytes);
  rest = rest.subspan(bytes);
  return true;
}

}  // namespace

std::size_t FrameHeader::content_bytes() const {
  return round_up(std::uint64_t{body_bytes} + enclosure_bytes, kSector);
}

Result<std::size_t> frame_bytes(ports::LogFrame const& frame) {
  TRY(sizes, sizes_of(frame));
  return sizes.frame();
}

Result<ByteView> encode_frame(ports::LogFrame const& frame, std::uint64_t salt,
                              AlignedBuffer& buffer) {
  TRY(sizes, sizes_of(frame));
  auto bytes = buffer.take(sizes.frame());
  auto content = bytes.subspan(kSector, sizes.content());
  put_content(frame, content);
  if (!all_look_written(content)) return refused("a part of it is nearly all zeros");
  auto padding = bytes.subspan(kSector + content.size());
  std::fill(padding.begin(), padding.end(), std::uint8_t{0});
  put_header({.salt = salt,
              .epoch = frame.epoch,
              .first_seq = frame.first_seq,
              .count = static_cast<std::uint32_t>(frame.records.size()),
              .body_bytes = static_cast<std::uint32_t>(sizes.body),
              .enclosure_bytes = static_cast<std::uint32_t>(sizes.enclosures),
              .content_crc = crc32c(content),
              .root_after = frame.root_after},
             bytes.first(kSector));
  return ByteView(bytes);
}

Result<FrameHeader> decode_frame_header(ByteView sector) {
  TALLY_CHECK(sector.size() == kSector, "a frame header is one sector");
  auto const* at = sector.data();
  if (std::memcmp(at, kMagic.data(), kMagic.size()) != 0) {
    return damaged("the frame's header does not begin with its mark");
  }
  if (get_u32(at + kAtCrc) != crc32c(sector.first(kAtCrc))) {
    return damaged("the frame's header does not match its checksum");
  }
  if (get_u32(at + kAtFormat) != kFrameFormat) {
    return damaged(fmt::format("the frame has format {}, which this build does not know",
                               get_u32(at + kAtFormat)));
  }
  FrameHeader header{.salt = get_u64(at + kAtSalt),
                     .epoch = get_u64(at + kAtEpoch),
                     .first_seq = get_u64(at + kAtFirstSeq),
                     .count = get_u32(at + kAtCount),
                     .body_bytes = get_u32(at + kAtBody),
                     .enclosure_bytes = get_u32(at + kAtEnclosures),
                     .content_crc = get_u32(at + kAtContentCrc),
                     .root_after = {}};
  std::memcpy(header.root_after.bytes.data(), at + kAtRoot, header.root_after.bytes.size());
  if (!within_limits(header) || !all_zero(sector.subspan(kAtRest, kAtCrc - kAtRest))) {
    return damaged("the frame's header contradicts itself");
  }
  return header;
}

Result<void> decode_frame_content(FrameHeader const& header, ByteView content, FrameView& view) {
  TALLY_CHECK(content.size() == header.content_bytes(), "a frame's content has its stated length");
  if (crc32c(content) != header.content_crc) {
    return damaged("the frame's content does not match its checksum");
  }
  auto contradiction = [] { return damaged("the frame's table contradicts its header"); };
  auto table = content.first(header.count * kTableEntry);
  auto leaves = content.subspan(table.size(), header.body_bytes - table.size());
  auto enclosures = content.subspan(header.body_bytes, header.enclosure_bytes);
  view.header = header;
  view.epoch = header.epoch;
  view.first_seq = header.first_seq;
  view.root_after = header.root_after;
  view.records.clear();
  for (; !table.empty(); table = table.subspan(kTableEntry)) {
    ports::RecordView record;
    if (!cut(leaves, get_u32(table.data()), record.leaf) || record.leaf.empty() ||
        record.leaf.size() > kLeafBytesMax ||
        !cut(enclosures, get_u32(table.data() + 4), record.enclosure)) {
      return contradiction();
    }
    view.records.push_back(record);
  }
  if (!leaves.empty() || !enclosures.empty()) return contradiction();
  return {};
}

Result<void> decode_frame(ByteView bytes, FrameView& view) {
  if (bytes.size() < kSector) return damaged("the frame is cut short");
  TRY(header, decode_frame_header(bytes.first(kSector)));
  if (bytes.size() != header.frame_bytes()) return damaged("the frame has another length");
  TRY_VOID(decode_frame_content(header, bytes.subspan(kSector, header.content_bytes()), view));
  if (!all_zero(bytes.subspan(kSector + header.content_bytes()))) {
    return damaged("the zeros after the frame's content are not zero");
  }
  return {};
}

}  // namespace tally::segments
