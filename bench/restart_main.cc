// A restart: recover the log, verify, fold and index what is behind the last snapshot, as far as
// there is one. Beside it what each layer of that costs alone over the whole ledger, from reading
// the files upwards.

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "audit/frames.h"
#include "audit/read_ahead.h"
#include "bench/ledger_rig.h"
#include "bench/measure.h"
#include "codec/event_codec.h"
#include "platform/file_disk.h"

namespace tally::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEventsOfARun = 4;
constexpr std::size_t kReadBytes = 1u << 20;

struct Scale {
  std::uint64_t events = 0;
  std::uint64_t rounds = 1;
};

std::unique_ptr<segments::SegmentLog> open_log(platform::FileDisk& disk) {
  segments::LogOptions options;
  options.read_only = true;
  options.verify = segments::Verify::the_end;  // as a start does
  auto opened = segments::SegmentLog::open(disk, std::nullopt, options, [] { return 1; });
  TALLY_CHECK(opened.has_value(), "the ledger cannot be opened");
  return std::move(opened->log);
}

void read_files(platform::FileDisk& disk) {
  segments::AlignedBuffer buffer;
  auto const names = disk.list();
  for (std::string const& name : *names) {
    auto const file = disk.open(name);
    std::uint64_t const size = (*file)->size();
    for (std::uint64_t at = 0; at < size; at += kReadBytes) {
      auto const room = buffer.take(std::min<std::uint64_t>(kReadBytes, size - at));
      TALLY_CHECK((*file)->read(at, room).has_value(), "a file cannot be read");
    }
  }
}

void scan(platform::FileDisk& disk, ports::FrameVisitor const& visitor) {
  TALLY_CHECK(open_log(disk)->scan(0, visitor).has_value(), "the ledger does not verify");
}

Result<void> hash_frame(ports::FrameView const& view, merkle::Tree& tree) {
  for (Digest const& hash : audit::leaf_hashes(view)) tree.append(hash);
  return {};
}

Result<void> decode_frame(ports::FrameView const& view) {
  for (ports::RecordView const& record : view.records) {
    domain::Recorded recorded;
    TRY_VOID(codec::decode(record.leaf, recorded, codec::Part::event));
    TALLY_CHECK(recorded.header.seq >= 0, "a sequence is negative");
  }
  return {};
}

void fold_all(platform::FileDisk& disk, audit::Helper helper) {
  audit::Fold fold;
  audit::Stages stages;
  stages.scan = [&](ports::FrameVisitor const& visitor) {
    return open_log(disk)->scan(0, visitor);
  };
  stages.take = [&](audit::ReadFrame const& frame) { return fold.frame(frame); };
  stages.whole_from = std::numeric_limits<std::uint64_t>::max();  // as of all but the end
  auto const folded = audit::read_ahead(stages, helper);
  TALLY_CHECK(folded.has_value(), "the ledger does not fold");
}

template <class Work>
void add_row(
    Table& table, std::string name, Scale const& scale, Work const& work,
    std::function<void()> const& before = [] {}) {
  Spent best;
  for (std::uint64_t round = 0; round < scale.rounds; ++round) {
    before();
    Spent const one = spent_by(work);
    best.cpu_us = round == 0 ? one.cpu_us : std::min(best.cpu_us, one.cpu_us);
    best.wall_us = round == 0 ? one.wall_us : std::min(best.wall_us, one.wall_us);
  }
  auto const count = static_cast<double>(scale.events);
  table.row({std::move(name), figure(best.wall_us / 1e6), figure(best.cpu_us / 1e6),
             figure(best.cpu_us / count)});
}

void measure_layers(Table& table, platform::FileDisk& disk, Scale const& scale) {
  add_row(table, "reading the files alone", scale, [&] { read_files(disk); });
  add_row(table, "frames: recover, read, checksums", scale,
          [&] { scan(disk, [](ports::FrameView const&) { return Result<void>(); }); });
  add_row(table, "  and hash the leaves into the tree", scale, [&] {
    merkle::Tree tree;
    scan(disk, [&](ports::FrameView const& view) { return hash_frame(view, tree); });
  });
  add_row(table, "frames, and decode every event", scale, [&] { scan(disk, decode_frame); });
  for (audit::Helper helper : {audit::Helper::none, audit::Helper::thread}) {
    bool const alone = helper == audit::Helper::none;
    add_row(table, alone ? "the fold with all checks" : "  and four threads help", scale,
            [&] { fold_all(disk, helper); });
  }
}

