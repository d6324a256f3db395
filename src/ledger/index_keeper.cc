#include "ledger/index_keeper.h"

#include <algorithm>

#include "audit/fold.h"
#include "audit/frames.h"
#include "marks/room.h"
#include "merkle/tree.h"

namespace tally::ledger {

namespace {

constexpr int kDamagedMost = 16;  // parts that are found damaged while the index is tended once
constexpr std::int64_t kFilesOfALevel = 8;  // are merged into one of the next

// The files that cover the most events from event 0 without a gap. After a merge that was cut short
// there may be one file and those that it was made of: the longest counts.
std::vector<marks::SeqRange> without_gaps(std::vector<marks::SeqRange> const& ranges,
                                          std::int64_t end) {
  std::vector<marks::SeqRange> chosen;
  std::int64_t reached = 0;
  for (bool found = true; found;) {
    found = false;
    marks::SeqRange longest{reached, reached};
    for (marks::SeqRange const& one : ranges)
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
bool is_in_file(IndexPart const& part) { return part.file != nullptr && !is_of_no_use(part); }

// The least number of events that is of a higher level than so many.
std::int64_t next_level(std::int64_t events, std::int64_t full) {
  while (full <= events) full *= kFilesOfALevel;
  return full;
}

// The first of those that are merged with this one: as far back as may be, so that what would be
// merged again at once is merged once. A table is full with so many events.
std::size_t first_to_merge(std::vector<IndexPart> const& parts, std::size_t last,
                           std::int64_t full) {
  std::size_t first = last;
  std::int64_t longest = 0;
  std::int64_t together = 0;
  for (std::size_t one = last + 1; one-- > 0 && is_in_file(parts[one]);) {
    std::int64_t const events = parts[one].range.events();
    bool const is_short = events < full && events <= together;
    longest = std::max(longest, events);
    together += events;
    if (is_short || (longest >= full && together >= next_level(longest, full))) first = one;
  }
  return first;
}

IndexPart lost_part(marks::SeqRange range) {
  return {.range = range, .checkpoint = {}, .last_leaf = {}, .table = {}, .file = {}, .lost = true};
}

IndexPart in_file(std::shared_ptr<marks::MarkFile const> file) {
  return {.range = file->head().range,
          .checkpoint = file->head().checkpoint,
          .last_leaf = file->head().last_leaf,
          .table = file,
          .file = file};
}

}  // namespace

IndexPart IndexKeeper::open(marks::SeqRange range) const {
  auto file = marks::MarkFile::open(disk_, range, log_.ledger());
  if (file) return in_file(*file);
  return lost_part(range);
}

Result<Digest> IndexKeeper::last_leaf(marks::SeqRange range) const {
  TRY(records, log_.read(static_cast<std::uint64_t>(range.to) - 1, 1));
  if (records.empty()) return fail("not_found", "the log ends before the index does");
  return merkle::leaf_hash(records.front().leaf);
}

// The ledger's directory may have been exchanged for a copy that went on otherwise. Where the last
// file's last event is the log's, the files before it are of this history, too.
Result<bool> IndexKeeper::is_of_this_history(std::vector<IndexPart> const& parts) const {
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->lost) continue;
    TRY(leaf, last_leaf(part->range));
    return leaf == part->file->head().last_leaf;
  }
  return true;
}

Result<void> IndexKeeper::begin() {
  index_.begin({});
  TRY(names, disk_.list());
  std::vector<marks::SeqRange> ranges;
  for (std::string const& name : names)
    if (auto const range = marks::mark_file_range(name)) ranges.push_back(*range);
  auto chosen = without_gaps(ranges, static_cast<std::int64_t>(log_.next_seq()));
  std::vector<IndexPart> parts;
  for (marks::SeqRange const& range : chosen) parts.push_back(open(range));
  TRY(of_this_history, is_of_this_history(parts));
  if (!of_this_history) {
    parts.clear();
    chosen.clear();
  }
  for (marks::SeqRange const& range : ranges)
    if (std::ranges::find(chosen, range) == chosen.end())
      TRY_VOID(disk_.remove(marks::mark_file_name(range)));
  index_.begin(std::move(parts));
  return {};
}

Result<void> IndexKeeper::ask() const {
  if (!go_on_ || go_on_()) return {};
  return fail(kGivenUp, "keeping the index was given up");
}

// The same marks, asking before each part of them.
marks::NextMarks IndexKeeper::asking(marks::NextMarks marks) const {
  return [this, marks = std::move(marks)]() -> Result<std::span<marks::Mark const>> {
    TRY_VOID(ask());
    return marks();
  };
}

Result<IndexPart> IndexKeeper::store(IndexPart const& part) {
  return store(part, part.table->all(), part.table->size());
}

// A file of the part's events, with these marks.
Result<IndexPart> IndexKeeper::store(IndexPart const& part, marks::NextMarks marks,
                                     std::uint64_t count) {
  TRY_VOID(marks::leave_room(disk_, marks::mark_file_bytes(count)));
  TRY_VOID(marks::write_mark_file(disk_,
                                  {.ledger = log_.ledger(),
                                   .last_leaf = part.last_leaf,
                                   .range = part.range,
                                   .checkpoint = part.checkpoint,
                                   .marks = count},
                                  asking(std::move(marks))));
  TRY(file, marks::MarkFile::open(disk_, part.range, log_.ledger()));
  return in_file(file);
}

Result<void> IndexKeeper::write(IndexPart const& part) {
  TRY(stored, store(part));
  index_.exchange(part.range, {stored});
  return {};
}

// The newest neighbours that are to be merged. Says whether there were any.
Result<bool> IndexKeeper::merge_some() {
  auto const parts = index_.parts(Index::OpenTable::leave);
  for (std::size_t last = parts.size(); last-- > 1;) {
    std::size_t const first = first_to_merge(parts, last, index_.events_of_a_table());
    if (first == last) continue;
    IndexPart whole = parts[last];
    whole.table = nullptr;  // what it holds comes from all of them
    whole.file = nullptr;
    whole.range.from = parts[first].range.from;
    std::vector<marks::NextMarks> marks;
    std::uint64_t count = 0;
    for (std::size_t one = first; one <= last; ++one) {
      whole.checkpoint = std::max(whole.checkpoint, parts[one].checkpoint);
      marks.push_back(parts[one].table->all());
      count += parts[one].table->size();
    }
    TRY(stored, store(whole, marks::merged(std::move(marks)), count));
    index_.exchange(whole.range, {stored});
    for (std::size_t one = first; one <= last; ++one)
      TRY_VOID(disk_.remove(marks::mark_file_name(parts[one].range)));
    return true;
  }
  return false;
}

// A table of the usual length from the beginning of what is lost; what is behind it is lost still.
// If the file can be opened after all, it was not lost.
Result<void> IndexKeeper::make_again(IndexPart const& lost) {
  constexpr char kEnough[] = "enough";
  if (auto const file = marks::MarkFile::open(disk_, lost.range, log_.ledger());
      file && lost.lost) {
    index_.exchange(lost.range, {in_file(*file)});
    return {};
  }
  Index again;
  again.begin({}, lost.range.from);
  auto const visit = [&](ports::FrameView const& view) -> Result<void> {
    TRY_VOID(ask());
    auto const read = audit::read_frame(view, codec::Part::event);
    if (read.fault) return tl::unexpected<Error>(*read.fault);
    for (codec::Entry const& entry : read.entries) {
      std::int64_t const seq = entry.recorded.header.seq;
      if (seq >= lost.range.from && seq < lost.range.to)
        again.note(entry.recorded, entry.leaf_hash);
    }
    bool const enough =
        again.size() == lost.range.to || !again.parts(Index::OpenTable::leave).empty();
    return enough ? fail(kEnough, "a table is full") : Result<void>();
  };
  auto const scanned = log_.scan(static_cast<std::uint64_t>(lost.range.from), visit);
  if (!scanned && scanned.error().code != kEnough) return scanned;
  auto const made = again.parts(Index::OpenTable::close).front();
  TRY(stored, store(made));
  std::vector<IndexPart> parts{stored};
  marks::SeqRange const rest{made.range.to, lost.range.to};
  if (rest.events() > 0) parts.push_back(lost_part(rest));
  index_.exchange(lost.range, parts);
  if (rest.events() == 0) return {};
  // Not before: where this is cut short, the next start finds the lost file and begins here again.
  auto removed = disk_.remove(marks::mark_file_name(lost.range));
  return removed || removed.error().code == "not_found" ? Result<void>() : removed;
}

Result<void> IndexKeeper::check_files() {
  for (IndexPart const& part : index_.parts(Index::OpenTable::leave)) {
    TRY_VOID(ask());
    if (part.file != nullptr) (void)part.file->check();  // it keeps in mind what it finds
  }
  return {};
}

// The first thing that is to be done; false: there is none. Merging comes first, so that however
// many tables there are to write, few files are open.
Result<bool> IndexKeeper::do_one_thing() {
  TRY(merged_some, merge_some());
  if (merged_some) return true;
  for (IndexPart const& part : index_.parts(Index::OpenTable::leave)) {
    if (!is_in_memory(part) && !is_of_no_use(part)) continue;
    TRY_VOID(is_in_memory(part) ? write(part) : make_again(part));
    return true;
  }
  return false;
}

Result<void> IndexKeeper::tend(What what, GoOn const& go_on) {
  go_on_ = go_on;
  if (what != What::full) (void)index_.parts(Index::OpenTable::close);
  if (what == What::all_checked) TRY_VOID(check_files());
  for (int damaged = 0;;) {
    TRY_VOID(ask());
    auto const did_something = do_one_thing();
    if (did_something && !*did_something) return {};
    if (did_something) continue;
    // A page that nobody had read since it rotted: its part is of no use from now on, and is made
    // again in the next round. A disk on which everything rots is left alone.
    bool const is_damage = did_something.error().code == "index_damaged";
    if (!is_damage || ++damaged > kDamagedMost) return tl::unexpected<Error>(did_something.error());
  }
}

}  // namespace tally::ledger
