// GET /v1/why: one answer from the ledger's own events. A key sees its own tenant; with ops:read
// all.

#include "api/evidence.h"
#include "api/handlers.h"
#include "api/route_of.h"
#include "domain/error/finding.h"
#include "domain/next_id.h"
#include "views/why_view.h"
#include "wire/endpoints.h"
#include "wire/idempotency_key.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

struct Found {
  std::vector<domain::Recorded> events;
  bool truncated = false;
};

constexpr std::string_view kNothing = "nothing of yours has this name";

Result<void> append(Exchange const& x, std::int64_t seq, Found& found) {
  TRY(entry, x.services.reader.entry(seq));
  if (may_see(x, entry.recorded.header)) found.events.push_back(std::move(entry.recorded));
  return {};
}

Result<Found> find(Exchange const& x, RunId run) {
  TRY(seqs, x.services.reader.index().of_run(run));
  Found found;
  for (auto const seq : seqs) TRY_VOID(append(x, seq, found));
  return found;
}

// What made, gave and ended a key: at most a few events. Who may see the key sees them.
Result<Found> find(Exchange const& x, KeyId key) {
  auto const& reader = x.services.reader;
  TRY(seqs, reader.index().first_of(ledger::key_of(key), 0, wire::kWhyDecisionsMax));
  Found found;
  for (auto const seq : seqs) {
    TRY(entry, reader.entry(seq));
    found.events.push_back(std::move(entry.recorded));
  }
  return found;
}

Result<Found> find(Exchange const& x, CorrelationId correlation) {
  constexpr std::size_t kMost = PageBudget::kLookUpsMax;  // a run has as many as it has
  TRY(seqs, x.services.reader.index().first_of(ledger::key_of(correlation), 0, kMost + 1));
  Found found;
  found.truncated = seqs.size() > kMost;
  if (found.truncated) seqs.resize(kMost);
  for (auto const seq : seqs) TRY_VOID(append(x, seq, found));
  return found;
}

Result<Found> find(Exchange const& x, DecisionId decision) {
  auto const& reader = x.services.reader;
  TRY(id_key, id_key_of(reader));
  TRY(entries, reader.entries(first_event_of(decision, id_key), wire::kWhyDecisionsMax));
  Found found;
  for (auto& entry : entries) {
    if (entry.recorded.header.decision != decision) break;
    if (may_see(x, entry.recorded.header)) found.events.push_back(std::move(entry.recorded));
  }
  return found;
}

// The error's run, or the decision that recorded it.
Result<Found> find(Exchange const& x, ErrorId error) {
  auto const& reader = x.services.reader;
  TRY(id_key, id_key_of(reader));
  TRY(entry, reader.entry(domain::error_seq(id_key, error)));
  auto const finding = domain::error::finding_of(entry.recorded.event);
  if (!finding) return Found{};
  if (entry.recorded.header.run) return find(x, *entry.recorded.header.run);
  if (finding->run) return find(x, *finding->run);
  Found found;
  if (may_see(x, entry.recorded.header)) found.events.push_back(std::move(entry.recorded));
  return found;
}

// The event that answered an idempotency key, and the run that it began.
Result<Found> find(Exchange const& x, std::int64_t answered_by) {
  TRY(entry, x.services.reader.entry(answered_by));
  if (domain::begins_a_run(entry.recorded.event) && entry.recorded.header.run)
    return find(x, *entry.recorded.header.run);
  Found found;
  TRY_VOID(append(x, answered_by, found));
  return found;
}

// The decisions of a key's answers besides the one that is told.
Result<std::vector<DecisionId>> others_of(Exchange const& x, std::span<std::int64_t const> seqs) {
  std::vector<DecisionId> decisions;
  for (auto const seq : seqs) {
    TRY(entry, x.services.reader.entry(seq));
    domain::Header const& header = entry.recorded.header;
    if (may_see(x, header) && header.decision) decisions.push_back(*header.decision);
  }
  return decisions;
}

