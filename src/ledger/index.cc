#include "ledger/index.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace tally::ledger {

namespace {

std::size_t bytes_of(Entry const& entry) { return entry.leaf.size() + entry.enclosure.size(); }

tl::unexpected<Error> being_made_anew(IndexPart const& part) {
  return fail("index_damaged", fmt::format("the index of the events {} to {} is being made anew",
                                           part.range.from, part.range.to));
}

Result<void> newest_of(IndexPart const& part, marks::MarkKey const& key, std::int64_t before,
                       std::size_t limit, std::vector<std::int64_t>& found) {
  if (part.range.from >= before) return {};
  if (part.lost) return being_made_anew(part);
  return part.table->newest(key, before, limit, found);
}

Result<void> oldest_of(IndexPart const& part, marks::MarkKey const& key, std::int64_t from,
                       std::size_t limit, std::vector<std::int64_t>& found) {
  if (part.range.to <= from || found.size() >= limit) return {};
  if (part.lost) return being_made_anew(part);
  return part.table->oldest(key, from, limit, found);
}

}  // namespace

void Index::keep_recent(Tables& tables, std::shared_ptr<Entry const> entry) {
  tables.recent_bytes += bytes_of(*entry);
  tables.recent.push_back(std::move(entry));
  while (tables.recent.size() > kRecentEventsMax || tables.recent_bytes > kRecentBytesMax) {
    tables.recent_bytes -= bytes_of(*tables.recent.front());
    tables.recent.pop_front();
  }
}

void Index::close(Tables& tables) {
  if (tables.open == nullptr || tables.open_range.events() == 0) return;
  std::optional<std::int64_t> checkpoint = tables.checkpoint;
  if (checkpoint && *checkpoint < tables.open_range.from) checkpoint.reset();
  tables.parts.push_back({.range = tables.open_range,
                          .checkpoint = checkpoint,
                          .last_leaf = tables.last_leaf,
                          .table = std::exchange(tables.open, nullptr),
                          .file = {}});
  tables.open_range.from = tables.open_range.to;
}

void Index::note(Tables& tables, domain::Recorded const& recorded, Digest const& leaf_hash) {
  domain::Header const& header = recorded.header;
  if (tables.open == nullptr) tables.open = std::make_shared<marks::MemoryMarks>();
  marks::MemoryMarks& open = *tables.open;
  if (header.correlation) open.add(key_of(*header.correlation), header.seq);
  if (header.run) open.add(key_of(*header.run), header.seq);
  if (auto const key = domain::key_in(recorded.event)) open.add(key_of(*key), header.seq);
  if (header.run && header.tenant && domain::begins_a_run(recorded.event)) {
    auto const at = tables.tenant_keys.find(*header.tenant);
    marks::MarkKey const key = at != tables.tenant_keys.end()
                                   ? at->second
                                   : (tables.tenant_keys[*header.tenant] = key_of(*header.tenant));
    open.add(key, header.seq);
  }
  if (domain::checkpoint_in(recorded.event) != nullptr) tables.checkpoint = header.seq;
  tables.open_range.to = header.seq + 1;
  tables.last_leaf = leaf_hash;
  if (tables.open_range.events() >= events_of_a_table_) close(tables);
}

void Index::note(domain::Recorded const& recorded, Digest const& leaf_hash) {
  tables_.with([&](Tables& tables) { note(tables, recorded, leaf_hash); });
}

void Index::add(std::shared_ptr<Entry const> entry) {
  tables_.with([&](Tables& tables) {
    note(tables, entry->recorded, entry->leaf_hash);
    keep_recent(tables, std::move(entry));
  });
}

void Index::begin(std::vector<IndexPart> parts, std::int64_t from) {
  tables_.with([&](Tables& tables) {
    tables = {};
    tables.open_range = {from, from};
    tables.parts = std::move(parts);
    for (IndexPart const& part : tables.parts) {
      if (part.checkpoint) tables.checkpoint = part.checkpoint;
      tables.open_range = {part.range.to, part.range.to};
    }
  });
}

