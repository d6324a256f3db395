#include "views/why_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.h"
#include "domain/permits.h"
#include "domain/run/history.h"
#include "domain/who_counts.h"
#include "views/ops_view.h"
#include "views/why_asked.h"
#include "views/why_change.h"
#include "views/why_rule.h"

namespace tally::views {

namespace {

template <class E>
E const* run_event(domain::Recorded const& recorded) {
  auto const* group = std::get_if<domain::run::Events>(&recorded.event);
  return group == nullptr ? nullptr : std::get_if<E>(group);
}

domain::run::Submit const* submit_of(domain::Recorded const& recorded) {
  if (!recorded.snapshot) return nullptr;
  auto const* group = std::get_if<domain::run::Commands>(&recorded.snapshot->command);
  return group == nullptr ? nullptr : std::get_if<domain::run::Submit>(group);
}

std::string labels_text(std::map<std::string, std::string> const& labels) {
  std::string text;
  for (auto const& [name, value] : labels)
    text +=
        fmt::format("{}{}={}", text.empty() ? ", labels " : " ", as_a_word(name), as_a_word(value));
  return text;
}

std::string asked_text(domain::Recorded const& first) {
  std::string const at = to_rfc3339(first.header.at);
  if (auto const* submit = submit_of(first)) {
    std::string const limit =
        submit->timeout ? ", for at most " + seconds_text(*submit->timeout) : "";
    return fmt::format("a run of {} for at most {} USD{}, by {} of tenant {} at {}{}",
                       submit->job.value(), format_usd(submit->max_cost), limit,
                       tally::to_text(submit->key), submit->tenant.value(), at,
                       labels_text(submit->labels));
  }
  std::string const asked =
      first.snapshot ? asked_words(first.snapshot->command) : std::string("what the event says");
  return fmt::format("{}, by {} at {}", asked, first.header.actor, at);
}

wire::WhyDecision decision_of(domain::Recorded const& first) {
  domain::Header const& header = first.header;
  WhyRule rule = why_rule(first);
  wire::WhyDecision decision;
  decision.at = header.at;
  decision.seq = header.seq;
  decision.decision_id = header.decision;
  if (first.snapshot) {
    decision.engine = text_of(domain::engine_of(first.snapshot->command));
    decision.command = domain::type_of(first.snapshot->command).name;
  } else if (first.foreign) {
    decision.engine = first.foreign->engine;
  }
  decision.events = {std::string(domain::type_of(first.event).name)};
  decision.actor = header.actor;
  decision.rule = std::move(rule.sentence);
  decision.numbers = std::move(rule.numbers);
  return decision;
}

// The events of one decision stand beside each other; the first of them carries the snapshot.
std::vector<wire::WhyDecision> decisions_of(std::span<domain::Recorded const> events) {
  std::vector<wire::WhyDecision> decisions;
  for (domain::Recorded const& one : events) {
    bool const same = !decisions.empty() && one.header.decision &&
                      decisions.back().decision_id == one.header.decision;
    if (!same) {
      decisions.push_back(decision_of(one));
      continue;
    }
    decisions.back().events.emplace_back(domain::type_of(one.event).name);
    decisions.back().rule += "; " + why_rule(one).sentence;
  }
  return decisions;
}

std::string cost_text(domain::run::Row const& row) {
  std::string const hold = format_usd(row.hold.amount);
  if (!row.charge) return fmt::format("holds {} USD until it ends", hold);
  auto const& charge = *row.charge;
  std::string text = fmt::format("charged {} of the {} held, {} released (USD)",
                                 format_usd(charge.charged), hold, format_usd(charge.released));
  if (charge.overrun.value() != 0)
    text +=
        fmt::format("; it cost {} above the hold, {} paid out of what was available, {} owed",
                    format_usd(charge.overrun), format_usd(charge.paid), format_usd(charge.owed));
  return text;
}

std::optional<domain::run::Row> row_of(std::span<domain::Recorded const> events) {
  std::optional<domain::run::Row> row;
  std::optional<RunId> run;
  for (domain::Recorded const& one : events) {
    if (!run && domain::begins_a_run(one.event)) run = one.header.run;
    if (run && one.header.run == run) domain::run::advance(row, one.header, one.event);
  }
  return row;
}

void add_proofs(wire::Why& why, std::string_view data) {
  wire::WhyDecision const& last = why.decisions.back();
  if (last.decision_id)
    why.proof.push_back(fmt::format("tally replay --decision-id {} --data {}",
                                    tally::to_text(*last.decision_id), data));
  if (why.run_id)
    why.proof.push_back(
        fmt::format("tally replay --run {} --data {}", tally::to_text(*why.run_id), data));
  why.proof.push_back(fmt::format("tally ledger prove {} --data {}", last.seq, data));
}

}  // namespace

WhySubject why_subject(std::string_view text) {
  if (auto const run = parse_id<RunId>(text)) return *run;
  if (auto const decision = parse_id<DecisionId>(text)) return *decision;
  if (auto const key = parse_id<KeyId>(text)) return *key;
  if (auto const correlation = parse_correlation_id(text)) return *correlation;
  if (auto const error = parse_error_id(text)) return *error;
  return IdempotencyName{std::string(text)};
}

std::optional<std::string> why_not(std::string_view text) {
  std::string_view kind;
  std::string_view instead;
  if (parse_id<ApprovalId>(text)) {
    kind = "an approval";
    instead =
        "tally approvals shows those that wait, tally ledger cat --type approval.proposed all";
  } else if (parse_id<LeaseId>(text)) {
    kind = "a lease";
    instead = "tally why of its run tells of its leases";
  } else if (parse_id<LedgerId>(text)) {
    kind = "a ledger";
    instead = "tally ledger verify shows it";
  }
  if (kind.empty()) return std::nullopt;
  return fmt::format("{} is {}; {}. why takes {}", text, kind, instead, kWhySubjects);
}

std::string_view kind_of(WhySubject const& subject) {
  constexpr std::array<std::string_view, 6> kKinds{"run", "decision",        "correlation",
                                                   "key", "idempotency_key", "error"};
  return kKinds[subject.index()];
}

std::string to_text(WhySubject const& subject) {
  return std::visit(
      []<class T>(T const& one) {
        if constexpr (std::is_same_v<T, IdempotencyName>)
          return one.key;
        else
          return tally::to_text(one);
      },
      subject);
}

wire::Why why_view(WhyQuestion const& question) {
  auto const& events = question.events;
  wire::Why why;
  why.subject = to_text(question.subject);
  why.kind = kind_of(question.subject);
  why.asked = asked_text(events.front());
  why.decisions = decisions_of(events);
  why.truncated = question.truncated;
  auto const row = row_of(events);
  if (row) {
    why.run_id = events.front().header.run;
    for (auto const& one : events)
      if (domain::begins_a_run(one.event)) why.run_id = one.header.run;
    why.status = domain::run::status_of(row->phase);
    why.cost = cost_text(*row);
    why.would_change = changes_of_run(*why.run_id, *row, question.mode_of);
  } else if (auto const* refused = run_event<domain::run::Refused>(events.front())) {
    why.status = "refused";
    why.cost = "nothing: no money was held";
    why.would_change = changes_of_refusal(*refused, events.front().header);
  } else {
    why.run_id = events.front().header.run;
    why.status = "recorded";
    why.cost = "see what was decided; nothing is held for it";
    why.would_change = {"nothing: it is recorded; a later decision may follow it"};
  }
  add_proofs(why, question.data);
  return why;
}

std::string other_answers(std::span<DecisionId const> decisions) {
  std::string text;
  for (DecisionId const one : decisions)
    text += fmt::format("{} tally why {}",
                        text.empty() ? "; the same key answered another request, too:" : ",",
                        tally::to_text(one));
  return text;
}

wire::Why why_view(WhyQuestion const& question, domain::directory::Key const& key,
                   domain::directory::Person const& owner, Instant now) {
  auto const life = domain::life_of(key, owner, now);
  wire::Why why;
  why.subject = to_text(question.subject);
  why.kind = kind_of(question.subject);
  why.status = name_of(life);
  why.asked = fmt::format("a key of {} for tenant {} with the scopes {}", key.person.value(),
                          key.tenant.value(), fmt::join(key.scopes, ", "));
  why.decisions = decisions_of(question.events);
  why.truncated = question.truncated;
  why.cost = fmt::format("it spends the budget of tenant {}", key.tenant.value());
  if (key.revoked) {
    why.would_change = {"nothing: a revoked key stays revoked; make another with tally key create"};
  } else if (life == domain::KeyLife::person_removed || life == domain::KeyLife::expired) {
    why.would_change = {"nothing: it opens nothing any more; make another with tally key create"};
  } else {
    why.would_change = {fmt::format("tally key revoke {}", why.subject)};
    if (key.expires_at) why.would_change.push_back("it expires at " + to_rfc3339(*key.expires_at));
  }
  add_proofs(why, question.data);
  return why;
}

}  // namespace tally::views
