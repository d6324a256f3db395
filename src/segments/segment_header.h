#pragma once

// The first block of a segment file, and the file's name. All fields lie in the first sector, so
// the header is written whole or not at all; the rest of the block is zero.

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "segments/sectors.h"

namespace tally::segments {

inline constexpr std::uint32_t kSegmentFormat = 1;
inline constexpr std::uint64_t kSegmentBytesMin = 2 * kBlock;
inline constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kSegmentsMax = 9'999'999'999;  // ten digits in a name

struct SegmentHeader {
  LedgerId ledger;
  std::uint64_t number = 0;
  std::uint64_t salt = 0;  // random; no bytes of another segment can pass for this one's
  std::uint64_t base_seq = 0;
  std::uint64_t bytes = 0;  // of the whole file
  std::uint64_t epoch = 0;  // of the writer that began the segment
  Digest root_before;       // of the tree of all leaves below base_seq
};

// Exactly kBlock bytes.
Bytes encode_segment_header(SegmentHeader const& header);
Result<SegmentHeader> decode_segment_header(ByteView block);

// "0000000012.seg"
std::string segment_name(std::uint64_t number);
// No number for a name that segment_name does not give.
std::optional<std::uint64_t> segment_number(std::string_view name);

}  // namespace tally::segments
