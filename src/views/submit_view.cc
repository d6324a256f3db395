#include "views/submit_view.h"

#include "views/run_view.h"

namespace tally::views {

namespace {

template <class E>
E const* run_event(domain::Recorded const& recorded) {
  auto const* group = std::get_if<domain::run::Events>(&recorded.event);
  return group ? std::get_if<E>(group) : nullptr;
}

// The balances that the decision saw, and on them what it posted.
std::optional<domain::Balances> balances_after(domain::Recorded const& recorded,
                                               domain::Postings const& postings) {
  if (!recorded.snapshot) return std::nullopt;
  auto const* facts = std::get_if<domain::run::SubmitFacts>(&recorded.snapshot->facts);
  if (!facts) return std::nullopt;
  domain::Balances balances = facts->balances;
  for (auto const& posting : postings) balances.of(posting.account) = posting.balance;
  return balances;
}

}  // namespace

wire::Evidence evidence_view(domain::Header const& header, Digest const& leaf_hash) {
  wire::Evidence evidence{
      .ledger = header.ledger, .seq = header.seq, .tenant_seq = {}, .leaf_sha256 = leaf_hash};
  if (header.tenant) evidence.tenant_seq = header.tenant_seq;
  return evidence;
}

wire::Balance balance_view(domain::Balances const& balances) {
  using enum domain::AccountKind;
  return {.available_usd = balances.of(available),
          .held_usd = balances.of(held),
          .spent_usd = balances.of(spent)};
}

std::optional<wire::SubmitAnswer> submit_view(domain::Recorded const& recorded,
                                              Digest const& leaf_hash,
                                              RequestContext const& asked) {
  auto const* event = run_event<domain::run::Submitted>(recorded);
  if (!event) return std::nullopt;
  auto const balances = balances_after(recorded, event->postings);
  if (!balances) return std::nullopt;
  return wire::SubmitAnswer{
      .run_id = event->run,
      .status = std::string(domain::run::status_of(domain::run::Phase::queued)),
      .job = event->job,
      .cost = {.held_usd = event->hold.amount},
      .budget = balance_view(*balances),
      .links = run_links(event->run),
      .evidence = evidence_view(recorded.header, leaf_hash),
      .correlation_id = asked.correlation,
      .idempotent_replay = asked.replay};
}

std::optional<wire::Problem> refused_view(domain::Recorded const& recorded, Digest const& leaf_hash,
                                          RequestContext const& asked, ProblemTypes const& types) {
  auto const* event = run_event<domain::run::Refused>(recorded);
  if (!event) return std::nullopt;
  bool const owes = event->shortage.owed > Micros(0);
  std::string_view const why =
      owes ? "runs cost more than their holds, and nobody has paid the rest (owed_usd); a grant "
             "pays it first. "
           : "the budget does not cover this run, and waiting does not help. ";
  auto problem = problem_view(types, event->code,
                              std::string(why) +
                                  "This answer stays with its idempotency key: after a top-up "
                                  "submit with a new key",
                              asked.correlation);
  problem.money = money_view(event->shortage);
  problem.evidence = evidence_view(recorded.header, leaf_hash);
  problem.idempotent_replay = asked.replay;
  return problem;
}

}  // namespace tally::views
