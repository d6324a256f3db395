// The evidence plane: errors. The only routes that show an envelope; they take a key with
// evidence:read.

#include <fmt/format.h>

#include <algorithm>

#include "api/components.h"
#include "api/evidence.h"
#include "api/handlers.h"
#include "api/known_names.h"
#include "api/route_of.h"
#include "domain/next_id.h"
#include "projections/error_index.h"
#include "projections/projector.h"
#include "views/error_view.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

// How long a list waits for an event to be folded before it is answered as things stand.
constexpr Duration kErrorsWaitMost = milliseconds(200);

struct Wanted {
  projections::ErrorQuery query;
  std::int64_t after_seq = 0;  // the list is to know of this event
};

// A class, or a family alone, by which the names of its classes begin; the operation lets no other
// word in.
void read_class(std::string const& text, projections::ErrorQuery& query) {
  query.error_class = parse_word<ErrorClass>(text);
  for (ErrorClass const one : all_of(ErrorClass{}))
    if (name_of(one).starts_with(text + ".")) query.family = family_of(one);
}

// A misspelt name must not read as "no errors"; the ledger may know errors of names that are no
// more, or of an older build, so it is looked at first.
bool is_found_or_known(Exchange& x, Wanted const& wanted, wire::ErrorList const& list) {
  if (!list.errors.empty() || list.next) return true;
  std::string const& component = wanted.query.component;
  if (!component.empty() && std::ranges::find(kComponents, component) == kComponents.end()) {
    x.invalid_parameter("component",
                        fmt::format("is no part of this server that has errors; there are: {}",
                                    fmt::join(kComponents, ", ")));
    return false;
  }
  auto const directory = x.services.loop.directory();
  auto const& tenant = wanted.query.tenant;
  if (!tenant || directory->tenants.contains(*tenant)) return true;
  x.invalid_parameter("tenant", "names no tenant" + there_are(directory->tenants));
  return false;
}

// Whose errors are listed: the caller's own, unless it may see all. Who names no event waits for
// the newest, and so finds what it just did. Answers what is wrong, if anything.
std::optional<Wanted> wanted_by(Exchange& x, wire::ErrorListParameters const& asked) {
  Wanted wanted;
  projections::ErrorQuery& query = wanted.query;
  bool const sees_all = x.caller().may(KeyScope::ops_read);
  if (!sees_all && asked.tenant && asked.tenant != x.caller().tenant) {
    x.problem("forbidden", "the errors of another tenant need ops:read besides evidence:read");
    return std::nullopt;
  }
  if (asked.error_class) read_class(*asked.error_class, query);
  query.tenant = sees_all ? asked.tenant : x.caller().tenant;
  query.component = asked.component.value_or("");
  query.layer = asked.layer;
  query.least = asked.severity.value_or(Severity::debug);
  query.correlation = asked.correlation_id;
  query.run = asked.run_id;
  query.from = asked.from;
  query.to = asked.to;
  query.before = asked.before;
  query.limit = std::min(static_cast<std::size_t>(asked.limit), PageBudget::kLookUpsMax);
  wanted.after_seq = asked.after_seq.value_or(x.services.reader.index().size() - 1);
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

std::optional<domain::Document> stderr_tail_of(domain::Event const& event) {
  auto const* group = std::get_if<domain::run::Events>(&event);
  if (group == nullptr) return std::nullopt;
  return std::visit(
      [](auto const& one) -> std::optional<domain::Document> {
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

void list_errors(ExchangePtr x, wire::ErrorListParameters const& asked) {
  auto wanted = wanted_by(*x, asked);
  if (!wanted) return;
  auto const answer = [x, wanted = *wanted] {
    auto const list = errors_of(*x, wanted);
    if (!list) return x->storage_failed(list.error());
    if (is_found_or_known(*x, wanted, *list)) x->json(200, *list);
  };
  x->services.options.error_search.projector->when(
      wanted->after_seq, kErrorsWaitMost, [x, answer] { x->later(TaskLane::query, answer); });
}

void get_error(ExchangePtr x, wire::ErrorPath const& asked) {
  x->later(TaskLane::read, [x, id = asked.id] {
    auto const envelope = error_of(*x, id);
    if (!envelope) return x->storage_failed(envelope.error());
    x->json(200, *envelope);
  });
}

}  // namespace

std::vector<Route> error_routes() {
  return {
      route<wire::kListErrors, list_errors>(RateClass::read),
      route<wire::kGetError, get_error>(RateClass::read),
  };
}

}  // namespace tally::api
