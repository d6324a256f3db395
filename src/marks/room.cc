#include "marks/room.h"

namespace tally::marks {

Result<void> leave_room(ports::Disk const& disk, std::uint64_t bytes) {
  TRY(free, disk.free_bytes());
  if (free >= kRoomForTheLog && free - kRoomForTheLog >= bytes) return {};
  return fail("disk_full",
              "what can be made again from the ledger is not written: the disk is nearly full, and "
              "the ledger comes first");
}

}  // namespace tally::marks
