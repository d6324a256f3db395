#pragma once

// The answer to a submit, from the event that answered it. The first answer and every replay come
// from the same event through the same function, so they are equal but for `idempotent_replay` and
// the correlation id of the request at hand.

#include <optional>

#include "domain/event.h"
#include "views/problem_view.h"
#include "wire/problem.h"

namespace tally::views {

// What the request at hand adds.
struct RequestContext {
  CorrelationId correlation;
  bool replay = false;
};

wire::Evidence evidence_view(domain::Header const& header, Digest const& leaf_hash);

// None when the event is no run.submitted with its snapshot.
std::optional<wire::SubmitAnswer> submit_view(domain::Recorded const& recorded,
                                              Digest const& leaf_hash, RequestContext const& asked);
// None when the event is no run.refused.
std::optional<wire::Problem> refused_view(domain::Recorded const& recorded, Digest const& leaf_hash,
                                          RequestContext const& asked, ProblemTypes const& types);

wire::Balance balance_view(domain::Balances const& balances);

}  // namespace tally::views
