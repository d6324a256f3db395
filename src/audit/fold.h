#pragma once

// The log's frames folded into a state, with every check on the way: each frame's root must be the
// tree's own, every leaf must decode and be in order, every event must leave the invariants true,
// every checkpoint must be a prefix of what is there. Used by start-up, `verify`, replay and the
// attestor alike.

#include <functional>
#include <optional>

#include "base/result.h"
#include "codec/entry.h"
#include "domain/core.h"
#include "merkle/tree.h"
#include "ports/log_store.h"

namespace tally::audit {

using Seen = std::function<void(codec::Entry const&, domain::State const&)>;

class Fold {
 public:
  // Errors: "corrupt" (root, order or bytes wrong), "unknown_event" (written by a newer version);
  // the detail names the sequence. `seen` is called for each entry after it was applied.
  Result<void> frame(ports::LogFrame const& frame, Seen const& seen = {});
  domain::State& state() { return state_; }
  merkle::Tree& tree() { return tree_; }
  std::int64_t checkpoints() const { return checkpoints_; }

 private:
  Result<void> record(ports::LogRecord const& record, Seen const& seen);
  Result<void> check_checkpoint(domain::chronicle::CheckpointSigned const& checkpoint,
                                std::int64_t seq) const;

  domain::State state_;
  merkle::Tree tree_;
  std::map<std::int64_t, Digest>
      recent_roots_;  // by size, at frame ends, since the last checkpoint
  std::int64_t checkpoints_ = 0;
};

}  // namespace tally::audit
