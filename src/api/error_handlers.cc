// The evidence plane: errors. The only routes that show an envelope; they take a key with
// evidence:read.

#include <fmt/format.h>

#include <algorithm>

#include "api/components.h"
#include "api/evidence.h"
#include "api/handlers.h"
#include "domain/next_id.h"
#include "projections/error_index.h"
#include "projections/projector.h"
#include "views/error_view.h"

namespace tally::api {

namespace {

constexpr std::int64_t kErrorsDefault = 100;

// How long a list waits for an event to be folded before it is answered as things stand.
constexpr Duration kErrorsWaitMost = milliseconds(200);

struct Wanted {
  projections::ErrorQuery query;
  std::int64_t after_seq = 0;  // the list is to know of this event
};

template <class Id>
std::optional<Id> id_in_query(Exchange& x, std::string const& name, std::optional<Id> const& id,
                              std::string const& rule) {
  if (x.query.has(name) && !id) x.query.fault(name, rule);
  return id;
}

std::string class_names() {
  std::string text;
  for (ErrorClass const one : all_of(ErrorClass{})) {
    if (!text.empty()) text += ", ";
    text += name_of(one);
  }
  return text;
}

template <class Word>
std::optional<Word> word_of(std::string_view text) {
  auto const all = all_of(Word{});
  auto const at = std::ranges::find(all, text, [](Word one) { return name_of(one); });
  return at == all.end() ? std::nullopt : std::optional(*at);
}

// A misspelt filter must not read as "no errors".
void read_class(Exchange& x, projections::ErrorQuery& query) {
  constexpr std::array<std::string_view, 3> kFamilies{"infra", "domain", "system"};
  bool const family = std::ranges::find(kFamilies, wanted.error_class) != kFamilies.end();
  if (!wanted.error_class.empty() && !family && !is_word(wanted.error_class, ErrorClass{}))
    x.query.fault("class",
                  "is no family (infra, domain, system) and no class; there are: " + class_names());
  if (!wanted.layer.empty() && !is_word(wanted.layer, Layer{}))
    x.query.fault("layer", "is one of L1 to L7");
}

// Nor may a misspelt component; a ledger of an older build may know others, so it is looked at
// first.
bool is_found_or_known(Exchange& x, Wanted const& wanted, wire::ErrorList const& list) {
  std::string const& component = wanted.query.component;
  bool const nothing = list.errors.empty() && !list.next && !component.empty();
  if (!nothing || std::ranges::find(kComponents, component) != kComponents.end()) return true;
  x.query.fault("component", fmt::format("is no part of this server that has errors; there are: {}",
                                         fmt::join(kComponents, ", ")));
  return x.query_is_good();
}

// Answers what is wrong with the query, if anything. Who names no event waits for the newest, and
// so finds what it just did.
std::optional<Wanted> wanted_by(Exchange& x) {
  Wanted wanted;
  projections::ErrorQuery& query = wanted.query;
  read_words(x, query);
  read_tenant(x, query);
  query.correlation =
      id_in_query(x, "correlation_id", parse_correlation_id(x.query.text("correlation_id")),
                  "must be 32 lower-case hexadecimal digits, not all zero");
  query.run = id_in_query(x, "run_id", parse_id<RunId>(x.query.text("run_id")),
                          "must be run_ and 16 lower-case hexadecimal digits");
  query.from = instant_in_query(x, "from");
  query.to = instant_in_query(x, "to");
  auto const before = x.query.integer("before", json::kIntegerMax, 0, json::kIntegerMax);
  if (x.query.has("before")) query.before = before;
  wanted.after_seq =
      x.query.integer("after_seq", x.services.reader.index().size() - 1, 0, json::kIntegerMax);
  auto const limit = x.query.integer("limit", kErrorsDefault, 1, wire::kErrorsPerPageMax);
  query.limit = std::min(static_cast<std::size_t>(limit), PageBudget::kLookUpsMax);
  if (!x.query_is_good()) return std::nullopt;
  return wanted;
}

bool may_see_error(Exchange const& x, domain::Header const& header,
                   domain::error::Recorded const& finding) {
  return may_see(x, header) || finding.subject == x.caller().tenant;
}

// The salted digest of the run's input stands in its first event.
std::optional<std::string> input_hash_of(ledger::Reader const& reader, RunId run) {
  auto const seqs = reader.index().first_of(ledger::key_of(run), 0, 1);
  if (!seqs || seqs->empty()) return std::nullopt;
  auto const entry = reader.entry(seqs->front());
  if (!entry) return std::nullopt;
  auto const* group = std::get_if<domain::run::Events>(&entry->recorded.event);
  auto const* submitted = group ? std::get_if<domain::run::Submitted>(group) : nullptr;
  if (submitted == nullptr) return std::nullopt;
  constexpr std::size_t kHex = 16;
  return submitted->input.digest.substr(0, kHex);
}

std::optional<domain::run::Enclosure> stderr_tail_of(domain::Event const& event) {
  auto const* group = std::get_if<domain::run::Events>(&event);
  if (group == nullptr) return std::nullopt;
  return std::visit(
      [](auto const& one) -> std::optional<domain::run::Enclosure> {
        if constexpr (requires { one.stderr_tail; }) return one.stderr_tail;
        return std::nullopt;
      },
      *group);
}

// What the failed attempt wrote at its end stands beside its event, for as long as the tenant's
// key.
void add_stderr_tail(Exchange const& x, ledger::Entry const& entry, wire::ErrorEnvelope& view) {
  auto const tail = stderr_tail_of(entry.recorded.event);
  if (!tail || !entry.recorded.header.tenant) return;
  auto plain = x.services.payloads.open(*entry.recorded.header.tenant, *tail, entry.enclosure);
  if (plain) view.context["stderr_tail"] = std::move(*plain);
}

wire::ErrorEnvelope envelope_of(Exchange const& x, ledger::Entry const& entry,
                                domain::error::Recorded const& finding, IdKey id_key) {
  auto view = views::error_view(entry.recorded, finding, id_key);
  add_stderr_tail(x, entry, view);
  if (!view.input_hash && view.run_id)
    view.input_hash = input_hash_of(x.services.reader, *view.run_id);
  return view;
}

// What the list is true of. Taken before the index is asked, which may know more by then.
wire::ErrorList list_as_of(projections::Standing const& standing, Wanted const& wanted) {
  wire::ErrorList list;
  list.as_of = standing.as_of;
  list.as_of_seq = standing.events;
  list.lag_events = standing.lag_events;
  bool const lacks_it = standing.events <= wanted.after_seq;
  bool const late = standing.health == projections::Health::current && lacks_it;
  list.health = name_of(late ? projections::Health::behind : standing.health);
  return list;
}

// The index says where errors stand, the ledger what they are. Whose an error is, is looked at
// again where it stands.
Result<wire::ErrorList> errors_of(Exchange& x, Wanted const& wanted) {
  auto const& search = x.services.options.error_search;
  auto const& reader = x.services.reader;
  wire::ErrorList list = list_as_of(search.projector->standing(), wanted);
  auto const page = search.index->find(wanted.query);
  list.complete_from = page.complete_from;
  list.next = page.next;
  if (page.seqs.empty()) return list;
  TRY(id_key, id_key_of(reader));
  PageBudget budget(wanted.query.limit);
  for (auto const seq : page.seqs) {
    TRY(entry, reader.entry(seq));
    budget.look(entry);
    auto const finding = domain::error::finding_of(entry.recorded.event);
    if (finding && may_see_error(x, entry.recorded.header, *finding)) {
      list.errors.push_back(envelope_of(x, entry, *finding, id_key));
      budget.show(entry.leaf.size());
    }
    if (seq == page.seqs.back() || budget.has_room()) continue;
    list.next = seq;
    break;
  }
  return list;
}

Result<wire::ErrorEnvelope> error_of(Exchange& x, ErrorId id) {
  auto const& reader = x.services.reader;
  TRY(id_key, id_key_of(reader));
  TRY(entry, reader.entry(domain::error_seq(id_key, id)));
  auto const finding = domain::error::finding_of(entry.recorded.event);
  if (!finding || !may_see_error(x, entry.recorded.header, *finding))
    return fail("not_found", "no such error");
  return envelope_of(x, entry, *finding, id_key);
}

}  // namespace

void list_errors(ExchangePtr x) {
  auto wanted = wanted_by(*x);
  if (!wanted) return;
  auto const answer = [x, wanted = *wanted] {
    auto const list = errors_of(*x, wanted);
    if (!list) return x->storage_failed(list.error());
    if (is_found_or_known(*x, wanted, *list)) x->json(200, *list);
  };
  x->services.options.error_search.projector->when(
      wanted->after_seq, kErrorsWaitMost, [x, answer] { x->later(TaskLane::query, answer); });
}

void get_error(ExchangePtr x) {
  auto const id = parse_error_id(x->path.at(0));
  if (!id) return x->problem("not_found", "no such error");
  x->later(TaskLane::read, [x, id = *id] {
    auto const envelope = error_of(*x, id);
    if (!envelope) return x->storage_failed(envelope.error());
    x->json(200, *envelope);
  });
}

}  // namespace tally::api
