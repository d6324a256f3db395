// A restart without a snapshot: recover the log, verify and fold every event, build the index.
// Beside it what each layer of that costs alone, from reading the files upwards.

#include <fmt/format.h>
#include <sys/resource.h>

#include "audit/fold_ahead.h"
#include "bench/ledger_rig.h"
#include "bench/measure.h"
#include "codec/event_codec.h"
#include "platform/file_disk.h"

namespace tally::bench {

namespace {

constexpr std::uint64_t kEventsOfARun = 4;
constexpr std::size_t kReadBytes = 1u << 20;

struct Scale {
  std::uint64_t events = 0;
  std::uint64_t rounds = 1;
};

std::unique_ptr<segments::SegmentLog> open_log(platform::FileDisk& disk) {
  segments::LogOptions options;
  options.read_only = true;
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

void scan(platform::FileDisk& disk, segments::FrameVisitor const& visitor) {
  TALLY_CHECK(open_log(disk)->scan(0, visitor).has_value(), "the ledger does not verify");
}

Result<void> hash_frame(segments::FrameView const& view, merkle::Tree& tree) {
  for (segments::RecordView const& record : view.records)
    tree.append(merkle::leaf_hash(record.leaf));
  return {};
}

Result<void> decode_frame(segments::FrameView const& view) {
  for (segments::RecordView const& record : view.records) {
    TRY(recorded, codec::decode(record.leaf));
    TALLY_CHECK(recorded.header.seq >= 0, "a sequence is negative");
  }
  return {};
}

void fold_all(platform::FileDisk& disk, audit::Helper helper) {
  audit::Fold fold;
  audit::FoldAhead ahead(fold, {}, helper);
  scan(disk, [&](segments::FrameView const& view) { return ahead.frame(view); });
  TALLY_CHECK(ahead.finish().has_value(), "the ledger does not fold");
}

template <class Work>
void add_row(Table& table, std::string name, Scale const& scale, Work const& work) {
  Spent best;
  for (std::uint64_t round = 0; round < scale.rounds; ++round) {
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
          [&] { scan(disk, [](segments::FrameView const&) { return Result<void>(); }); });
  add_row(table, "  and hash the leaves into the tree", scale, [&] {
    merkle::Tree tree;
    scan(disk, [&](segments::FrameView const& view) { return hash_frame(view, tree); });
  });
  add_row(table, "frames, and decode every event", scale, [&] { scan(disk, decode_frame); });
  for (audit::Helper helper : {audit::Helper::none, audit::Helper::thread}) {
    bool const alone = helper == audit::Helper::none;
    add_row(table, alone ? "the fold with all checks" : "  and a second thread reads ahead", scale,
            [&] { fold_all(disk, helper); });
  }
}

// Returns the number of events made.
Result<std::uint64_t> make_ledger(Scratch const& scratch, std::uint64_t events) {
  TRY(rig, LedgerRig::open(scratch));
  TRY_VOID(rig->start());
  TRY_VOID(rig->make_runs(events / kEventsOfARun, LedgerRig::Steps::whole_life));
  rig->stop();
  return static_cast<std::uint64_t>(rig->node().index().size());
}

double resident_peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Result<void> run(Options const& options) {
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(events, make_ledger(scratch, number(options, "events")));
  std::puts(fmt::format("{} events, ledger {} MB; making it took up to {:.0f} MB of memory", events,
                        scratch.bytes("rig/ledger") >> 20, resident_peak_mb())
                .c_str());
  Scale const scale{.events = events, .rounds = number(options, "rounds")};
  Table table({"", "best wall s", "CPU s", "CPU us an event"});
  Result<void> opened;
  add_row(table, "restart: a node is open", scale, [&] {
    auto rig = LedgerRig::open(scratch);
    if (!rig) opened = tl::unexpected<Error>(rig.error());
  });
  TRY_VOID(std::move(opened));
  TRY(disk, platform::FileDisk::open_read_only(scratch.path("rig/ledger")));
  measure_layers(table, *disk, scale);
  table.print();
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program("restart", argc, argv,
                         {{"dir", "."}, {"events", "200000"}, {"rounds", "3"}}, run);
}
