#pragma once

// Sorted marks of a range of events in a file that never changes. Derived from the log: whatever is
// wrong with one, it can be made again.
//
//   page 0           head: magic, range of events, how many marks, whose ledger and history
//   pages 1 to n     marks, 170 a page
//   pages after it   fences: the first mark of each of those pages, 170 a page
//
// Numbers are little-endian. A page has 4096 bytes; its last four are the CRC-32C of the others, so
// a damaged page is noticed by whoever reads it. Fences are kept in memory: finding is a binary
// search in them and then in one page.

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "marks/marks.h"
#include "ports/disk.h"

namespace tally::marks {

// Events from the first up to, not including, the end.
struct SeqRange {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t events() const { return to - from; }
  friend bool operator==(SeqRange const&, SeqRange const&) = default;
};

struct MarkFileHead {
  LedgerId ledger;
  Digest last_leaf;  // hash of the last event's: of this history, and of no other
  SeqRange range;
  std::optional<std::int64_t> checkpoint;  // the last in the range
  std::uint64_t marks = 0;
};

// "index-<from>-<to>", twenty digits each.
std::string mark_file_name(SeqRange range);
std::optional<SeqRange> mark_file_range(std::string_view name);

// Of a file with so many marks.
std::uint64_t mark_file_bytes(std::uint64_t marks);

// Durable when it returns; replaces a file of this name.
Result<void> write_mark_file(ports::Disk& disk, MarkFileHead const& head, NextMarks const& marks);

class MarkFile final : public MarkTable {
 public:
  // Opens the file of this range. Errors: "index_damaged" (also: of another ledger, of another
  // range than its name says), and the disk's.
  static Result<std::shared_ptr<MarkFile const>> open(ports::Disk& disk, SeqRange range,
                                                      LedgerId ledger);
  MarkFileHead const& head() const { return head_; }
  // Somebody found a page that is not what was written.
  bool is_damaged() const { return damaged_; }
  // Reads every page. Error "index_damaged".
  Result<void> check() const;

  Result<void> newest(MarkKey const& key, std::int64_t before, std::size_t limit,
                      std::vector<std::int64_t>& found) const override;
  Result<void> oldest(MarkKey const& key, std::int64_t from, std::size_t limit,
                      std::vector<std::int64_t>& found) const override;
  std::uint64_t size() const override { return head_.marks; }
  NextMarks all() const override;

 private:
  MarkFile(std::unique_ptr<ports::DiskFile> file, MarkFileHead head);
  Result<void> read_fences();
  std::uint64_t pages() const;
  std::size_t marks_on(std::uint64_t page) const;
  // The marks of `count` data pages from `first` on.
  Result<void> read(std::uint64_t first, std::uint64_t count, std::vector<Mark>& marks) const;
  tl::unexpected<Error> damaged(std::string_view what) const;

  std::unique_ptr<ports::DiskFile> file_;
  MarkFileHead head_;
  std::vector<Mark> fences_;
  mutable std::atomic<bool> damaged_ = false;
};

}  // namespace tally::marks
