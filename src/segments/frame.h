#pragma once

// The bytes of one frame, that is of one group commit (docs/formats/ledger.md).
//
//   sector 0            the header, with its own checksum
//   table               count x {u32 leaf length, u32 enclosure length}
//   leaves, enclosures  back to back, in the order of the table
//   fill                kFill bytes to the end of the sector
//   padding             zeros to the end of the block
//
// The content (table to fill) is covered by a CRC-32C in the header. Integers are little-endian.
// A frame is encoded for one segment: the salt ties it to that file.

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "ports/log_store.h"
#include "segments/aligned_buffer.h"
#include "segments/sectors.h"

namespace tally::segments {

inline constexpr std::uint32_t kFrameFormat = 1;
inline constexpr std::uint32_t kFrameRecordsMax = 65'536;
inline constexpr std::size_t kLeafBytesMax = 65'535;  // tlog-tiles bundles use a u16 length
inline constexpr std::size_t kFrameBytesMax = 16u << 20;
inline constexpr std::uint8_t kFill = 0xA5;

struct FrameHeader {
  std::uint64_t salt = 0;
  std::uint64_t epoch = 0;
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  std::uint32_t body_bytes = 0;  // table and leaves
  std::uint32_t enclosure_bytes = 0;
  std::uint32_t content_crc = 0;
  Digest root_after;

  std::uint64_t next_seq() const { return first_seq + count; }
  // Whole sectors after the header's; the fill included, the padding not.
  std::size_t content_bytes() const;
  // On disk, with header and padding: a multiple of kBlock.
  std::size_t frame_bytes() const { return round_up(kSector + content_bytes(), kBlock); }
};

// Refuses ("frame_refused") what no segment can hold: no records, too many, an empty or oversize
// leaf, a frame over kFrameBytesMax.
Result<std::size_t> frame_bytes(ports::LogFrame const& frame);

// The frame's bytes inside `buffer`, valid until its next use. Refuses what frame_bytes refuses,
// and content with a sector of zeros: recovery could not tell it from an unwritten one. Text
// leaves and encrypted enclosures have none.
Result<ByteView> encode_frame(ports::LogFrame const& frame, std::uint64_t salt,
                              AlignedBuffer& buffer);

// As the port shows it, with what else stands in the file.
struct FrameView : ports::FrameView {
  FrameHeader header;
  // Where it was read, for messages; set by whoever read it.
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
};

// Checks magic, format, limits, zero rest and checksum of one sector.
Result<FrameHeader> decode_frame_header(ByteView sector);
// Checks checksum and table; the content's length is header.content_bytes(). The views in `view`
// point into `content`.
Result<void> decode_frame_content(FrameHeader const& header, ByteView content, FrameView& view);
// Both, and that the padding is zero; `bytes` is the whole frame.
Result<void> decode_frame(ByteView bytes, FrameView& view);

}  // namespace tally::segments