double resident_mb() {
  constexpr double kMegabyte = 1 << 20;
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))) /
         kMegabyte;
}

struct Made {
  std::uint64_t events = 0;
  double resident_mb = 0;  // of this process, which made them
  double pass_s = 0;       // of the attestor, which left the snapshot
};

// The ledger so far, then the runs that stay where they are, and a snapshot of all that; behind it
// the tail.
Result<Made> make_ledger(Scratch const& scratch, Options const& options) {
  std::uint64_t const tail = number(options, "tail");
  TRY(rig, LedgerRig::open(scratch));
  TRY_VOID(rig->start());
  std::uint64_t const runs = (number(options, "events") - tail) / kEventsOfARun;
  TRY_VOID(rig->make_runs(runs, LedgerRig::Steps::whole_life));
  if (std::uint64_t const live = number(options, "live"); live > 0)
    TRY_VOID(rig->make_runs(live, LedgerRig::Steps::submit_only));
  Made made{.resident_mb = resident_mb()};
  rig->stop();
  Result<void> attested;
  made.pass_s = spent_by([&] { attested = rig->attest(); }).wall_us / 1e6;
  TRY_VOID(std::move(attested));
  rig.reset();
  TRY(again, LedgerRig::open(scratch));
  TRY_VOID(again->start());
  TRY_VOID(again->make_runs(tail / kEventsOfARun, LedgerRig::Steps::whole_life));
  again->stop();
  made.events = static_cast<std::uint64_t>(again->node().index().size());
  return made;
}

// What a start finds besides the log.
enum class Derived { kept, removed };

Result<void> measure_restart(Table& table, std::string name, Scratch const& scratch,
                             Scale const& scale, Derived derived) {
  Result<std::unique_ptr<LedgerRig>> rig;
  add_row(
      table, std::move(name), scale, [&] { rig = LedgerRig::open(scratch); },
      [&] {
        rig = nullptr;
        if (derived == Derived::removed) fs::remove_all(scratch.path("rig/snapshots"));
      });
  if (!rig) return tl::unexpected<Error>(rig.error());
  return {};
}

// What the first request for a tile above the leaves costs after a start.
void measure_tile(Table& table, Scratch const& scratch, Scale const& scale) {
  std::uint64_t const groups = scale.events / merkle::kGroupLeaves;
  if (groups == 0) return;
  auto const width = static_cast<unsigned>(std::min(groups, merkle::kGroupLeaves));
  auto const path = merkle::tile_path({.level = 1u, .index = 0, .width = width});
  Result<std::unique_ptr<LedgerRig>> rig;
  add_row(
      table, "the first tile of level 1 after that restart", scale,
      [&] {
        auto const tile = (*rig)->node().tiles().tile(path.substr(std::string("tile/").size()));
        TALLY_CHECK(tile.has_value(), "the tile is not there at once");
      },
      [&] {
        rig = nullptr;
        rig = LedgerRig::open(scratch);
        TALLY_CHECK(rig.has_value(), "the ledger cannot be opened");
      });
}

Result<void> run(Options const& options) {
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(made, make_ledger(scratch, options));
  std::puts(fmt::format("{} events, ledger {} MB, derived {} MB; {:.0f} MB resident once the runs "
                        "were made; a pass of the attestor took {:.1f} s",
                        made.events, scratch.bytes("rig/ledger") >> 20,
                        scratch.bytes("rig/snapshots") >> 20, made.resident_mb, made.pass_s)
                .c_str());
  Scale const scale{.events = made.events, .rounds = number(options, "rounds")};
  Table table({"", "best wall s", "CPU s", "CPU us an event"});
  TRY_VOID(measure_restart(table, "restart: a node is open, from a snapshot", scratch, scale,
                           Derived::kept));
  measure_tile(table, scratch, scale);
  TRY_VOID(measure_restart(table, "restart: a node is open, from the log alone", scratch, scale,
                           Derived::removed));
  if (number(options, "layers") > 0) {
    TRY(disk, platform::FileDisk::open_read_only(scratch.path("rig/ledger")));
    measure_layers(table, *disk, scale);
  }
  table.print();
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program("restart", argc, argv,
                         {{"dir", "."},
                          {"events", "200000"},
                          {"tail", "50000"},
                          {"live", "0"},
                          {"layers", "1"},
                          {"rounds", "3"}},
                         run);
}
