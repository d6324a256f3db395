#pragma once

// Derived files share the disk with the ledger, which ends the server when it cannot grow. So they
// are not written where that would leave it too little.

#include "ports/disk.h"

namespace tally::marks {

inline constexpr std::uint64_t kRoomForTheLog = 256u << 20;  // bytes; some segments

// Error "disk_full": with a file of so many bytes more there would be less than that.
Result<void> leave_room(ports::Disk const& disk, std::uint64_t bytes);

}  // namespace tally::marks
