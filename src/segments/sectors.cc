#include "segments/sectors.h"

#include <cstring>

namespace tally::segments {

bool all_zero(ByteView bytes) {
  // A string of zeros equals itself shifted by one byte.
  if (bytes.empty()) return true;
  if (bytes[0] != 0) return false;
  return std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

bool looks_written(ByteView sector) {
  std::size_t marks = 0;
  for (std::uint8_t byte : sector) {
    if (byte != 0 && ++marks == kSectorMarksMin) return true;
  }
  return false;
}

bool all_look_written(ByteView sectors) {
  for (std::size_t at = 0; at < sectors.size(); at += kSector) {
    if (!looks_written(sectors.subspan(at, kSector))) return false;
  }
  return true;
}

SectorCount count_sectors(ByteView area) {
  SectorCount count;
  for (std::size_t at = 0; at < area.size(); at += kSector) {
    auto sector = area.subspan(at, kSector);
    if (all_zero(sector)) {
      ++count.zero;
      continue;
    }
    count.used_end = at + kSector;
    if (looks_written(sector)) {
      ++count.written;
    } else {
      ++count.stray;
    }
  }
  return count;
}

}  // namespace tally::segments
