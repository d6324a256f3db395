// Events from memory into durable frames. Real events of real runs are recorded once through the
// loop (which also decides and applies them), read back, and then put through the evidence path
// alone: canonical bytes, leaf hash, tree, frame, durable write.

#include <fmt/format.h>

#include <thread>

#include "bench/ledger_rig.h"
#include "bench/measure.h"
#include "codec/event_codec.h"
#include "platform/file_disk.h"
#include "server/server_threads.h"

namespace tally::bench {

namespace {

using Entries = std::vector<codec::Entry>;

constexpr std::size_t kFrameEvents = 4096;  // as in ledger::LoopOptions
constexpr std::size_t kFrameBytes = 1u << 20;
constexpr std::uint64_t kRawFileBytes = 64u << 20;
constexpr int kRounds = 5;

// The leaves of a frame are hashed together.
template <class Items>
void hash_into(merkle::Tree& tree, Items const& items) {
  std::vector<ByteView> leaves;
  for (auto const& item : items) leaves.emplace_back(item.leaf);
  for (Digest const& hash : merkle::leaf_hashes(leaves)) tree.append(hash);
}

// One frame on its way to the disk while the next fills, as in the loop.
class Appender {
 public:
  explicit Appender(segments::SegmentLog& log)
      : log_(log), next_seq_(log.next_seq()), writer_([this] { write(); }) {}
  ~Appender() {
    flush();
    settle();
    stop_ = true;
    wake_.set();
    writer_.join();
  }

  void add(domain::Recorded const& recorded, Bytes const& enclosure) {
    ports::LogRecord record;
    codec::encode(recorded, record.leaf);
    record.enclosure = enclosure;
    bytes_ += record.leaf.size() + enclosure.size();
    open_.records.push_back(std::move(record));
    if (open_.records.size() >= kFrameEvents || bytes_ >= kFrameBytes) flush();
  }

 private:
  void flush() {
    if (open_.records.empty()) return;
    settle();
    hash_into(tree_, open_.records);
    open_.epoch = 1;
    open_.first_seq = std::exchange(next_seq_, next_seq_ + open_.records.size());
    open_.root_after = tree_.root();
    on_its_way_ = std::exchange(open_, {});
    bytes_ = 0;
    busy_ = true;
    wake_.set();
  }
  // Until the frame that is on its way is durable.
  void settle() {
    while (busy_) done_.wait(seconds(1));
  }
  void write() {
    while (!stop_) {
      wake_.wait(seconds(1));
      if (!busy_) continue;
      TALLY_CHECK(log_.append(on_its_way_).has_value(), "the log refused a frame");
      busy_ = false;
      done_.set();
      (void)log_.prepare_next();
    }
  }

