#pragma once

// Turns outcomes into events of the open frame: headers, canonical bytes, leaf hashes, the tree,
// the state. What it holds is not durable yet, and nobody outside the loop has seen it.

#include <memory>
#include <vector>

#include "codec/state_digest.h"
#include "domain/core.h"
#include "ledger/loop.h"
#include "merkle/tree.h"

namespace tally::ledger {

// A frame on its way, with everything that waits for it.
struct PendingFrame {
  ports::LogFrame log;
  std::size_t bytes = 0;
  std::vector<std::shared_ptr<Entry>> entries;
  std::vector<std::function<void(PostStatus)>> replies;
  std::vector<Order> orders;
  std::vector<Digest> groups;  // roots of those that this frame completes
  DirectoryParts directory_changed;
  std::shared_ptr<Directory const> directory;  // as this frame leaves it, if changed
  bool empty() const { return entries.empty() && replies.empty() && orders.empty(); }
};

class FrameBuilder {
 public:
  FrameBuilder(domain::State& state, merkle::Tree& tree, ports::Entropy& entropy)
      : state_(state), tree_(tree), entropy_(entropy) {}

  // Records one decision in `frame` and applies it; returns its first entry. Entries have no hashes
  // yet, and their bytes stand in `frame.log`. A refusal, and nothing was done: an event of it has
  // no leaf, because it would be larger than one may be (codec::kLeafBytesMax). Takes the request's
  // enclosure.
  tl::expected<std::shared_ptr<Entry const>, domain::Refusal> record(PendingFrame& frame,
                                                                     domain::Snapshot snapshot,
                                                                     domain::Outcome outcome,
                                                                     Request& request, Instant at);
  // Nothing more comes into the frame: hashes its leaves into the tree.
  void seal(PendingFrame& frame);
  // The log store is done with the frame: its entries get their bytes.
  static void take_bytes_back(PendingFrame& frame);

 private:
  struct Made {  // an event of the decision at hand, with its bytes
    std::shared_ptr<Entry> entry;
    ports::LogRecord stored;
  };

  CorrelationId correlation(domain::Outcome const& outcome, Origin const& origin);
  domain::Header header(domain::Outcome const& outcome, Origin const& origin,
                        CorrelationId correlation, Instant at);
  std::optional<domain::Answered> answered(Request const& request, Instant at) const;
  void join(PendingFrame& frame, std::shared_ptr<Entry> entry, ports::LogRecord stored);
  std::array<std::uint8_t, 16> salt();

  domain::State& state_;
  merkle::Tree& tree_;
  ports::Entropy& entropy_;
  std::vector<Made> made_;  // empty but during record()
};

}  // namespace tally::ledger
