// The evidence plane: events as they stand.

#include "api/admission.h"
#include "api/event_export.h"
#include "api/evidence.h"
#include "api/handlers.h"
#include "api/route_of.h"
#include "domain/next_id.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

constexpr std::int64_t kEventsDefault = 100;  // on a page

Result<wire::EventItem> item_of(ledger::Entry const& entry) {
  TRY(event, json::parse(as_text(entry.leaf)));
  return wire::EventItem{
      .seq = entry.recorded.header.seq, .leaf_sha256 = entry.leaf_hash, .event = std::move(event)};
}

Result<void> append_visible(Exchange const& x, ledger::Entry const& entry,
                            std::vector<wire::EventItem>& items, PageBudget& budget) {
  if (!may_see(x, entry.recorded.header)) return {};
  TRY(item, item_of(entry));
  budget.show(entry.leaf.size());
  items.push_back(std::move(item));
  return {};
}

// Every decision's events stand in a row.
Result<wire::DecisionEvidence> decision_of(Exchange& x, DecisionId id) {
  auto const& reader = x.services.reader;
  TRY(key, id_key_of(reader));
  wire::DecisionEvidence view{.decision_id = id, .events = {}};
  constexpr std::size_t kDecisionEventsMax = 64;
  PageBudget budget(kDecisionEventsMax);
  auto const take = [&](ledger::Entry const& entry) -> Result<bool> {
    if (entry.recorded.header.decision != id) return false;
    TRY_VOID(append_visible(x, entry, view.events, budget));
    return view.events.size() < kDecisionEventsMax;
  };
  TRY_VOID(reader.each(first_event_of(id, key), take));
  if (view.events.empty()) return fail("not_found", "no such decision");
  return view;
}

Result<wire::EventList> events_of(Exchange& x, std::int64_t from, std::int64_t limit) {
  auto const& reader = x.services.reader;
  wire::EventList list;
  list.size = reader.index().size();
  PageBudget budget(static_cast<std::size_t>(limit));
  auto const take = [&](ledger::Entry const& entry) -> Result<bool> {
    budget.look(entry);
    TRY_VOID(append_visible(x, entry, list.events, budget));
    return budget.has_room() && budget.looked_at() < static_cast<std::size_t>(limit);
  };
  TRY(next, reader.each(from, take));
  if (next < list.size && next > from) list.next = next;
  return list;
}

Result<wire::Timeline> timeline_of(Exchange& x, CorrelationId id, std::int64_t from) {
  auto const& reader = x.services.reader;
  wire::Timeline view{.correlation_id = id, .events = {}, .next = {}, .truncated = false};
  PageBudget budget(PageBudget::kLookUpsMax);
  TRY(seqs, reader.index().first_of(ledger::key_of(id), from, PageBudget::kLookUpsMax + 1));
  for (auto const seq : seqs) {
    view.truncated = !budget.has_room() || budget.looked_at() == PageBudget::kLookUpsMax;
    if (view.truncated) view.next = seq;
    if (view.truncated) break;
    TRY(entry, reader.entry(seq));
    budget.look(entry);
    TRY_VOID(append_visible(x, entry, view.events, budget));
  }
  if (view.events.empty() && !view.next)
    return fail("not_found", "no event has this correlation id");
  return view;
}

template <class View>
void answer(Exchange& x, Result<View> const& view) {
  if (view) return x.json(200, *view);
  // What is not there and what is another's have the same words.
  if (view.error().code == "not_found") return x.problem("not_found", view.error().detail);
  x.storage_failed(view.error());
}

}  // namespace

bool PageBudget::has_room() const {
  return items_ < items_max_ && shown_bytes_ < kShownBytesMax &&
         looked_at_bytes_ < kLookedAtBytesMax;
}

// A decision is named after its first event by a keyed permutation whose key stands in leaf 0, so
// it needs no index.
std::int64_t first_event_of(DecisionId id, IdKey id_key) {
  domain::LedgerRow ledger;
  ledger.id_key = id_key;
  return domain::decision_seq(ledger, id);
}

Result<IdKey> id_key_of(ledger::Reader const& reader) {
  TRY(entry, reader.entry(0));
  auto const* group = std::get_if<domain::system::Events>(&entry.recorded.event);
  auto const* opened = group ? std::get_if<domain::system::Opened>(group) : nullptr;
  if (opened == nullptr) return fail("damaged", "the ledger does not begin with its opening");
  return opened->id_key;
}

namespace {

void get_decision(ExchangePtr x, wire::DecisionPath const& asked) {
  x->later(TaskLane::read, [x, id = asked.id] { answer(*x, decision_of(*x, id)); });
}

void list_events(ExchangePtr x, wire::EventListParameters const& asked) {
  if (asks_for_lines(*x)) {
    auto const size = x->services.reader.index().size();
    bool const bounded = asked.limit && asked.from < size && *asked.limit < size - asked.from;
    return export_events(x, asked.from, bounded ? asked.from + *asked.limit : size);
  }
  auto const limit = asked.limit.value_or(kEventsDefault);
  x->later(TaskLane::query,
           [x, from = asked.from, limit] { answer(*x, events_of(*x, from, limit)); });
}

void get_timeline(ExchangePtr x, wire::TimelineParameters const& asked) {
  x->later(TaskLane::query,
           [x, asked] { answer(*x, timeline_of(*x, asked.correlation_id, asked.from)); });
}

}  // namespace

std::vector<Route> evidence_routes() {
  return {
      route<wire::kGetDecision, get_decision>(RateClass::read),
      route<wire::kListEvents, list_events>(RateClass::read),
      route<wire::kGetTimeline, get_timeline>(RateClass::read),
  };
}

}  // namespace tally::api
