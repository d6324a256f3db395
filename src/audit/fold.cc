#include "audit/fold.h"

#include <fmt/format.h>

#include "codec/event_codec.h"
#include "domain/invariants.h"
#include "merkle/checkpoint.h"

namespace tally::audit {

namespace {

tl::unexpected<Error> corrupt(std::int64_t seq, std::string_view what) {
  return fail("corrupt", fmt::format("event {}: {}", seq, what));
}

// What apply would stop the process for, said beforehand: a log from outside may be anything.
std::optional<std::string_view> disorder(domain::State const& state, domain::Header const& header) {
  if (header.seq != state.ledger.seq_next) return "its sequence is not the next one";
  if (header.at < state.ledger.at) return "its time is before that of the event before it";
  if (!header.tenant) return std::nullopt;
  domain::directory::Tenant const* tenant = state.tenants.find(*header.tenant);
  if (tenant == nullptr) return std::nullopt;  // tenant.created
  if (header.tenant_seq != tenant->seq_next) return "its tenant_seq is not the next one";
  return std::nullopt;
}

}  // namespace

ReadFrame read_frame(ports::LogFrame frame) {
  ReadFrame read{frame.first_seq, {}, {}, frame.root_after};
  read.entries.reserve(frame.records.size());
  for (ports::LogRecord& record : frame.records) {
    auto recorded = codec::decode(record.leaf);
    if (!recorded) {
      read.fault = recorded.error();
      break;
    }
    Digest const hash = merkle::leaf_hash(record.leaf);
    read.entries.push_back({.recorded = std::move(*recorded),
                            .leaf_hash = hash,
                            .leaf = std::move(record.leaf),
                            .enclosure = std::move(record.enclosure)});
  }
  return read;
}

Result<void> Fold::check_checkpoint(domain::chronicle::CheckpointSigned const& checkpoint,
                                    std::int64_t seq) const {
  auto const key = merkle::parse_vkey(state_.ledger.vkey);
  if (!key) return corrupt(seq, "the ledger's own verifier key cannot be read");
  auto const opened = merkle::open_checkpoint(checkpoint.note, *key);
  if (!opened) return corrupt(seq, "its checkpoint does not verify: " + opened.error().detail);
  auto const root = recent_roots_.find(checkpoint.size);
  if (root == recent_roots_.end() || opened->size != static_cast<std::uint64_t>(checkpoint.size))
    return corrupt(seq, "its checkpoint is of a size at which no frame ends");
  if (root->second != opened->root) return corrupt(seq, "its checkpoint is of another tree");
  return {};
}

Result<void> Fold::entry(codec::Entry& entry, Seen const& seen) {
  auto const seq = static_cast<std::int64_t>(tree_.size());
  if (auto what = disorder(state_, entry.recorded.header)) return corrupt(seq, *what);
  if (auto const* group = std::get_if<domain::ChronicleEvent>(&entry.recorded.event)) {
    if (auto const* signed_head = std::get_if<domain::chronicle::CheckpointSigned>(group)) {
      TRY_VOID(check_checkpoint(*signed_head, seq));
      recent_roots_.erase(recent_roots_.begin(), recent_roots_.upper_bound(signed_head->size));
      ++checkpoints_;
    }
  }
  tree_.append(entry.leaf_hash);
  try {
    CheckTrap const trap;  // a log from outside may break what our own events never do
    domain::apply(state_, entry.recorded.header, entry.recorded.event);
  } catch (BrokenAssumption const& broken) {
    return corrupt(seq, broken.what());
  }
  if (auto name = domain::violated_invariant(state_, entry.recorded.header, entry.recorded.event))
    return corrupt(seq, fmt::format("violates {}", *name));
  if (seen) seen(entry, state_);
  return {};
}

Result<void> Fold::frame(ReadFrame frame, Seen const& seen) {
  if (frame.first_seq != tree_.size())
    return corrupt(static_cast<std::int64_t>(tree_.size()),
                   "the frame does not begin with the next event");
  for (codec::Entry& one : frame.entries) TRY_VOID(entry(one, seen));
  if (frame.fault)
    return fail(frame.fault->code, fmt::format("event {}: {}", tree_.size(), frame.fault->detail));
  Digest const root = tree_.root();
  if (root != frame.root_after) {
    return corrupt(
        static_cast<std::int64_t>(frame.first_seq),
        fmt::format("the {} events of its frame do not hash to the root that the frame commits to",
                    frame.entries.size()));
  }
  recent_roots_.emplace(static_cast<std::int64_t>(tree_.size()), root);
  return {};
}

}  // namespace tally::audit
