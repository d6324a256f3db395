#include "ledger/index_keeper.h"

#include <algorithm>

#include "audit/fold.h"
#include "audit/frames.h"

namespace tally::ledger {

namespace {

// The files that cover the most events from event 0 without a gap. After a merge that was cut short
// there may be one file and those that it was made of: the longest counts.
std::vector<SeqRange> without_gaps(std::vector<SeqRange> const& ranges, std::int64_t end) {
  std::vector<SeqRange> chosen;
  std::int64_t reached = 0;
  for (bool found = true; found;) {
    found = false;
    SeqRange longest{reached, reached};
    for (SeqRange const& one : ranges)
      if (one.from == reached && one.to > longest.to && one.to <= end) longest = one;
    if (longest.events() == 0) continue;
    chosen.push_back(longest);
    reached = longest.to;
    found = true;
  }
  return chosen;
}

bool is_in_memory(IndexPart const& part) { return part.file == nullptr && !part.lost; }
bool is_of_no_use(IndexPart const& part) {
  return part.lost || (part.file != nullptr && part.file->is_damaged());
}

}  // namespace

IndexPart IndexKeeper::open(SeqRange range) const {
  auto file = MarkFile::open(disk_, range, log_.ledger());
  if (!file) return {.range = range, .checkpoint = {}, .table = {}, .file = {}, .lost = true};
  return {.range = range, .checkpoint = (*file)->head().checkpoint, .table = *file, .file = *file};
}

Result<void> IndexKeeper::begin() {
  index_.begin({});
  TRY(names, disk_.list());
  std::vector<SeqRange> ranges;
  for (std::string const& name : names)
    if (auto const range = mark_file_range(name)) ranges.push_back(*range);
  auto const chosen = without_gaps(ranges, static_cast<std::int64_t>(log_.next_seq()));
  for (SeqRange const& range : ranges)
    if (std::ranges::find(chosen, range) == chosen.end())
      TRY_VOID(disk_.remove(mark_file_name(range)));
  std::vector<IndexPart> parts;
  for (SeqRange const& range : chosen) parts.push_back(open(range));
  index_.begin(std::move(parts));
  return {};
}

Result<IndexPart> IndexKeeper::store(SeqRange range, std::optional<std::int64_t> checkpoint,
                                     NextMarks const& marks, std::uint64_t count) {
  TRY_VOID(write_mark_file(
      disk_, {.ledger = log_.ledger(), .range = range, .checkpoint = checkpoint, .marks = count},
      marks));
  return open(range);
}

Result<void> IndexKeeper::write(IndexPart const& part) {
  TRY(stored, store(part.range, part.checkpoint, part.table->all(), part.table->size()));
  index_.exchange(part.range, {stored});
  return {};
}

// The newest two neighbours of which the older is not longer. Says whether there were any.
Result<bool> IndexKeeper::merge_two() {
  auto const parts = index_.parts(Index::OpenTable::leave);
  for (std::size_t i = parts.size(); i-- > 1;) {
    IndexPart const& older = parts[i - 1];
    IndexPart const& newer = parts[i];
    if (older.file == nullptr || newer.file == nullptr) continue;
    if (older.range.events() > newer.range.events()) continue;
    SeqRange const range{older.range.from, newer.range.to};
    TRY(stored, store(range, newer.checkpoint ? newer.checkpoint : older.checkpoint,
                      merged(older.table->all(), newer.table->all()),
                      older.table->size() + newer.table->size()));
    index_.exchange(range, {stored});
    for (SeqRange const& one : {older.range, newer.range})
      TRY_VOID(disk_.remove(mark_file_name(one)));
    return true;
  }
  return false;
}

// From the log, in tables of the usual length.
Result<void> IndexKeeper::make_again(IndexPart const& lost) {
  constexpr char kEnough[] = "enough";
  Index again;
  again.begin({}, lost.range.from);
  std::vector<IndexPart> made;
  auto const store_parts = [&](Index::OpenTable what) -> Result<void> {
    auto const parts = again.parts(what);
    for (IndexPart const& part : parts) {
      TRY(stored, store(part.range, part.checkpoint, part.table->all(), part.table->size()));
      made.push_back(stored);
    }
    if (!parts.empty()) again.begin({}, again.size());
    return {};
  };
  auto const visit = [&](segments::FrameView const& view) -> Result<void> {
    auto const read = audit::read_frame(audit::to_log_frame(view));
    if (read.fault) return tl::unexpected<Error>(*read.fault);
    for (codec::Entry const& entry : read.entries) {
      if (entry.recorded.header.seq == lost.range.to) return fail(kEnough, "nobody asked for this");
      if (entry.recorded.header.seq >= lost.range.from) again.note(entry.recorded);
    }
    return store_parts(Index::OpenTable::leave);
  };
  auto const scanned = log_.scan(static_cast<std::uint64_t>(lost.range.from), visit);
  if (!scanned && scanned.error().code != kEnough) return scanned;
  TRY_VOID(store_parts(Index::OpenTable::close));
  index_.exchange(lost.range, made);
  return made.size() == 1 ? Result<void>() : disk_.remove(mark_file_name(lost.range));
}

Result<void> IndexKeeper::write_and_mend(Index::OpenTable open) {
  for (IndexPart const& part : index_.parts(open)) {
    if (is_in_memory(part)) TRY_VOID(write(part));
    if (is_of_no_use(part)) TRY_VOID(make_again(part));
  }
  return {};
}

Result<void> IndexKeeper::merge() {
  for (;;) {
    TRY(merged_two, merge_two());
    if (!merged_two) return {};
  }
}

Result<void> IndexKeeper::tend(What what) {
  if (what == What::all_checked)
    for (IndexPart const& part : index_.parts(Index::OpenTable::leave))
      if (part.file != nullptr) (void)part.file->check();
  TRY_VOID(write_and_mend(what == What::full ? Index::OpenTable::leave : Index::OpenTable::close));
  auto const merged = merge();
  if (merged || merged.error().code != "index_damaged") return merged;
  // A page that nobody had read since it rotted.
  TRY_VOID(write_and_mend(Index::OpenTable::leave));
  return merge();
}

}  // namespace tally::ledger
