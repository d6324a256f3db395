#pragma once

// Idempotency keys: one answer for each, whatever the command. A key is looked up before anything
// is gathered; the first event of a decision that was asked for under a key carries the answer
// (Header::idempotency), and apply remembers it here. A decision without events changed nothing, so
// its key stays free: it is decided again.
//
// A key lives until the time that its first answer published, or until an hour after the run that
// it is about has ended, whichever is later: a late retry never makes a second run beside the
// first.

#include "domain/outcome.h"

namespace tally::domain {

struct State;

inline constexpr Duration kKeyAfterRun = hours(1);

// A key as a request brings it: digest of (tenant, route, key), and the HMAC of what was asked,
// amounts by value, under the tenant's pepper.
struct IdempotencyKey {
  Digest fingerprint;
  Digest key;
};

// What the key got before: Replayed, or a refusal where it was another request. None: the key is
// new at `at`.
std::optional<Reply> earlier_answer(State const& state, IdempotencyKey const& key, Instant at);

// What a decision came to, told from its first event alone: done, or an approval that it waits for.
// Of a decision that a quorum set free in the same frame it is that one's first event.
Reply reply_of(Event const& first);

// Shares of apply.
void remember_answer(State& state, Header const& header);
void forget_answers(State& state, Instant at, system::ArchiveAdvanced const& event);

}  // namespace tally::domain
