#pragma once

// A digest of the whole state that costs what changed: the sum, modulo 2^256, of the SHA-256 of
// every row (table name, key, members). Two states with the same rows have the same digest, however
// they came about.

#include <map>
#include <string>

#include "base/digest.h"
#include "domain/state.h"

namespace tally::codec {

class StateDigest {
 public:
  // Takes the rows touched since the last call into account and returns the digest now.
  Digest update(domain::State& state);
  // The digest from nothing, over all rows; for checking.
  static Digest of(domain::State const& state);

 private:
  Digest sum_;
  std::map<std::string, Digest> rows_;  // table and key -> hash of the row as last seen
};

}  // namespace tally::codec
