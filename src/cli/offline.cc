#include "cli/offline.h"

#include <fmt/format.h>

#include <filesystem>

#include "platform/file_disk.h"
#include "platform/writer_lock.h"
#include "segments/segment_header.h"
#include "segments/verify.h"

namespace tally::cli {

namespace {

segments::Beside beside_whom(std::string const& directory) {
  return platform::WriterLock::is_held(directory) ? segments::Beside::a_writer
                                                  : segments::Beside::nobody;
}

// Something else than a directory is there, or there can be nothing, because a part of the path is
// a file: another name is wanted, and no look at the disk.
bool is_no_directory(std::string const& path) {
  std::error_code error;
  auto const type = std::filesystem::status(path, error).type();
  return type != std::filesystem::file_type::directory && type != std::filesystem::file_type::none;
}

Result<void> pass_over(ports::FrameView const&) { return {}; }

}  // namespace

Result<Ledger> open_ledger(Call const& call) {
  std::string const directory = call.data + "/ledger";
  auto disk = platform::FileDisk::open_read_only(directory);
  if (!disk)
    return fail(is_no_directory(directory) ? "not_found" : disk.error().code,
                fmt::format("{} cannot be read: {}", directory, disk.error().detail));
  return Ledger{.disk = std::move(*disk), .directory = directory, .beside = beside_whom(directory)};
}

bool was_taken_up(Ledger& ledger) {
  if (ledger.beside == segments::Beside::a_writer) return false;
  ledger.beside = beside_whom(ledger.directory);
  return ledger.beside == segments::Beside::a_writer;
}

ExitCode report_no_ledger(Call& call, Error const& error) {
  return report(call, error.code == "io_error" ? ExitCode::failed : ExitCode::usage, error,
                "name a data directory of a server with --data; its ledger/ holds the segments");
}

Result<Walked> walk_leaves(Ledger& ledger, SeeLeaf const& see) {
  Walked walked;
  bool ended = false;
  auto const visit = [&](ports::FrameView const& view) -> Result<void> {
    std::uint64_t seq = view.first_seq;
    for (ports::RecordView const& record : view.records) {
      ended = !see(seq++, record.leaf);
      if (ended) return fail("ended", "the walk was ended");
    }
    walked.events = seq;
    return {};
  };
  TRY(checked, segments::check_frames(*ledger.disk, visit, 0, ledger.beside));
  if (!ended) walked.damage = checked.damage;
  if (!walked.damage || !was_taken_up(ledger)) return walked;
  TRY(again, segments::check_frames(*ledger.disk, pass_over, 0, ledger.beside));
  walked.damage = again.damage;
  return walked;
}

ExitCode report_damage(Call& call, std::optional<segments::Damage> const& damage) {
  if (!damage) return ExitCode::yes;
  if (damage->harmless()) {
    call.console.note(
        fmt::format("note: the frame from event {} on is incomplete and was left out: power "
                    "failed, or a copy was made meanwhile; nobody was told that it is durable",
                    damage->seq));
    return ExitCode::yes;
  }
  call.console.complain(fmt::format("the ledger is good up to event {} and damaged there: {} "
                                    "({}, byte {})",
                                    damage->seq, damage->what,
                                    segments::segment_name(damage->segment), damage->offset),
                        "run tally ledger verify, and fetch the ledger from a copy");
  return ExitCode::no;
}

void Progress::at(std::uint64_t events) {
  if (events < next_) return;
  call_.console.progress(fmt::format("{} {} events ...", verb_, events));
  next_ = events + kEvery;
}

}  // namespace tally::cli
