// The evidence plane: events as they stand.

#include "api/evidence.h"
#include "api/handlers.h"
#include "domain/next_id.h"
#include "wire/evidence_messages.h"

namespace tally::api {

namespace {

constexpr std::int64_t kEventsDefault = 100;
constexpr std::size_t kTimelineMax = 1000;

Result<wire::EventItem> item_of(ledger::Entry const& entry) {
  TRY(event, json::parse(as_text(entry.leaf)));
  return wire::EventItem{
      .seq = entry.recorded.header.seq, .leaf_sha256 = entry.leaf_hash, .event = std::move(event)};
}

Result<void> append_visible(Exchange const& x, ledger::Entry const& entry,
                            std::vector<wire::EventItem>& items) {
  if (!may_see(x, entry.recorded.header)) return {};
  TRY(item, item_of(entry));
  items.push_back(std::move(item));
  return {};
}

// A decision is named after its first event by a keyed permutation whose key stands in leaf 0, so
// it needs no index.
std::int64_t first_event_of(DecisionId id, IdKey id_key) {
  domain::LedgerRow ledger;
  ledger.id_key = id_key;
  return domain::decision_seq(ledger, id);
}

// Every decision's events stand in a row.
Result<wire::DecisionEvidence> decision_of(Exchange& x, DecisionId id) {
  auto const& reader = x.services.reader;
  TRY(key, id_key_of(reader));
  wire::DecisionEvidence view{.decision_id = id, .events = {}};
  constexpr std::size_t kDecisionEventsMax = 64;
  TRY(entries, reader.entries(first_event_of(id, key), kDecisionEventsMax));
  for (auto const& entry : entries) {
    if (entry.recorded.header.decision != id) break;
    TRY_VOID(append_visible(x, entry, view.events));
  }
  if (view.events.empty()) return fail("not_found", "no such decision");
  return view;
}

Result<wire::EventList> events_of(Exchange& x, std::int64_t from, std::int64_t limit) {
  auto const& reader = x.services.reader;
  wire::EventList list;
  list.size = reader.index().size();
  TRY(entries, reader.entries(from, static_cast<std::size_t>(limit)));
  for (auto const& entry : entries) TRY_VOID(append_visible(x, entry, list.events));
  auto const next = from + static_cast<std::int64_t>(entries.size());
  if (next < list.size && !entries.empty()) list.next = next;
  return list;
}

Result<wire::Timeline> timeline_of(Exchange& x, CorrelationId id) {
  auto const& reader = x.services.reader;
  wire::Timeline view{.correlation_id = id, .events = {}, .truncated = false};
  TRY(seqs, reader.index().of_correlation(id));
  for (auto const seq : seqs) {
    view.truncated = view.events.size() == kTimelineMax;
    if (view.truncated) break;
    TRY(entry, reader.entry(seq));
    TRY_VOID(append_visible(x, entry, view.events));
  }
  if (view.events.empty()) return fail("not_found", "no event has this correlation id");
  return view;
}

template <class View>
void answer(Exchange& x, Result<View> const& view) {
  if (!view) return x.storage_failed(view.error());
  x.json(200, *view);
}

}  // namespace

Result<IdKey> id_key_of(ledger::Reader const& reader) {
  TRY(entry, reader.entry(0));
  auto const* group = std::get_if<domain::ChronicleEvent>(&entry.recorded.event);
  auto const* opened = group ? std::get_if<domain::chronicle::Opened>(group) : nullptr;
  if (opened == nullptr) return fail("damaged", "the ledger does not begin with its opening");
  return opened->id_key;
}

void get_decision(ExchangePtr x) {
  auto const id = parse_id<DecisionId>(x->path.at(0));
  if (!id) return x->problem("not_found", "no such decision");
  x->services.later([x, id = *id] { answer(*x, decision_of(*x, id)); });
}

void list_events(ExchangePtr x) {
  auto const from = x->query.integer("from", 0, 0, json::kIntegerMax);
  auto const limit = x->query.integer("limit", kEventsDefault, 1, wire::kEventsPerPageMax);
  if (!x->query_is_good()) return;
  x->services.later([x, from, limit] { answer(*x, events_of(*x, from, limit)); });
}

void get_timeline(ExchangePtr x) {
  auto const id = parse_correlation_id(x->path.at(0));
  if (!id) return x->problem("not_found", "no event has this correlation id");
  x->services.later([x, id = *id] { answer(*x, timeline_of(*x, id)); });
}

}  // namespace tally::api