std::shared_ptr<Entry const> Index::recent(std::int64_t seq) const {
  return tables_.with([&](Tables const& tables) -> std::shared_ptr<Entry const> {
    if (tables.recent.empty()) return nullptr;
    std::int64_t const first = tables.recent.front()->recorded.header.seq;
    if (seq < first || seq >= first + static_cast<std::int64_t>(tables.recent.size()))
      return nullptr;
    return tables.recent[static_cast<std::size_t>(seq - first)];
  });
}

// The open table under the lock; the others do not change, and files are not read under it.
Result<std::vector<std::int64_t>> Index::newest(marks::MarkKey const& key,
                                                std::optional<std::int64_t> before,
                                                std::size_t limit) const {
  std::int64_t const end =
      std::clamp<std::int64_t>(before.value_or(marks::kNoSeqYet), 0, marks::kNoSeqYet);
  std::vector<std::int64_t> found;
  auto const parts = tables_.with([&](Tables const& tables) -> std::vector<IndexPart> {
    if (tables.open != nullptr) (void)tables.open->newest(key, end, limit, found);
    return tables.parts;
  });
  for (auto part = parts.rbegin(); part != parts.rend() && found.size() < limit; ++part)
    TRY_VOID(newest_of(*part, key, end, limit, found));
  return found;
}

// What is open is behind all parts, and is looked at together with their list: a table that is
// closed meanwhile would else be missed or found twice.
Result<std::vector<std::int64_t>> Index::first_of(marks::MarkKey const& key, std::int64_t from,
                                                  std::size_t limit) const {
  std::vector<std::int64_t> open;
  auto const parts = tables_.with([&](Tables const& tables) -> std::vector<IndexPart> {
    if (tables.open != nullptr) (void)tables.open->oldest(key, from, limit, open);
    return tables.parts;
  });
  std::vector<std::int64_t> found;
  for (IndexPart const& part : parts) TRY_VOID(oldest_of(part, key, from, limit, found));
  auto const wanted = std::min(open.size(), limit - std::min(limit, found.size()));
  found.insert(found.end(), open.begin(), open.begin() + static_cast<std::ptrdiff_t>(wanted));
  return found;
}

Result<std::vector<std::int64_t>> Index::all_of(marks::MarkKey const& key) const {
  TRY(found, newest(key, std::nullopt, std::numeric_limits<std::size_t>::max()));
  std::ranges::reverse(found);
  return found;
}

Result<std::vector<std::int64_t>> Index::of_run(RunId run) const { return all_of(key_of(run)); }

Result<std::vector<std::int64_t>> Index::latest_of(marks::MarkKey const& key,
                                                   std::optional<std::int64_t> before,
                                                   std::size_t limit) const {
  return newest(key, before, limit);
}

Result<std::vector<std::int64_t>> Index::runs_of(TenantId const& tenant,
                                                 std::optional<std::int64_t> before,
                                                 std::size_t limit) const {
  return newest(key_of(tenant), before, limit);
}

std::optional<std::int64_t> Index::last_checkpoint() const {
  return tables_.with([](Tables const& tables) { return tables.checkpoint; });
}

std::int64_t Index::size() const {
  return tables_.with([](Tables const& tables) { return tables.open_range.to; });
}

std::vector<IndexPart> Index::parts(OpenTable what) {
  return tables_.with([&](Tables& tables) {
    if (what == OpenTable::close) close(tables);
    return tables.parts;
  });
}

void Index::exchange(marks::SeqRange range, std::vector<IndexPart> const& parts) {
  tables_.with([&](Tables& tables) {
    auto& all = tables.parts;
    auto const first =
        std::ranges::find(all, range.from, [](auto& part) { return part.range.from; });
    auto const last = std::ranges::find(all, range.to, [](auto& part) { return part.range.to; });
    TALLY_CHECK(first != all.end() && last != all.end(), "parts of an index that are not there");
    all.insert(all.erase(first, std::next(last)), parts.begin(), parts.end());
    // Of a part that was lost it was not known.
    for (IndexPart const& part : parts)
      tables.checkpoint = std::max(tables.checkpoint, part.checkpoint);
  });
}

}  // namespace tally::ledger
