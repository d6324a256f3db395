#pragma once

// Copies a log into an empty directory, at rest or beside the process that writes it.
//
// What `head` notes is read first, then every frame is verified, and only then bytes are copied:
// of each segment those up to the end of its last whole frame, and zeros behind them. Such bytes
// never change again, so the copy is the log of one moment: it holds at least what `head` covers,
// and never half a frame, however much is appended meanwhile. In the copy `head` is written last;
// one that was cut short is a ledger without it, which no start accepts.

#include <cstdint>
#include <optional>

#include "ports/disk.h"
#include "segments/recovery.h"

namespace tally::segments {

struct LogCopy {
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;  // of the copied files
  LogPosition end;          // of the copied log
  // Of the log that was to be copied; nothing was copied then.
  std::optional<Damage> damage;
};

// `to` holds no files yet. Errors: "ledger_absent", "ledger_exists", and those of the disks.
Result<LogCopy> copy_log(ports::Disk& from, ports::Disk& to, Beside beside);

}  // namespace tally::segments
