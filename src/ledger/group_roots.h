#pragma once

// The roots of the tree's groups of 256 leaves: all that its hash tiles above the leaves are made
// of, 32 bytes a group. The fold of a start and the loop hand over those that they complete; those
// before are in files, so that no start hashes leaves that an earlier one has hashed.
//
//     event 0 ........................ snapshot ............ start ............ now
//             files, else the log               the fold            the loop
//
// Nothing in a file is believed. With the groups of the fold behind them, those of the files must
// come to the peaks of the tree that the start folded, and before they do no hash is given out. If
// they do not, all files are left aside and the groups are made anew from the log. That, too, goes
// by steps of a bounded number of hashes, so no caller of any function here waits for more than
// one step, and a file that is lost or rotten costs the leaves of its own groups alone.
//
// What stands in a file: docs/formats/snapshots.md.

#include <optional>
#include <vector>

#include "base/mutex.h"
#include "ledger/index_keeper.h"
#include "ledger/reader.h"
#include "merkle/node_store.h"
#include "merkle/tiles.h"
#include "merkle/tree.h"

namespace tally::ledger {

class GroupRoots {
 public:
  static constexpr std::uint64_t kGroupsOfAFile = 4'096;  // 1,048,576 events, 128 KiB
  static constexpr std::uint64_t kGroupsOfAStep = 4'096;  // known ones, taken in by one step
  static constexpr std::uint64_t kGroupsReadInAStep = 2;  // from the log: 512 leaves

  struct Start {
    LedgerId ledger;
    merkle::Tree tree;              // of all durable events
    std::vector<Digest> completed;  // roots of its last groups, from the fold
    std::uint64_t groups_of_a_file = kGroupsOfAFile;
  };
  // `disk` is for derived files. Both outlive this.
  GroupRoots(ports::Disk& disk, Reader const& reader, Start start);

  // Those that a durable frame completed. Any thread, the loop's above all: it never waits for a
  // step.
  void add(std::vector<Digest> const& completed);

  // One step on the way to knowing all that there are; false: there is none more. Errors: the
  // log's, and "damaged": its leaves are not those of its tree. Any thread.
  Result<bool> step();

  // The bytes of a tile above the leaves, after one step if it needs one. Error "not_ready": it
  // needs more. Any thread.
  Result<Bytes> tile(merkle::Tile const& tile);

  enum class Save {
    full,  // files that have all their groups
    all,   // the last one, too
  };
  // Steps to the end, then writes what no file has; may take long. One thread at a time. Errors:
  // those of step(), the disk's, "disk_full" also where too little room would be left for the
  // ledger, and kGivenUp.
  Result<void> tend(Save what, GoOn const& go_on = {});

 private:
  struct Kept {
    merkle::NodeStore nodes;              // its leaves are the groups' roots
    std::vector<Digest> completed;        // of the start, until `checked`
    std::vector<std::uint64_t> saved;     // groups in each file, as far as known
    std::optional<std::uint64_t> opened;  // the last file that was tried
    bool files_are_wrong = false;
    bool checked = false;  // the start's groups come to its tree
  };
  struct Unsaved {
    std::uint64_t file = 0;
    std::vector<Digest> roots;  // all that it is to hold
  };
  Result<void> take_older(Kept& kept) const;
  bool take_file(Kept& kept, std::uint64_t file) const;
  void take_completed(Kept& kept) const;
  void take_fresh(Kept& kept);
  Result<void> check(Kept& kept) const;
  bool comes_to_the_tree(merkle::NodeStore const& nodes) const;
  Result<std::vector<Digest>> read(std::uint64_t file) const;
  Result<void> write(Unsaved const& what);
  std::optional<Unsaved> unsaved(Save what) const;

  ports::Disk& disk_;
  Reader const& reader_;
  LedgerId ledger_;
  std::uint64_t groups_of_a_file_;
  merkle::Tree tree_;       // at the start
  std::uint64_t at_start_;  // whole groups
  std::uint64_t older_;     // of these, those that the fold did not complete
  mutable Mutex<Kept> kept_;
  Mutex<std::vector<Digest>> fresh_;  // added and not yet among the kept
};

}  // namespace tally::ledger
