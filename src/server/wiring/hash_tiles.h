#pragma once

// The tree's hash tiles for anybody (C2SP tlog-tiles). Those above the leaves are made of the
// groups' roots (ledger/group_roots.h). Tiles of leaves are read back from the log when asked for,
// and the last ones asked for are kept, since all readers of a log want the same. Only durable
// leaves are in it. Any thread.

#include <list>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "ledger/group_roots.h"
#include "ledger/reader.h"

namespace tally::wiring {

class HashTiles {
 public:
  static constexpr std::size_t kTilesKept = 512;  // of 8 KiB

  HashTiles(ledger::Reader const& reader, ledger::GroupRoots& groups)
      : reader_(reader), groups_(groups) {}
  // `path` is what follows /ledger/tile/. Costs the hashes of at most 256 leaves, or one step of
  // the groups. Errors: "not_found": the tree has no such tile now; "not_ready": call read_on()
  // until it returns false.
  Result<Bytes> tile(std::string_view path) const;
  // One step of the groups; false: there is none more, or the log cannot be read.
  bool read_on() const { return groups_.step().value_or(false); }

 private:
  struct Kept {
    std::map<std::string, Bytes, std::less<>> tiles;
    std::list<std::string> oldest;  // their paths in the order in which they were read
  };
  Result<Bytes> leaves(std::string_view path, merkle::Tile const& tile) const;

  ledger::Reader const& reader_;
  ledger::GroupRoots& groups_;
  mutable Mutex<Kept> kept_;
};

}  // namespace tally::wiring
