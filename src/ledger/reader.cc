#include "ledger/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "codec/event_codec.h"
#include "domain/run/history.h"
#include "merkle/tree.h"

namespace tally::ledger {

namespace {

constexpr std::size_t kReadAtOnce = 4096;  // records, for long ranges
constexpr std::size_t kFirstReadAtOnce = 16;

Result<Entry> to_entry(ports::LogRecord record, std::int64_t seq) {
  auto recorded = codec::decode(record.leaf);
  if (!recorded) {
    return fail("damaged", fmt::format("event {} cannot be read", seq),
                recorded.error().code + ": " + recorded.error().detail);
  }
  Digest const hash = merkle::leaf_hash(record.leaf);
  return Entry{.recorded = std::move(*recorded),
               .leaf_hash = hash,
               .leaf = std::move(record.leaf),
               .enclosure = std::move(record.enclosure)};
}

}  // namespace

Result<Entry> Reader::entry(std::int64_t seq) const {
  if (auto const recent = index_.recent(seq)) return *recent;
  TRY(found, entries(seq, 1));
  if (found.empty()) return fail("not_found", fmt::format("there is no event {}", seq));
  return std::move(found.front());
}

Result<std::vector<Entry>> Reader::entries(std::int64_t from, std::size_t count) const {
  std::int64_t const size = index_.size();
  if (from < 0 || from >= size) return std::vector<Entry>{};
  count = std::min(count, static_cast<std::size_t>(size - from));
  TRY(records, store_.read(static_cast<std::uint64_t>(from), count));
  std::vector<Entry> entries;
  entries.reserve(records.size());
  for (ports::LogRecord& record : records) {
    TRY(entry, to_entry(std::move(record), from + static_cast<std::int64_t>(entries.size())));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// How many records are read at once follows from how long they were so far.
Result<std::int64_t> Reader::each(std::int64_t from,
                                  std::function<Result<bool>(Entry const&)> const& take) const {
  std::int64_t const size = index_.size();
  std::size_t at_once = kFirstReadAtOnce;
  while (from >= 0 && from < size) {
    auto const count = std::min(at_once, static_cast<std::size_t>(size - from));
    TRY(records, store_.read(static_cast<std::uint64_t>(from), count));
    if (records.empty()) break;
    std::size_t bytes = 1;
    for (auto const& record : records) bytes += record.leaf.size() + record.enclosure.size();
    at_once = std::clamp(kHeldBytes * records.size() / bytes, std::size_t{1}, kReadAtOnce);
    for (auto& record : records) {
      TRY(one, to_entry(std::move(record), from));
      ++from;
      TRY(go_on, take(one));
      if (!go_on) return from;
    }
  }
  return from;
}

Result<domain::run::Row> Reader::run(RunId run) const {
  std::optional<domain::run::Row> row;
  TRY(seqs, index_.of_run(run));
  for (std::int64_t const seq : seqs) {
    TRY(one, entry(seq));
    if (one.recorded.header.run != run)
      return fail("index_damaged", "the index names an event of another run");
    domain::run::advance(row, one.recorded.header, one.recorded.event);
  }
  if (!row) return fail("not_found", "no such run");
  return *row;
}

Result<domain::system::CheckpointSigned> Reader::last_checkpoint() const {
  auto const seq = index_.last_checkpoint();
  if (!seq) return fail("not_found", "no checkpoint is signed yet");
  TRY(one, entry(*seq));
  auto const* checkpoint = domain::checkpoint_in(one.recorded.event);
  if (checkpoint != nullptr) return *checkpoint;
  return fail("damaged", "the index names another event as a checkpoint");
}

Result<std::vector<Digest>> Reader::leaf_hashes(std::int64_t from, std::int64_t to) const {
  std::vector<Digest> hashes;
  hashes.reserve(static_cast<std::size_t>(std::max<std::int64_t>(to - from, 0)));
  while (from < to) {
    auto const count = std::min(kReadAtOnce, static_cast<std::size_t>(to - from));
    TRY(records, store_.read(static_cast<std::uint64_t>(from), count));
    if (records.empty()) return fail("not_found", fmt::format("there is no event {}", from));
    std::vector<ByteView> leaves;
    for (ports::LogRecord const& record : records) leaves.emplace_back(record.leaf);
    std::ranges::copy(merkle::leaf_hashes(leaves), std::back_inserter(hashes));
    from += static_cast<std::int64_t>(records.size());
  }
  return hashes;
}

}  // namespace tally::ledger
