// The evidence plane: errors. The only routes that show an envelope; they take a key with
// evidence:read.

#include <fmt/format.h>

#include <algorithm>

#include "api/components.h"
#include "api/evidence.h"
#include "api/handlers.h"
#include "domain/next_id.h"
#include "views/error_view.h"

namespace tally::api {

namespace {

constexpr std::int64_t kErrorsDefault = 100;

struct Wanted {
  std::string error_class;  // whole, or the family: "infra"
  std::string component;
  std::string layer;
  Severity least = Severity::debug;
  std::optional<CorrelationId> correlation;
  std::optional<RunId> run;
  std::optional<std::int64_t> before;
  std::size_t limit = 0;

  bool fits(domain::Header const& header, domain::error::Recorded const& one) const {
    auto const whole = name_of(one.error_class);
    bool const of_class = error_class.empty() || whole == error_class ||
                          (whole.starts_with(error_class) && whole[error_class.size()] == '.');
    auto const& about = one.run ? one.run : header.run;
    return of_class && (component.empty() || one.component == component) &&
           (layer.empty() || name_of(one.layer) == layer) && one.severity >= least &&
           (!correlation || header.correlation == correlation) && (!run || about == run);
  }
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

void read_severity(Exchange& x, Wanted& wanted) {
  if (!x.query.has("severity")) return;
  auto const text = x.query.text("severity");
  auto const all = all_of(Severity{});
  auto const at = std::ranges::find(all, text, [](Severity one) { return name_of(one); });
  if (at == all.end())
    return x.query.fault("severity", "is one of DEBUG, INFO, WARNING, ERROR, CRITICAL");
  wanted.least = *at;
}

template <class Word>
bool is_word(std::string const& text, Word kind) {
  return std::ranges::any_of(all_of(kind), [&](Word one) { return name_of(one) == text; });
}

// A misspelt filter must not read as "no errors".
void check_words(Exchange& x, Wanted const& wanted) {
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
  bool const nothing = list.errors.empty() && !list.next && !wanted.component.empty();
  if (!nothing || std::ranges::find(kComponents, wanted.component) != kComponents.end())
    return true;
  x.query.fault("component", fmt::format("is no part of this server that has errors; there are: {}",
                                         fmt::join(kComponents, ", ")));
  return x.query_is_good();
}

// Answers what is wrong with the query, if anything.
std::optional<Wanted> wanted_by(Exchange& x) {
  Wanted wanted;
  wanted.error_class = x.query.text("class");
  wanted.component = x.query.text("component");
  wanted.layer = x.query.text("layer");
  check_words(x, wanted);
  read_severity(x, wanted);
  wanted.correlation =
      id_in_query(x, "correlation_id", parse_correlation_id(x.query.text("correlation_id")),
                  "must be 32 lower-case hexadecimal digits, not all zero");
  wanted.run = id_in_query(x, "run_id", parse_id<RunId>(x.query.text("run_id")),
                           "must be run_ and 16 lower-case hexadecimal digits");
  auto const before = x.query.integer("before", json::kIntegerMax, 0, json::kIntegerMax);
  if (x.query.has("before")) wanted.before = before;
  wanted.limit = static_cast<std::size_t>(
      x.query.integer("limit", kErrorsDefault, 1, wire::kErrorsPerPageMax));
  if (!x.query_is_good()) return std::nullopt;
  return wanted;
}

bool may_see_error(Exchange const& x, domain::Header const& header,
                   domain::error::Recorded const& finding) {
  return may_see(x, header) || finding.subject == x.caller().tenant;
}

// The salted digest of the run's input stands in its first event.
std::optional<std::string> input_hash_of(ledger::Reader const& reader, RunId run) {
  auto const seqs = reader.index().of_run(run);
  if (!seqs || seqs->empty()) return std::nullopt;
  auto const entry = reader.entry(seqs->front());
  if (!entry) return std::nullopt;
  auto const* group = std::get_if<domain::RunEvent>(&entry->recorded.event);
  auto const* submitted = group ? std::get_if<domain::run::Submitted>(group) : nullptr;
  if (submitted == nullptr) return std::nullopt;
  constexpr std::size_t kHex = 16;
  return submitted->input.digest.substr(0, kHex);
}

std::optional<domain::run::Enclosure> stderr_tail_of(domain::Event const& event) {
  auto const* group = std::get_if<domain::RunEvent>(&event);
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

// Where errors may stand, newest first: one run's or correlation's events, or all findings.
Result<std::vector<std::int64_t>> places_of(ledger::Index const& index, Wanted const& wanted) {
  auto const key = wanted.run           ? ledger::key_of(*wanted.run)
                   : wanted.correlation ? ledger::key_of(*wanted.correlation)
                                        : marks::kErrorsKey;
  return index.latest_of(key, wanted.before, PageBudget::kLookUpsMax);
}

Result<wire::ErrorList> errors_of(Exchange& x, Wanted const& wanted) {
  auto const& reader = x.services.reader;
  TRY(id_key, id_key_of(reader));
  TRY(places, places_of(reader.index(), wanted));
  wire::ErrorList list;
  PageBudget budget(wanted.limit);
  for (auto const seq : places) {
    TRY(entry, reader.entry(seq));
    budget.look(entry);
    auto const finding = domain::error::finding_of(entry.recorded.event);
    domain::Header const& header = entry.recorded.header;
    if (finding && may_see_error(x, header, *finding) && wanted.fits(header, *finding)) {
      list.errors.push_back(envelope_of(x, entry, *finding, id_key));
      budget.show(entry.leaf.size());
    }
    bool const more = seq != places.back() || places.size() == PageBudget::kLookUpsMax;
    if (more && (!budget.has_room() || seq == places.back())) {
      list.next = seq;
      break;
    }
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
  x->later(TaskLane::query, [x, wanted = std::move(*wanted)] {
    auto const list = errors_of(*x, wanted);
    if (!list) return x->storage_failed(list.error());
    if (is_found_or_known(*x, wanted, *list)) x->json(200, *list);
  });
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
