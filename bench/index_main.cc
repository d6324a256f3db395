// The ledger's index by itself: what a record costs, in memory and into files, what a look-up
// costs, and what stays in memory. Beside it, with the same keys in the same order, stores that
// others would keep it in.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "base/check.h"
#include "bench/index_events.h"
#include "bench/index_peers.h"
#include "bench/measure.h"
#include "bench/scratch.h"
#include "ledger/index_keeper.h"
#include "platform/file_disk.h"
#include "segments/segment_log.h"

// jemalloc's, if that is the allocator.
extern "C" int mallctl(char const*, void*, std::size_t*, void*, std::size_t) __attribute__((weak));

namespace tally::bench {

namespace {

using Sequences = std::vector<std::int64_t>;
using ledger::Index;
using ledger::IndexKeeper;

constexpr std::int64_t kBatch = 1'000;    // events of a transaction
constexpr std::uint64_t kColdShare = 10;  // of the look-ups; each makes the cache warmer
constexpr double kMegabyte = 1 << 20;

// What is spent from its beginning on by all threads, less what this thread does apart.
class Meter {
 public:
  template <class Work>
  void apart(Work const& work) {
    double const cpu = thread_cpu_us();
    double const wall = wall_us();
    work();
    apart_.cpu_us += thread_cpu_us() - cpu;
    apart_.wall_us += wall_us() - wall;
  }
  Spent spent() const {
    return {.cpu_us = cpu_us_of(getpid()) - begin_.cpu_us - apart_.cpu_us,
            .wall_us = wall_us() - begin_.wall_us - apart_.wall_us};
  }

 private:
  Spent begin_{.cpu_us = cpu_us_of(getpid()), .wall_us = wall_us()};
  Spent apart_;
};

// Without what the allocator keeps for later.
double resident_mb() {
  if (mallctl != nullptr) mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // all arenas
  double size = 0;
  double resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMegabyte;
}

// Out of the page cache with all files below; what was not written yet stays.
void forget(std::string const& directory) {
  for (auto const& entry : std::filesystem::recursive_directory_iterator(directory)) {
    int const file = entry.is_regular_file() ? ::open(entry.path().c_str(), O_RDONLY) : -1;
    if (file < 0) continue;
    (void)fdatasync(file);
    (void)posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
  }
}

// How much was stored, and for what.
struct Stored {
  std::int64_t events = 0;
  std::uint64_t marks = 0;
  Spent spent;
  double disk_mb = 0;
  double resident_mb = 0;  // growth
};

struct Found {
  double cpu_us = 0;  // of one look-up
  double p50_us = 0;
  double p99_us = 0;
};

// At random, the same for every store.
template <class Find>
Result<Found> look_up(std::uint64_t count, std::int64_t events, Find const& find) {
  std::vector<double> latencies;
  double const cpu = cpu_us_of(getpid());
  for (std::uint64_t i = 0; i < count; ++i) {
    WholeRun const run = whole_run(permute(7, i), events);
    double const begin = wall_us();
    TRY(found, find(run.run));
    latencies.push_back(wall_us() - begin);
    TALLY_CHECK(found.size() == run.events && found.front() == run.first,
                "a look-up did not find what was stored");
  }
  return Found{.cpu_us = (cpu_us_of(getpid()) - cpu) / static_cast<double>(count),
               .p50_us = percentile(latencies, 50),
               .p99_us = percentile(latencies, 99)};
}

class Tables {
 public:
  void stored(std::string name, Stored const& one) {
    auto const events = static_cast<double>(one.events);
    stored_.row({std::move(name), figure(events), figure(one.spent.cpu_us / events),
                 figure(4 * one.spent.cpu_us / static_cast<double>(one.marks)),
                 figure(one.spent.wall_us / 1e6), figure(one.disk_mb), figure(one.resident_mb)});
  }
  void found(std::string name, std::int64_t events, Found const& one) {
    found_.row({std::move(name), figure(static_cast<double>(events)), figure(one.cpu_us),
                figure(one.p50_us), figure(one.p99_us)});
  }
  void absent(PeerKind const& kind) {
    for (Table* table : {&stored_, &found_})
      table->row({kind.name + ": not in this build, install " + kind.package});
  }
  void print() const {
    stored_.print();
    std::puts("");
    found_.print();
  }