  segments::SegmentLog& log_;
  merkle::Tree tree_;
  ports::LogFrame open_;
  ports::LogFrame on_its_way_;
  std::size_t bytes_ = 0;
  std::uint64_t next_seq_;
  std::atomic<bool> busy_ = false;
  std::atomic<bool> stop_ = false;
  server::WakeEvent wake_;
  server::WakeEvent done_;
  std::thread writer_;
};

Result<Spent> append_all(Scratch const& scratch, Entries const& entries, int round) {
  TRY(disk, platform::FileDisk::open_directory(scratch.path(fmt::format("append-{}", round))));
  std::uint64_t salt = 0;
  segments::LogOptions const options{.segment_bytes = {kRawFileBytes}};
  TRY(made, segments::SegmentLog::create(*disk, LedgerId(1), options, [&salt] { return ++salt; }));
  TRY_VOID(made.log->prepare_next());
  return spent_by([&] {
    Appender appender(*made.log);
    for (codec::Entry const& entry : entries) appender.add(entry.recorded, entry.enclosure);
  });
}

// The same number of bytes, in blocks as large as frames, to a file that exists.
Result<Spent> write_raw(Scratch const& scratch, Entries const& entries, int round) {
  std::uint64_t bytes = 0;
  for (codec::Entry const& entry : entries) bytes += entry.leaf.size() + entry.enclosure.size();
  TRY(disk, platform::FileDisk::open_directory(scratch.path(fmt::format("raw-{}", round))));
  TRY(file, disk->create_zeroed("raw", kRawFileBytes));
  segments::AlignedBuffer buffer;
  auto const block = buffer.take(kFrameBytes);
  std::fill(block.begin(), block.end(), std::uint8_t{0x5A});
  Result<void> written;
  Spent const spent = spent_by([&] {
    for (std::uint64_t at = 0; at < bytes && written; at += kFrameBytes)
      written = file->write_durable(at % kRawFileBytes, block);
  });
  TRY_VOID(std::move(written));
  return spent;
}

Spent encode_all(Entries const& entries) {
  std::size_t bytes = 0;
  Spent const spent = spent_by([&] {
    for (codec::Entry const& entry : entries) {
      Bytes leaf;
      codec::encode(entry.recorded, leaf);
      bytes += leaf.size();
    }
  });
  TALLY_CHECK(bytes > 0, "nothing was encoded");
  return spent;
}

Spent hash_all(Entries const& entries) {
  merkle::Tree tree;
  Spent const spent = spent_by([&] {
    for (auto at = entries.begin(); at != entries.end();) {
      auto const end = at + std::min<std::ptrdiff_t>(kFrameEvents, entries.end() - at);
      hash_into(tree, std::ranges::subrange(std::exchange(at, end), end));
    }
  });
  TALLY_CHECK(tree.size() == entries.size(), "nothing was hashed");
  return spent;
}

// The smallest of the rounds, each figure by itself.
void keep_best(Spent& best, Spent const& one) {
  best.cpu_us = best.cpu_us > 0 ? std::min(best.cpu_us, one.cpu_us) : one.cpu_us;
  best.wall_us = best.wall_us > 0 ? std::min(best.wall_us, one.wall_us) : one.wall_us;
}

void add_row(Table& table, std::string name, double bytes, std::size_t events, Spent const& best) {
  auto const count = static_cast<double>(events);
  table.row({std::move(name), figure(bytes), figure(best.cpu_us / count),
             figure(count / best.wall_us * 1e6)});
}

double mean_bytes(Entries const& entries) {
  std::size_t bytes = 0;
  for (codec::Entry const& entry : entries) bytes += entry.leaf.size();
  return static_cast<double>(bytes) / static_cast<double>(entries.size());
}

Result<void> measure_path(Scratch const& scratch, Table& table, std::string const& what,
                          Entries const& entries, int& directory) {
  Spent append, encode, hash, raw;
  for (int round = 0; round < kRounds; ++round) {
    TRY(appended, append_all(scratch, entries, ++directory));
    keep_best(append, appended);
    keep_best(encode, encode_all(entries));
    keep_best(hash, hash_all(entries));
    TRY(written, write_raw(scratch, entries, directory));
    keep_best(raw, written);
  }
  double const bytes = mean_bytes(entries);
  add_row(table, what + ": append", bytes, entries.size(), append);
  add_row(table, "  encoding alone", bytes, entries.size(), encode);
  add_row(table, "  hashing alone (leaf and tree)", bytes, entries.size(), hash);
  add_row(table, "  raw durable write of the same bytes", bytes, entries.size(), raw);
  return {};
}

// Through the loop: permit, gather, decide, apply, invariants, index, state digest, checkpoints.
Result<Entries> record_runs(LedgerRig& rig, Table& table, std::string const& what,
                            std::uint64_t runs, LedgerRig::Steps steps) {
  std::int64_t const before = rig.node().index().size();
  Result<void> made;
  Spent const spent = spent_by([&] { made = rig.make_runs(runs, steps); });
  TRY_VOID(std::move(made));
  auto const count = static_cast<std::size_t>(rig.node().index().size() - before);
  TRY(entries, rig.node().reader().entries(before, count));
  add_row(table, what, mean_bytes(entries), count, spent);
  return entries;
}

Entries without_snapshots(Entries entries) {
  for (codec::Entry& entry : entries) {
    entry.recorded.snapshot.reset();
    entry.enclosure.clear();
    entry.leaf.clear();
    codec::encode(entry.recorded, entry.leaf);
  }
  return entries;
}

// The size that the bar speaks of.
Entries around_500_bytes(Entries entries) {
  std::erase_if(entries, [](codec::Entry const& entry) {
    return entry.leaf.size() < 400 || entry.leaf.size() > 600;
  });
  return entries;
}

Result<void> run(Options const& options) {
  std::uint64_t const runs = number(options, "runs");
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(rig, LedgerRig::open(scratch));
  TRY_VOID(rig->start());
  Table table({"", "leaf bytes", "CPU us each", "best events/s"});
  TRY(submits,
      record_runs(*rig, table, "through the loop: submits", runs, LedgerRig::Steps::submit_only));
  TRY(lives, record_runs(*rig, table, "through the loop: whole lives", runs / 4,
                         LedgerRig::Steps::whole_life));
  rig->stop();
  int directory = 0;
  TRY_VOID(measure_path(scratch, table, "whole lives, as recorded", lives, directory));
  lives = without_snapshots(std::move(lives));
  TRY_VOID(measure_path(scratch, table, "the same without snapshots", lives, directory));
  TRY_VOID(measure_path(scratch, table, "of these, 400 to 600 bytes",
                        around_500_bytes(std::move(lives)), directory));
  table.print();
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program("append", argc, argv, {{"dir", "."}, {"runs", "40000"}}, run);
}
