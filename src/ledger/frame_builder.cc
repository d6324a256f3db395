#include "ledger/frame_builder.h"

#include <fmt/format.h>

#include "base/check.h"
#include "codec/event_codec.h"
#include "domain/each_document.h"
#include "domain/invariants.h"
#include "domain/next_id.h"

namespace tally::ledger {

namespace {

// What cannot be recorded did not happen.
domain::Refusal unfit(codec::Fit fit) {
  bool const large = fit == codec::Fit::too_large;
  return {.code = large ? domain::RefusalCode::payload_too_large
                        : domain::RefusalCode::validation_error,
          .detail = large ? fmt::format("what this asks for does not fit into one record of the "
                                        "ledger, which has at most {} bytes; nothing was done",
                                        codec::kLeafBytesMax)
                          : "this holds a text or a number that no record of the ledger can hold; "
                            "nothing was done",
          .pointer = {},
          .shortage = {},
          .retry_after = {}};
}

}  // namespace

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

// Under which key the decision's answer is remembered, and until when.
std::optional<domain::Answered> FrameBuilder::answered(Request const& request, Instant at) const {
  if (!request.idempotency) return std::nullopt;
  return domain::Answered{
      .expires_at = at + state_.settings.period(domain::setting::kIdempotencyLife),
      .fingerprint = request.idempotency->fingerprint,
      .key = request.idempotency->key};
}

// Folds an event whose bytes are known to fit.
void FrameBuilder::join(PendingFrame& frame, std::shared_ptr<Entry> entry,
                        ports::LogRecord stored) {
  domain::Recorded const& recorded = entry->recorded;
  domain::apply(state_, recorded.header, recorded.event);
  auto const violated = domain::violated_invariant(state_, recorded.header, recorded.event);
  TALLY_CHECK(!violated, violated.value_or(""));
  if (frame.log.records.empty())
    frame.log.first_seq = static_cast<std::uint64_t>(recorded.header.seq);
  frame.bytes += stored.leaf.size() + stored.enclosure.size();
  frame.log.records.push_back(std::move(stored));
  frame.entries.push_back(std::move(entry));
}

tl::expected<std::shared_ptr<Entry const>, domain::Refusal> FrameBuilder::record(
    PendingFrame& frame, domain::Snapshot snapshot, domain::Outcome outcome, Request& request,
    Instant at) {
  std::size_t const count = outcome.events.size();
  made_.clear();
  made_.resize(count);
  DecisionId const decision = domain::decision_id(state_.ledger, state_.ledger.seq_next);
  CorrelationId const trace = correlation(outcome, request.origin);
  for (std::size_t i = 0; i < count; ++i) {
    auto& [entry, stored] = made_[i];
    entry = std::make_shared<Entry>();
    domain::Header& head = entry->recorded.header;
    head = header(outcome, request.origin, trace, at);
    head.decision = decision;
    head.seq += static_cast<std::int64_t>(i);
    if (head.tenant) head.tenant_seq += static_cast<std::int64_t>(i);
    entry->recorded.event = std::move(outcome.events[i]);
    if (i == 0) {
      head.idempotency = answered(request, at);
      entry->recorded.snapshot = std::move(snapshot);  // NOLINT(bugprone-use-after-move): once
    }
    if (auto const* opened = std::get_if<domain::system::Events>(&entry->recorded.event))
      if (auto const* leaf0 = std::get_if<domain::system::Opened>(opened))
        head.ledger = leaf0->ledger;
    codec::Fit const fit = codec::encode(entry->recorded, stored.leaf);
    if (fit != codec::Fit::fits) return tl::unexpected(unfit(fit));
  }
  // Bytes that no leaf names are nobody's evidence: those of a report that kept none, for one.
  domain::each_document(made_[0].entry->recorded.event, [&](domain::Document const& named) {
    if (!named.blob) made_[0].stored.enclosure = std::move(request.enclosure);
  });
  std::shared_ptr<Entry const> first = made_[0].entry;
  for (auto& [entry, stored] : made_) join(frame, std::move(entry), std::move(stored));
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
  frame.groups = tree_.take_groups();
}

void FrameBuilder::take_bytes_back(PendingFrame& frame) {
  for (std::size_t i = 0; i < frame.entries.size(); ++i) {
    ports::LogRecord& stored = frame.log.records[i];
    frame.entries[i]->leaf = std::move(stored.leaf);
    frame.entries[i]->enclosure = std::move(stored.enclosure);
  }
}

}  // namespace tally::ledger
