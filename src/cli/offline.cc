#include "cli/offline.h"

#include <fmt/format.h>

#include "platform/file_disk.h"
#include "segments/verify.h"

namespace tally::cli {

Result<std::unique_ptr<ports::Disk>> open_ledger(Call const& call) {
  std::string const directory = call.data + "/ledger";
  auto disk = platform::FileDisk::open_read_only(directory);
  if (!disk)
    return fail(disk.error().code,
                fmt::format("{} cannot be read: {}", directory, disk.error().detail));
  return std::unique_ptr<ports::Disk>(std::move(*disk));
}

ExitCode report_no_ledger(Call& call, Error const& error) {
  return report(call, error.code == "io_error" ? ExitCode::failed : ExitCode::usage, error,
                "name a data directory of a server with --data; its ledger/ holds the segments");
}

Result<Walked> walk_leaves(ports::Disk& disk, SeeLeaf const& see) {
  Walked walked;
  bool ended = false;
  TRY(checked, segments::check_frames(disk, [&](segments::FrameView const& view) -> Result<void> {
        std::uint64_t seq = view.header.first_seq;
        for (segments::RecordView const& record : view.records) {
          ended = !see(seq++, record.leaf);
          if (ended) return fail("ended", "the walk was ended");
        }
        walked.events = seq;
        return {};
      }));
  if (!ended) walked.damage = checked.damage;
  return walked;
}

ExitCode report_damage(Call& call, std::optional<segments::Damage> const& damage) {
  if (!damage) return ExitCode::yes;
  if (damage->kind == segments::DamageKind::torn) {
    call.console.note(
        fmt::format("note: the frame from event {} on is incomplete and was left out: a server is "
                    "writing it now, or power failed; nobody was told that it is durable",
                    damage->seq));
    return ExitCode::yes;
  }
  call.console.complain("the ledger is damaged: " + damage->text(),
                        "run tally ledger verify, and fetch the ledger from a copy");
  return ExitCode::no;
}

void Progress::at(std::uint64_t events) {
  if (events < next_) return;
  call_.console.progress(fmt::format("{} {} events ...", verb_, events));
  next_ = events + kEvery;
}

}  // namespace tally::cli
