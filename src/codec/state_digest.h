#pragma once

// A digest of the whole state that costs what changed: the sum, modulo 2^256, of the SHA-256 of
// every row's line (state_tables.h). Two states with the same rows have the same digest, however
// they came about. The hash of a row as it was last seen stands beside it in its table, so one
// state has one of these at a time.

#include <functional>

#include "base/digest.h"

namespace tally::domain {
struct State;
}

namespace tally::codec {

// Does both and returns when both are done.
using Both = std::function<void(std::function<void()> const&, std::function<void()> const&)>;
inline void one_after_the_other(std::function<void()> const& one,
                                std::function<void()> const& other) {
  one();
  other();
}

class StateDigest {
 public:
  // Takes the rows touched since the last call into account and returns the digest now. The first
  // call covers all rows, in two halves that may be done at once.
  Digest update(domain::State& state, Both const& both = one_after_the_other);
  // Instead of an update that nobody needs: before the first one, the state need not remember what
  // was touched.
  void skip(domain::State& state);
  // The digest from nothing, over all rows; for checking.
  static Digest of(domain::State const& state);

 private:
  static Digest of_half(domain::State& state, std::size_t half);

  Digest sum_;
  // The two rows that exist once, as they were last seen; zero at first. The tables keep the
  // others.
  Digest ledger_;
  Digest settings_;
  bool all_seen_ = false;
};

}  // namespace tally::codec
