#pragma once

// The tree's hash tiles for anybody (C2SP tlog-tiles). Hashes of 256 leaves and more are kept, an
// eighth of a byte a leaf; tiles of leaves are read back from the log when asked for, and the last
// ones asked for are kept, since all readers of a log want the same. Only durable leaves are in it.
//
// No call reads more than a slice of the log: after a start the hashes above the leaves are made
// anew by read_on(), slice by slice, and what needs one that is not there yet is refused meanwhile.
// Any thread.

#include <list>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "ledger/reader.h"
#include "merkle/node_store.h"
#include "merkle/tiles.h"

namespace tally::wiring {

class HashTiles {
 public:
  static constexpr std::int64_t kGroupsOfASlice = 2;  // of 256 leaves
  static constexpr std::size_t kTilesKept = 512;      // of 8 KiB

  explicit HashTiles(ledger::Reader const& reader) : reader_(reader) {}
  // `path` is what follows /ledger/tile/. Errors: "not_found": the tree has no such tile now;
  // "not_ready": call read_on() until it returns false.
  Result<Bytes> tile(std::string_view path) const;
  // Takes in a slice of what became durable since the last one; false: there is no whole group
  // more, or the log cannot be read.
  bool read_on() const;

 private:
  struct Kept {
    std::map<std::string, Bytes, std::less<>> tiles;
    std::list<std::string> oldest;  // their paths in the order in which they were read
  };
  Result<void> catch_up(merkle::NodeStore& groups) const;
  Result<Bytes> leaves(std::string_view path, merkle::Tile const& tile) const;
  Result<Bytes> nodes(merkle::Tile const& tile) const;

  ledger::Reader const& reader_;
  mutable Mutex<merkle::NodeStore> groups_;  // its leaves are the roots of 256 of ours
  mutable Mutex<Kept> kept_;
};

}  // namespace tally::wiring
