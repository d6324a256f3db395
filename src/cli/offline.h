#pragma once

// Commands that read a ledger at rest, or one that a server is writing to at this moment.

#include <functional>
#include <memory>

#include "cli/report.h"
#include "ports/disk.h"
#include "segments/damage.h"

namespace tally::cli {

// The ledger of --data, read-only. Errors as FileDisk::open_read_only.
Result<std::unique_ptr<ports::Disk>> open_ledger(Call const& call);
// With what to do next. A directory that holds no ledger is the caller's mistake, one that cannot
// be read the machine's.
ExitCode report_no_ledger(Call& call, Error const& error);

struct Walked {
  std::uint64_t events = 0;
  std::optional<segments::Damage> damage;
};
// One leaf after the other, from frames that verified; false ends the walk.
using SeeLeaf = std::function<bool(std::uint64_t seq, ByteView leaf)>;
Result<Walked> walk_leaves(ports::Disk& disk, SeeLeaf const& see);

// `yes`, and a note, for a torn tail: a server may be writing the last frame right now. `no` for
// damage.
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
