#pragma once

// Which events belong to a run, a correlation, a tenant, a key: sequences, derived from events; and
// the latest events themselves, since answers and leases ask for what was written a moment ago.
// Only durable events are in it. Any thread.
//
//     tables, oldest first:   file | file | memory, full | memory, open ◄── add
//
// When the open table has marks of so many events, it is full and another one is begun. The keeper
// (index_keeper.h) writes full tables to files and merges files; what is found stays the same.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "domain/event.h"
#include "ledger/entry.h"
#include "marks/mark_file.h"
#include "marks/memory_marks.h"

namespace tally::ledger {

using marks::key_of;

inline constexpr std::size_t kRecentEventsMax = 65'536;
inline constexpr std::size_t kRecentBytesMax = 32u << 20;
inline constexpr std::int64_t kEventsOfATable = 131'072;

// The marks of a range of events.
struct IndexPart {
  marks::SeqRange range;
  std::optional<std::int64_t> checkpoint;  // the last in the range
  Digest last_leaf;                        // hash of the last event's
  std::shared_ptr<marks::MarkTable const> table;
  std::shared_ptr<marks::MarkFile const> file;  // the same table, if it is in a file
  bool lost = false;  // the file is there and cannot be used: nothing is found
};

class Index {
 public:
  // `events_of_a_table`: after how many the open table is full.
  explicit Index(std::int64_t events_of_a_table = kEventsOfATable)
      : events_of_a_table_(events_of_a_table) {}

  std::int64_t events_of_a_table() const { return events_of_a_table_; }

  void add(std::shared_ptr<Entry const> entry);
  // The same without keeping the event itself: for what is long past when a start folds it. The
  // sequences of add and note follow each other.
  void note(domain::Recorded const& recorded, Digest const& leaf_hash);
  // Forgets everything; `parts` is what there is instead, from event `from` on and without a gap.
  void begin(std::vector<IndexPart> parts, std::int64_t from = 0);

  // If it is among the latest.
  std::shared_ptr<Entry const> recent(std::int64_t seq) const;
  // A run's events, ascending: the engine bounds how many a run has. Errors of these:
  // "index_damaged" (the keeper makes the part anew), and the disk's.
  Result<std::vector<std::int64_t>> of_run(RunId run) const;
  // What stands under a key, at most `limit`: the first from event `from` on, oldest first; the
  // last before event `before` (none: of all), newest first. Callers choose correlations, so
  // whoever shows what stands under one bounds what is looked at.
  Result<std::vector<std::int64_t>> first_of(marks::MarkKey const& key, std::int64_t from,
                                             std::size_t limit) const;
  Result<std::vector<std::int64_t>> latest_of(marks::MarkKey const& key,
                                              std::optional<std::int64_t> before,
                                              std::size_t limit) const;
  // First events of the tenant's runs, newest first, at most `limit`, older than `before` (none:
  // from the newest).
  Result<std::vector<std::int64_t>> runs_of(TenantId const& tenant,
                                            std::optional<std::int64_t> before,
                                            std::size_t limit) const;
  std::optional<std::int64_t> last_checkpoint() const;
  std::int64_t size() const;  // durable events

  // For the keeper: the parts that do not change any more, oldest first; what the open table holds
  // is one of them from here on if `close_open`.
  enum class OpenTable { leave, close };
  std::vector<IndexPart> parts(OpenTable what);
  // Exchanges the parts of this range, which are there, for others of the same range.
  void exchange(marks::SeqRange range, std::vector<IndexPart> const& parts);

 private:
  struct Tables {
    std::vector<IndexPart> parts;
    std::shared_ptr<marks::MemoryMarks> open;
    marks::SeqRange open_range;
    Digest last_leaf;  // of the open range
    std::map<TenantId, marks::MarkKey> tenant_keys;
    std::optional<std::int64_t> checkpoint;
    std::deque<std::shared_ptr<Entry const>> recent;
    std::size_t recent_bytes = 0;
  };
  static void keep_recent(Tables& tables, std::shared_ptr<Entry const> entry);
  static void close(Tables& tables);
  void note(Tables& tables, domain::Recorded const& recorded, Digest const& leaf_hash);
  Result<std::vector<std::int64_t>> newest(marks::MarkKey const& key,
                                           std::optional<std::int64_t> before,
                                           std::size_t limit) const;
  Result<std::vector<std::int64_t>> all_of(marks::MarkKey const& key) const;

  std::int64_t events_of_a_table_;
  Mutex<Tables> tables_;
};

}  // namespace tally::ledger