 private:
  Table stored_{{"", "events", "CPU us a record", "CPU us, four keys", "wall s", "MB in files",
                 "MB resident"}};
  Table found_{{"a run's events", "among events", "CPU us", "p50 us", "p99 us"}};
};

struct Scale {
  std::int64_t events = 0;
  std::uint64_t lookups = 0;
  double peer_us_max = 0;
  std::uint64_t marks = 0;  // of all events, as the index counts them
};

// Calls take(events) until all are taken or it says false; their making is not measured.
template <class Take>
Result<std::int64_t> feed(Meter& meter, std::int64_t events, Take const& take) {
  std::vector<domain::Recorded> batch;
  for (std::int64_t from = 0; from < events; from += kBatch) {
    std::int64_t const to = std::min(from + kBatch, events);
    meter.apart([&] { batch = events_between(from, to); });
    TRY(goes_on, take(batch));
    if (!goes_on) return to;
  }
  return events;
}

std::uint64_t marks_in(Index& index) {
  std::uint64_t marks = 0;
  for (auto const& part : index.parts(Index::OpenTable::close)) marks += part.table->size();
  return marks;
}

Result<Stored> note_in_memory(std::int64_t events) {
  double const resident = resident_mb();
  Index index;
  Meter meter;
  auto const note = [&](auto const& batch) -> Result<bool> {
    for (domain::Recorded const& one : batch) index.note(one, {});
    return true;
  };
  TRY_VOID(feed(meter, events, note));
  Spent const spent = meter.spent();
  return Stored{.events = events,
                .marks = marks_in(index),
                .spent = spent,
                .resident_mb = resident_mb() - resident};
}

// Memory is of the first round: the later ones begin with what that one left.
template <class Round>
Result<Stored> best_of_three(Round const& round) {
  TRY(best, round());
  for (int more = 0; more < 2; ++more) {
    TRY(again, round());
    if (again.spent.cpu_us < best.spent.cpu_us) best.spent = again.spent;
  }
  return best;
}

// As a start does it: full tables go to files at once. The log stays empty; the keeper asks it for
// no more than its name as long as no file is damaged, and removes at its beginning the files of an
// earlier round, which reach past the log's end.
Result<Stored> store_in_files(Index& index, platform::FileDisk& derived,
                              segments::SegmentLog const& log, std::int64_t events) {
  double const resident = resident_mb();
  IndexKeeper keeper(derived, log, index);
  TRY_VOID(keeper.begin());
  Meter meter;
  auto const note = [&](auto const& batch) -> Result<bool> {
    for (domain::Recorded const& one : batch) {
      index.note(one, {});
      if (index.size() % ledger::kEventsOfATable == 0)
        TRY_VOID(keeper.tend(IndexKeeper::What::full));
    }
    return true;
  };
  TRY_VOID(feed(meter, events, note));
  TRY_VOID(keeper.tend(IndexKeeper::What::all));
  Spent const spent = meter.spent();
  return Stored{.events = events,
                .marks = marks_in(index),
                .spent = spent,
                .resident_mb = resident_mb() - resident};
}

// Returns the number of marks.
Result<std::uint64_t> measure_index(Tables& tables, Scratch const& scratch, Scale const& scale) {
  TRY(log_disk, platform::FileDisk::open_directory(scratch.path("log")));
  TRY(log, segments::SegmentLog::create(*log_disk, LedgerId(1), {}, [] { return 1u; }));
  TRY(derived,
      platform::FileDisk::open_directory(scratch.path("index"), platform::Transfer::buffered));
  TRY(in_memory, best_of_three([&] { return note_in_memory(scale.events); }));
  tables.stored("index, in memory alone, best of three", in_memory);
  Index index;
  TRY(in_files,
      best_of_three([&] { return store_in_files(index, *derived, *log.log, scale.events); }));
  in_files.disk_mb = static_cast<double>(scratch.bytes("index")) / kMegabyte;
  tables.stored("index, into files, best of three", in_files);
  auto const find = [&](RunId run) { return index.of_run(run); };
  TRY_VOID(look_up(scale.lookups, scale.events, find));  // warms the page cache
  TRY(warm, look_up(scale.lookups, scale.events, find));
  tables.found("index, page cache warm", scale.events, warm);
  forget(scratch.path("index"));
  TRY(cold, look_up(scale.lookups / kColdShare, scale.events, find));
  tables.found("index, page cache dropped", scale.events, cold);
  return in_files.marks;
}

// Stops after the time that a peer may take; what it has stored until then is what is told.
Result<Stored> store_in_peer(Peer& peer, Scale const& scale) {
  double const resident = resident_mb();
  Stored stored;
  Meter meter;
  std::vector<marks::Mark> marks;
  auto const add = [&](auto const& batch) -> Result<bool> {
    meter.apart([&] { marks = marks_of(batch); });
    stored.marks += marks.size();
    TRY_VOID(peer.add(marks));
    return meter.spent().wall_us < scale.peer_us_max;
  };
  TRY(events, feed(meter, scale.events, add));
  TRY_VOID(peer.settle());
  stored.events = events;
  stored.spent = meter.spent();
  stored.resident_mb = resident_mb() - resident;
  return stored;
}

Result<void> measure_peer(Tables& tables, Scratch const& scratch, Scale const& scale,
                          PeerKind const& kind) {
  if (kind.open == nullptr) {
    tables.absent(kind);
    return {};
  }
  std::string const directory = scratch.path("peer");
  std::filesystem::create_directory(directory);
  TRY(peer, kind.open(directory));
  TRY(stored, store_in_peer(*peer, scale));
  TALLY_CHECK(stored.events != scale.events || stored.marks == scale.marks,
              "a peer was not given the index's marks");
  stored.disk_mb = static_cast<double>(scratch.bytes("peer")) / kMegabyte;
  tables.stored(kind.name, stored);
  if (!has_whole_runs(stored.events)) return {};  // too slow for look-ups in its time
  auto const find = [&](RunId run) { return peer->find(marks::key_of(run)); };
  TRY_VOID(look_up(scale.lookups, stored.events, find));
  TRY(warm, look_up(scale.lookups, stored.events, find));
  tables.found(kind.name + ", page cache warm", stored.events, warm);
  peer.reset();  // with what it caches itself
  forget(directory);
  TRY(again, kind.open(directory));
  peer = std::move(again);
  TRY(cold, look_up(scale.lookups / kColdShare, stored.events, find));
  tables.found(kind.name + ", page cache dropped", stored.events, cold);
  peer.reset();
  std::filesystem::remove_all(directory);
  return {};
}

Result<void> run(Options const& options) {
  Scale scale{.events = static_cast<std::int64_t>(number(options, "events")),
              .lookups = number(options, "lookups"),
              .peer_us_max = static_cast<double>(number(options, "peer-seconds")) * 1e6};
  if (!has_whole_runs(scale.events) || scale.lookups < kColdShare)
    return fail("usage", "takes 10,000 events or more, and ten look-ups");
  TRY(scratch, Scratch::make(options.at("dir")));
  Tables tables;
  TRY(marks, measure_index(tables, scratch, scale));
  scale.marks = marks;
  for (PeerKind const& kind : peer_kinds()) TRY_VOID(measure_peer(tables, scratch, scale, kind));
  tables.print();
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program(
      "index", argc, argv,
      {{"dir", "."}, {"events", "10000000"}, {"lookups", "20000"}, {"peer-seconds", "600"}}, run);
}
