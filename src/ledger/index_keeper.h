#pragma once

// Keeps the index in files, so that it takes little memory and a start need not make it again:
// full tables go to files, files are merged, and a file that is damaged is made again from the log.
//
// A file's level says how often it holds the events of a full table: once or more, eight times or
// more, 64 times or more. Neighbours are merged when together they reach the next level of the
// longest of them. So there are at most seven files of a level, and a mark is written once for each
// level. Tables may be closed before they are full; such a short file joins those behind it when
// they are together as long, so of short files there are at most 17. More files on each level would
// save writing, and cost every look-up a page of each.
//
// Files are derived and never the only place of anything. One that is lost or damaged costs time.

#include "ledger/index.h"
#include "ports/disk.h"
#include "ports/log_store.h"

namespace tally::ledger {

// Asked now and then by what takes long; false: it is to be given up.
using GoOn = std::function<bool()>;
inline constexpr char kGivenUp[] = "given_up";

class IndexKeeper {
 public:
  // All of them outlive this.
  IndexKeeper(ports::Disk& disk, ports::LogReader const& log, Index& index)
      : disk_(disk), log_(log), index_(index) {}

  // Begins the index with what the files say of the log's events, as far as they reach without a
  // gap, and removes files that are of no use. Errors are the disk's; the index is empty then.
  Result<void> begin();

  enum class What {
    full,         // tables that are full
    all,          // the open one, too: afterwards every event so far is in a file
    all_checked,  // and every page of every file is read
  };
  // Does what there is to do; may take long. One thread at a time. Errors: the disk's, "disk_full"
  // also where too little room would be left for the ledger, and kGivenUp; what was done stays
  // done.
  Result<void> tend(What what, GoOn const& go_on = {});

 private:
  Result<void> check_files();
  Result<bool> do_one_thing();
  Result<void> write(IndexPart const& part);
  Result<bool> merge_some();
  Result<void> make_again(IndexPart const& lost);
  Result<IndexPart> store(IndexPart const& part);
  Result<IndexPart> store(IndexPart const& part, marks::NextMarks marks, std::uint64_t count);
  IndexPart open(marks::SeqRange range) const;
  Result<Digest> last_leaf(marks::SeqRange range) const;
  Result<bool> is_of_this_history(std::vector<IndexPart> const& parts) const;
  marks::NextMarks asking(marks::NextMarks marks) const;
  Result<void> ask() const;

  ports::Disk& disk_;
  ports::LogReader const& log_;
  Index& index_;
  GoOn go_on_;  // of the tend that is under way
};

}  // namespace tally::ledger
