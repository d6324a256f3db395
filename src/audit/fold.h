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
#include "codec/state_digest.h"
#include "domain/core.h"
#include "merkle/tree.h"

namespace tally::audit {

// A frame with all done that needs no state: its leaves are hashed and their events decoded
// (frames.h). Most of the work of folding is here, and any thread can do it.
struct ReadFrame {
  std::uint64_t first_seq = 0;
  std::vector<codec::Entry> entries;
  std::optional<Error> fault;  // why there are no more entries than these
  Digest root_after;
};

// Called for an entry and the state in front of it or behind it.
using Seen = std::function<void(codec::Entry const&, domain::State const&)>;
struct Watch {
  Seen before = {};  // with the state that the event's decision was made on
  Seen after = {};
};

// Where a fold stands between two frames: all that it needs to go on from there.
struct Basis {
  domain::State state;
  merkle::Tree tree;
  // By size, at frame ends, since the last checkpoint: what a checkpoint to come may be of.
  std::map<std::int64_t, Digest> recent_roots;
};

// What is done about the state's digest: which checkpoints' are compared with the state that was
// folded.
enum class StateDigests {
  none,   // not even the digest is kept up
  kept,   // it is there at the end, for whoever goes on from here
  first,  // until one was compared: it proves the basis
  all,
};

class Fold {
 public:
  explicit Fold(Basis basis = {}, StateDigests digests = StateDigests::none);
  // Errors: "corrupt" (root, order or bytes wrong), "unknown_event" (written by a newer version),
  // "other_format" (of the ledger);
  // the detail names the sequence, and so does bad_seq().
  Result<void> frame(ReadFrame const& frame, Watch const& watch = {});
  // Of the event that frame() refused, if it did.
  std::optional<std::int64_t> bad_seq() const { return bad_seq_; }
  domain::State& state() { return basis_.state; }
  merkle::Tree& tree() { return basis_.tree; }
  Basis const& basis() const { return basis_; }
  // From here on the fold is of no use.
  Basis take_basis() { return std::move(basis_); }
  // Of the state as it is now, unless none was wanted; before take_basis.
  codec::StateDigest take_digest(codec::Both const& both = codec::one_after_the_other);
  std::int64_t checkpoints() const { return checkpoints_; }
  // A checkpoint's state digest was the one of the state folded, and that checkpoint's own event is
  // covered by a later one: the digest stands outside the note that is signed.
  bool proven() const { return proven_; }

 private:
  tl::unexpected<Error> refused(std::int64_t seq, std::string_view code, std::string_view what);
  tl::unexpected<Error> corrupt(std::int64_t seq, std::string_view what) {
    return refused(seq, "corrupt", what);
  }
  Result<void> entry(codec::Entry const& entry, Watch const& watch);
  Result<void> check_checkpoint(domain::system::CheckpointSigned const& checkpoint,
                                std::int64_t seq);
  Result<void> check_digest(domain::system::CheckpointSigned const& checkpoint, std::int64_t seq);
  void note_digest();

  Basis basis_;
  std::int64_t begin_;  // events under the basis
  StateDigests wanted_;
  bool only_at_the_end_;  // no checkpoint is compared, so the digest is asked for once
  codec::StateDigest digest_;
  std::map<std::int64_t, Digest> digests_;  // of states, by size, since the last checkpoint
  std::int64_t checkpoints_ = 0;
  std::optional<std::int64_t> confirmed_by_;  // the event whose state digest was the right one
  bool proven_ = false;
  std::optional<std::int64_t> bad_seq_;
  std::uint64_t digest_due_ = 0;  // at so many events, while it is only kept up
};

}  // namespace tally::audit
