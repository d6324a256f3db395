#include "domain/answers.h"

#include "domain/state.h"

namespace tally::domain {

namespace {

// The run that the answer is about keeps the key alive.
bool run_keeps(State const& state, AnsweredKey const& row, Instant at) {
  run::Row const* run = row.run ? state.runs.find(*row.run) : nullptr;
  return run != nullptr && (!run->finished_at || at < *run->finished_at + kKeyAfterRun);
}

void put_end(State& state, Instant at, Digest const& key) {
  state.key_ends.emplace_hint(state.key_ends.end(), at, key);  // the last one most of the time
}

}  // namespace

std::optional<Reply> earlier_answer(State const& state, IdempotencyKey const& key, Instant at) {
  AnsweredKey const* known = state.answered.find(key.key);
  if (known == nullptr) return std::nullopt;
  if (known->expires_at <= at && !run_keeps(state, *known, at)) return std::nullopt;
  if (known->fingerprint == key.fingerprint) return Replayed{known->seq};
  return Refusal{.code = RefusalCode::idempotency_key_reused,
                 .detail = "this idempotency key was used with another request",
                 .pointer = {},
                 .shortage = {},
                 .retry_after = {}};
}

Reply reply_of(Event const& first) {
  auto const* group = std::get_if<approval::Events>(&first);
  if (group == nullptr) return Done{};
  if (auto const* proposed = std::get_if<approval::Proposed>(group))
    return NeedsApproval{proposed->approval};
  auto const* signature = std::get_if<approval::Signed>(group);
  if (signature != nullptr && !signature->granted) return NeedsApproval{signature->approval};
  return Done{};
}

void remember_answer(State& state, Header const& header) {
  Answered const& answered = *header.idempotency;
  auto const old = state.answered.put(answered.key, {.expires_at = answered.expires_at,
                                                     .fingerprint = answered.fingerprint,
                                                     .run = header.run,
                                                     .seq = header.seq});
  // The same key may come again after its life ended and before the archive took it away.
  if (old) state.key_ends.erase(std::pair(old->expires_at, answered.key));
  put_end(state, answered.expires_at, answered.key);
}

void forget_answers(State& state, Instant at, system::ArchiveAdvanced const& event) {
  auto& ends = state.key_ends;
  while (!ends.empty() && ends.begin()->first < event.keys_before) {
    Digest const key = ends.begin()->second;
    ends.erase(ends.begin());
    if (run_keeps(state, state.answered.at(key), at)) {
      state.answered.edit(key).expires_at = event.keys_kept_until;
      put_end(state, event.keys_kept_until, key);
    } else {
      state.answered.erase(key);
    }
  }
}

}  // namespace tally::domain
