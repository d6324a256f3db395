#pragma once

// Stores that others would keep the index in, with the same marks in the same order. A library that
// is not installed is left out of the build; its row says what to install.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "marks/marks.h"

namespace tally::bench {

// One thread calls. Errors: "peer", with the store's own words.
class Peer {
 public:
  virtual ~Peer() = default;
  // In one transaction.
  virtual Result<void> add(std::span<marks::Mark const> marks) = 0;
  // Returns when all is in files and nothing goes on in the background any more.
  virtual Result<void> settle() = 0;
  // Sequences under the key, ascending.
  virtual Result<std::vector<std::int64_t>> find(marks::MarkKey const& key) = 0;
};

struct PeerKind {
  std::string name;
  std::string package;  // of Debian
  // In a directory that is there; goes on with what it holds. Null if it is not in the build.
  Result<std::unique_ptr<Peer>> (*open)(std::string const& directory);
};
std::vector<PeerKind> peer_kinds();

}  // namespace tally::bench
