#pragma once

// A digest of the whole state that costs what changed: the sum, modulo 2^256, of the SHA-256 of
// every row's line (state_tables.h). Two states with the same rows have the same digest, however
// they came about.

#include <memory>

#include "base/digest.h"
#include "domain/state.h"

namespace tally::codec {

class StateDigest {
 public:
  StateDigest();
  ~StateDigest();
  StateDigest(StateDigest&&) noexcept;
  StateDigest& operator=(StateDigest&&) noexcept;
  // Takes the rows touched since the last call into account and returns the digest now. The first
  // call covers all rows.
  Digest update(domain::State& state);
  // Instead of an update that nobody needs: before the first one, the state need not remember what
  // was touched.
  void skip(domain::State& state);
  // The digest from nothing, over all rows; for checking.
  static Digest of(domain::State const& state);

 private:
  struct Rows;
  Digest sum_;
  std::unique_ptr<Rows> rows_;  // the hash of each row as it was last seen
};

}  // namespace tally::codec
