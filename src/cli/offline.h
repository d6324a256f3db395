#pragma once

// Commands that read a ledger at rest, or one that a server is writing to at this moment.

#include <functional>
#include <memory>

#include "cli/report.h"
#include "ports/disk.h"
#include "segments/recovery.h"

namespace tally::cli {

// The ledger of --data, read-only.
struct Ledger {
  std::unique_ptr<ports::Disk> disk;
  std::string directory;
  segments::Beside beside = segments::Beside::nobody;  // at the moment that it was opened
};
// Errors as FileDisk::open_read_only.
Result<Ledger> open_ledger(Call const& call);
// A server began to write while the ledger was read as one at rest: what was found to be damaged
// then may have been under way, and is worth another reading.
bool was_taken_up(Ledger& ledger);
// With what to do next. A directory that holds no ledger is the caller's mistake, one that cannot
// be read the machine's.
ExitCode report_no_ledger(Call& call, Error const& error);

struct Walked {
  std::uint64_t events = 0;
  std::optional<segments::Damage> damage;
};
// One leaf after the other, from frames that verified; false ends the walk.
using SeeLeaf = std::function<bool(std::uint64_t seq, ByteView leaf)>;
Result<Walked> walk_leaves(Ledger& ledger, SeeLeaf const& see);

// `yes`, and a note, for a torn tail: nobody was told of it. `no` for damage.
ExitCode report_damage(Call& call, std::optional<segments::Damage> const& damage);

// Shows how far a walk is, for whoever watches.
class Progress {
 public:
  explicit Progress(Call& call, std::string_view verb) : call_(call), verb_(verb) {}
  void at(std::uint64_t events);

 private:
  static constexpr std::uint64_t kEvery = 50'000;
  Call& call_;
  std::string_view verb_;
  std::uint64_t next_ = kEvery;
};

}  // namespace tally::cli
