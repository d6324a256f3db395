#pragma once

// Start-up: the log's frames folded into a state, with every check on the way. Each frame's root
// must be the tree's own, every leaf must decode, every event must leave the invariants true, and
// the last signed checkpoint must be a prefix of what is there.

#include <optional>

#include "base/result.h"
#include "ledger/index.h"
#include "ledger/loop.h"

namespace tally::ledger {

// Folds one frame after the other; used by start-up, `verify`, replay and the attestor alike.
class Fold {
 public:
  // Errors: "corrupt" (root, order or bytes wrong), "unknown_event", "invariant"; the detail names
  // the sequence.
  Result<void> frame(ports::LogFrame const& frame, Index* index);
  domain::State& state() { return state_; }
  merkle::Tree& tree() { return tree_; }
  std::int64_t checkpoints() const { return checkpoints_; }

 private:
  domain::State state_;
  merkle::Tree tree_;
  std::int64_t checkpoints_ = 0;
};

}  // namespace tally::ledger
