#pragma once

// A hash for tables by id, digest or name. Ids are permuted counters and digests are hashes, so
// both are as good as random already; a table's prime number of buckets does the rest.

#include <concepts>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"

namespace tally {

struct SpreadKey {
  std::size_t operator()(Digest const& digest) const { return get_u64(digest.bytes.data()); }
  template <class Id>
    requires std::same_as<typename Id::Rep, std::uint64_t>
  std::size_t operator()(Id const& id) const {
    return id.value();
  }
  template <class Name>
    requires std::same_as<typename Name::Rep, std::string>
  std::size_t operator()(Name const& name) const {
    return std::hash<std::string>{}(name.value());
  }
};

}  // namespace tally