void answer(Exchange& x, views::WhySubject const& subject, Result<Found> const& found,
            std::vector<DecisionId> const& others = {}) {
  if (!found) return x.storage_failed(found.error());
  if (found->events.empty()) return x.problem("not_found", std::string(kNothing));
  auto const directory = x.services.loop.directory();
  auto view = views::why_view({.subject = subject,
                               .events = found->events,
                               .truncated = found->truncated,
                               .mode_of = [&](domain::mode::Scope const& scope) {
                                 auto const at = directory->modes.find(scope);
                                 return at == directory->modes.end() ? nullptr : &at->second;
                               }});
  view.asked += views::other_answers(others);
  x.json(200, view);
}

void answer_key(Exchange& x, KeyId id) {
  auto const directory = x.services.loop.directory();
  bool const visible = id == x.caller().key || x.caller().may(KeyScope::ops_read);
  domain::directory::Key const* key = nullptr;
  for (auto const* keys : {&directory->keys, &directory->unclaimed})
    for (auto const& [digest, entry] : *keys)
      if (visible && entry.id == id) key = &entry.key;
  if (key == nullptr) return x.problem("not_found", std::string(kNothing));
  auto const found = find(x, id);
  if (!found) return x.storage_failed(found.error());
  x.json(200, views::why_view({.subject = id, .events = found->events}, *key,
                              directory->people.at(key->person), x.services.loop.now()));
}

// The first of the answers is told, the others are named.
void answer_found(Exchange& x, views::IdempotencyName const& name,
                  std::span<std::int64_t const> seqs) {
  auto const others = others_of(x, seqs.subspan(1));
  if (!others) return x.storage_failed(others.error());
  answer(x, name, find(x, seqs.front()), *others);
}

// A key belongs to one route, and the name alone does not say to which: each is looked at in turn,
// the submit's first. The same name may have been answered on several.
void answer_name(ExchangePtr const& x, views::IdempotencyName const& name,
                 std::span<std::string const> routes, std::vector<std::int64_t> const& seqs = {}) {
  if (routes.empty() && !seqs.empty())
    return x->later(TaskLane::read, [x, name, seqs] { answer_found(*x, name, seqs); });
  if (routes.empty())
    return x->problem("not_found",
                      "no idempotency key of this name was answered, for none of the requests that "
                      "take one, or it is forgotten; a refusal other than 402 is counted and "
                      "leaves none");
  auto const& tenant = x->caller().tenant;
  auto const digest = wire::idempotency_digest(tenant, routes.front(), name.key);
  auto const go_on = [x, name, routes, seqs](ledger::AnswerReading reading) {
    if (reading.fate != ledger::PostStatus::decided) return x->fate(reading.fate);
    auto found = seqs;
    if (reading.seq) found.push_back(*reading.seq);
    answer_name(x, name, routes.subspan(1), found);
  };
  x->services.loop.find_answer(tenant, digest, go_on);
}

void get_why(ExchangePtr x, wire::WhyParameters const& asked) {
  bool const by_name = asked.idempotency_key.has_value();
  auto const text = (by_name ? asked.idempotency_key : asked.subject).value_or("");
  if (text.empty() || (by_name && asked.subject))
    return x->invalid_parameter(
        "subject", "names " + std::string(views::kWhySubjects) + "; or idempotency_key does");
  if (auto not_this = by_name ? std::nullopt : views::why_not(text))
    return x->invalid_parameter("subject", *not_this);
  views::WhySubject const subject =
      by_name ? views::WhySubject(views::IdempotencyName{text}) : views::why_subject(text);
  if (auto const* name = std::get_if<views::IdempotencyName>(&subject))
    return answer_name(x, *name, wire::keyed_routes());
  x->later(TaskLane::read, [x, subject] {
    if (auto const* run = std::get_if<RunId>(&subject)) return answer(*x, subject, find(*x, *run));
    if (auto const* key = std::get_if<KeyId>(&subject)) return answer_key(*x, *key);
    if (auto const* decision = std::get_if<DecisionId>(&subject))
      return answer(*x, subject, find(*x, *decision));
    if (auto const* error = std::get_if<ErrorId>(&subject))
      return answer(*x, subject, find(*x, *error));
    answer(*x, subject, find(*x, std::get<CorrelationId>(subject)));
  });
}

}  // namespace

std::vector<Route> why_routes() {
  return {
      route<wire::kGetExplanation, get_why>(RateClass::read),
  };
}

}  // namespace tally::api
