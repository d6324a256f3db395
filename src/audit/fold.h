#pragma once

// The log's frames folded into a state, with every check on the way: each frame's root must be the
// tree's own, every leaf must decode and be in order, every event must leave the invariants true,
// every checkpoint must be a prefix of what is there. Used by start-up, `verify`, replay and the
// attestor alike.

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "codec/entry.h"
#include "domain/core.h"
#include "merkle/tree.h"
#include "ports/log_store.h"

namespace tally::audit {

// A frame with all done that needs no state: its events are decoded and their leaves hashed. Most
// of the work of folding is here, and any thread can do it.
struct ReadFrame {
  std::uint64_t first_seq = 0;
  std::vector<codec::Entry> entries;
  std::optional<Error> fault;  // why there are no more entries than these
  Digest root_after;
};
ReadFrame read_frame(ports::LogFrame frame);

// Called for each entry after it was applied; may move the entry away.
using Seen = std::function<void(codec::Entry&, domain::State const&)>;

class Fold {
 public:
  // Errors: "corrupt" (root, order or bytes wrong), "unknown_event" (written by a newer version);
  // the detail names the sequence.
  Result<void> frame(ReadFrame frame, Seen const& seen = {});
  domain::State& state() { return state_; }
  merkle::Tree& tree() { return tree_; }
  std::int64_t checkpoints() const { return checkpoints_; }

 private:
  Result<void> entry(codec::Entry& entry, Seen const& seen);
  Result<void> check_checkpoint(domain::chronicle::CheckpointSigned const& checkpoint,
                                std::int64_t seq) const;

  domain::State state_;
  merkle::Tree tree_;
  std::map<std::int64_t, Digest>
      recent_roots_;  // by size, at frame ends, since the last checkpoint
  std::int64_t checkpoints_ = 0;
};

}  // namespace tally::audit
