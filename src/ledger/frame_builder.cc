#include "ledger/frame_builder.h"

#include "base/check.h"
#include "codec/event_codec.h"
#include "domain/invariants.h"
#include "domain/next_id.h"

namespace tally::ledger {

std::array<std::uint8_t, 16> FrameBuilder::salt() {
  std::array<std::uint8_t, 16> salt{};
  entropy_.fill(salt);
  return salt;
}

// What happens to a run joins the run's own trace, whoever reports it, and a run that begins has
// none yet; what nobody asked for opens a root of its own. No event is without.
CorrelationId FrameBuilder::correlation(domain::Outcome const& outcome, Origin const& origin) {
  bool const has_run = outcome.run && !domain::begins_a_run(outcome.events.front());
  domain::run::Row const* row = has_run ? state_.runs.find(*outcome.run) : nullptr;
  if (row != nullptr && row->correlation) return *row->correlation;
  if (origin.correlation != CorrelationId{}) return origin.correlation;
  return CorrelationId(salt());
}

domain::Header FrameBuilder::header(domain::Outcome const& outcome, Origin const& origin,
                                    CorrelationId correlation, Instant at) {
  domain::Header header;
  header.actor = origin.actor;
  header.at = at;
  header.correlation = correlation;
  header.ledger = state_.ledger.ledger;
  header.run = outcome.run;
  header.salt = salt();
  header.seq = state_.ledger.seq_next;
  if (origin.span != SpanId{}) header.span = origin.span;
  header.tenant = outcome.tenant;
  if (outcome.tenant) {
    domain::directory::Tenant const* tenant = state_.tenants.find(*outcome.tenant);
    header.tenant_seq = tenant == nullptr ? 0 : tenant->seq_next;
  }
  return header;
}

std::shared_ptr<Entry const> FrameBuilder::record(PendingFrame& frame, domain::Snapshot snapshot,
                                                  domain::Outcome outcome, Origin const& origin,
                                                  Instant at, Bytes enclosure) {
  std::shared_ptr<Entry const> first;
  DecisionId const decision = domain::decision_id(state_.ledger, state_.ledger.seq_next);
  CorrelationId const trace = correlation(outcome, origin);
  for (domain::Event& event : outcome.events) {
    auto entry = std::make_shared<Entry>();
    entry->recorded.header = header(outcome, origin, trace, at);
    entry->recorded.header.decision = decision;
    entry->recorded.event = std::move(event);
    ports::LogRecord stored;
    if (!first) {
      entry->recorded.snapshot = std::move(snapshot);
      stored.enclosure = std::move(enclosure);
    }
    if (auto const* opened = std::get_if<domain::ChronicleEvent>(&entry->recorded.event))
      if (auto const* leaf0 = std::get_if<domain::chronicle::Opened>(opened))
        entry->recorded.header.ledger = leaf0->ledger;
    codec::encode(entry->recorded, stored.leaf);
    TALLY_CHECK(stored.leaf.size() <= codec::kLeafBytesMax, "an event exceeds 65,535 bytes");
    domain::apply(state_, entry->recorded.header, entry->recorded.event);
    auto const violated =
        domain::violated_invariant(state_, entry->recorded.header, entry->recorded.event);
    TALLY_CHECK(!violated, violated.value_or(""));
    if (frame.log.records.empty())
      frame.log.first_seq = static_cast<std::uint64_t>(entry->recorded.header.seq);
    frame.bytes += stored.leaf.size() + stored.enclosure.size();
    frame.log.records.push_back(std::move(stored));
    frame.entries.push_back(entry);
    if (!first) first = entry;
  }
  return first;
}

void FrameBuilder::seal(PendingFrame& frame) {
  std::vector<ByteView> leaves;
  leaves.reserve(frame.entries.size());
  for (ports::LogRecord const& stored : frame.log.records) leaves.emplace_back(stored.leaf);
  auto const hashes = merkle::leaf_hashes(leaves);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    frame.entries[i]->leaf_hash = hashes[i];
    tree_.append(hashes[i]);
  }
  frame.log.root_after = tree_.root();
}

void FrameBuilder::take_bytes_back(PendingFrame& frame) {
  for (std::size_t i = 0; i < frame.entries.size(); ++i) {
    ports::LogRecord& stored = frame.log.records[i];
    frame.entries[i]->leaf = std::move(stored.leaf);
    frame.entries[i]->enclosure = std::move(stored.enclosure);
  }
}

}  // namespace tally::ledger
