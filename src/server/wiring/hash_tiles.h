#pragma once

// The tree's hash tiles for anybody (C2SP tlog-tiles): hashes of leaves are read back from the log
// when asked for, hashes of 256 leaves and more are kept, an eighth of a byte a leaf. Only durable
// leaves are in it. Any thread.

#include <string_view>

#include "base/mutex.h"
#include "ledger/reader.h"
#include "merkle/node_store.h"
#include "merkle/tiles.h"

namespace tally::wiring {

class HashTiles {
 public:
  explicit HashTiles(ledger::Reader const& reader) : reader_(reader) {}
  // `path` is what follows /ledger/tile/. Error "not_found": the tree has no such tile now.
  Result<Bytes> tile(std::string_view path) const;

 private:
  // Takes in what became durable since, in whole groups of 256 leaves.
  Result<void> catch_up(merkle::NodeStore& groups) const;
  Result<Bytes> leaves(merkle::Tile const& tile) const;
  Result<Bytes> nodes(merkle::Tile const& tile) const;

  ledger::Reader const& reader_;
  mutable Mutex<merkle::NodeStore> groups_;  // its leaves are the roots of 256 of ours
};

}  // namespace tally::wiring
