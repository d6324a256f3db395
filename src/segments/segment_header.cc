#include "segments/segment_header.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "base/check.h"

namespace tally::segments {

namespace {

constexpr std::string_view kMagic = "TLYSEGMT";
constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kDigits = 10;

// Positions inside the block; the word at 12 is reserved and zero.
constexpr std::size_t kAtFormat = 8;
constexpr std::size_t kAtLedger = 16;
constexpr std::size_t kAtNumber = 24;
constexpr std::size_t kAtSalt = 32;
constexpr std::size_t kAtBaseSeq = 40;
constexpr std::size_t kAtBytes = 48;
constexpr std::size_t kAtEpoch = 56;
constexpr std::size_t kAtRoot = 64;
constexpr std::size_t kAtRest = kAtRoot + 32;
constexpr std::size_t kAtCrc = kSector - 4;

tl::unexpected<Error> damaged(std::string what) { return fail("segment_damaged", std::move(what)); }

}  // namespace

Bytes encode_segment_header(SegmentHeader const& header) {
  Bytes block(kBlock);
  auto* at = block.data();
  std::memcpy(at, kMagic.data(), kMagic.size());
  put_u32(at + kAtFormat, kSegmentFormat);
  put_u64(at + kAtLedger, header.ledger.value());
  put_u64(at + kAtNumber, header.number);
  put_u64(at + kAtSalt, header.salt);
  put_u64(at + kAtBaseSeq, header.base_seq);
  put_u64(at + kAtBytes, header.bytes);
  put_u64(at + kAtEpoch, header.epoch);
  std::memcpy(at + kAtRoot, header.root_before.bytes.data(), header.root_before.bytes.size());
  put_u32(at + kAtCrc, crc32c(ByteView(block).first(kAtCrc)));
  return block;
}

Result<SegmentHeader> decode_segment_header(ByteView block) {
  TALLY_CHECK(block.size() == kBlock, "a segment header is one block");
  auto const* at = block.data();
  if (std::memcmp(at, kMagic.data(), kMagic.size()) != 0) {
    return damaged("the segment's header does not begin with its mark");
  }
  if (get_u32(at + kAtCrc) != crc32c(block.first(kAtCrc))) {
    return damaged("the segment's header does not match its checksum");
  }
  if (get_u32(at + kAtFormat) != kSegmentFormat) {
    return damaged(fmt::format("the segment has format {}, which this build does not know",
                               get_u32(at + kAtFormat)));
  }
  SegmentHeader header{.ledger = LedgerId(get_u64(at + kAtLedger)),
                       .number = get_u64(at + kAtNumber),
                       .salt = get_u64(at + kAtSalt),
                       .base_seq = get_u64(at + kAtBaseSeq),
                       .bytes = get_u64(at + kAtBytes),
                       .epoch = get_u64(at + kAtEpoch),
                       .root_before = {}};
  std::memcpy(header.root_before.bytes.data(), at + kAtRoot, header.root_before.bytes.size());
  if (get_u32(at + kAtFormat + 4) != 0 || !all_zero(block.subspan(kAtRest, kAtCrc - kAtRest)) ||
      !all_zero(block.subspan(kSector))) {
    return damaged("the zeros in the segment's header are not zero");
  }
  return header;
}

std::string segment_name(std::uint64_t number) {
  return fmt::format("{:0{}}{}", number, kDigits, kSuffix);
}

std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t number = 0;
  auto const* end = name.data() + kDigits;
  auto parsed = std::from_chars(name.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

}  // namespace tally::segments
