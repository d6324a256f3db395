#pragma once

// A sector is the unit in which power loss tears a write: each one is written whole or not at
// all. Segments start as zeros and every sector of a frame before its padding carries at least
// kSectorMarksMin non-zero bytes, so a sector tells by itself whether it was written.

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "ports/disk.h"

namespace tally::segments {

inline constexpr std::size_t kSector = 512;
inline constexpr std::size_t kBlock = ports::kDiskBlock;

// Far more than the one byte that a flipped bit leaves in a zero sector, far fewer than the 64
// that the emptiest sector of a frame's table has.
inline constexpr std::size_t kSectorMarksMin = 16;

constexpr std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

bool all_zero(ByteView bytes);
// Has the non-zero bytes that every written sector has.
bool looks_written(ByteView sector);
// Every sector looks written. The length is a multiple of kSector.
bool all_look_written(ByteView sectors);

// What lies in an area where a write may have been torn. The length is a multiple of kSector.
struct SectorCount {
  std::size_t zero = 0;
  std::size_t written = 0;
  std::size_t stray = 0;     // neither: no write of ours leaves such a sector
  std::size_t used_end = 0;  // bytes up to the end of the last sector that is not zero
};
SectorCount count_sectors(ByteView area);

}  // namespace tally::segments
