#pragma once

// What becomes of a run when an attempt at it ends, or never begins: given back, tried again,
// succeeded, failed. Shared by the decisions about work; `facts.situation` and `facts.run` must be
// there. How money ends stands in settled.h.

#include "domain/core.h"
#include "domain/run/facts.h"
#include "domain/run/limits.h"

namespace tally::domain::run {

inline constexpr std::string_view kCostLimit = name_of(StopReason::cost_limit);
inline constexpr std::string_view kNotReported = "cost_not_reported";
inline constexpr std::string_view kNoCost = "no_cost_audit";
// The reason of an execution that ended with the server, whose own work it was.
inline constexpr std::string_view kServerEnded = "server_ended";
// The reason of a run that ended without its worker.
inline constexpr std::string_view kPastLimit = "past_limit";

// Nothing changes; the answer still says which run it is about.
Outcome unchanged(RunFacts const& facts);

// A run whose attempts have cost its hold is not tried again: the next one would be an overrun.
bool may_retry(Situation const& run, Micros cost_so_far);
// Whose fault a failure is. Ours: what this server did to the work, or could not do for it; nobody
// pays for that. Theirs is everything else that ends the work: its exit codes, its signals, its
// limits. What a worker that is not this server's says of itself is theirs too.
enum class Fault { ours, theirs };
Fault fault_of(Runner runner, std::string_view code);

// A lease was given back, or ran out, before its start: the run rests, and after kReturnsMax such
// leases it has failed. Its queue deadline stays what it is.
Outcome give_back(Instant at, RunFacts const& facts, std::string reason, std::string detail);

// The attempt that failed.
struct Failure {
  Micros cost;  // of all attempts
  std::string code;
  std::string detail;
  Measured measured;
  bool reported = false;  // by the lease's own report
  std::optional<Document> stderr_tail;
};
// Back to the queue for its next attempt; this one counts, and what it cost is remembered.
Outcome retry(RunFacts const& facts, Failure failure);
// The end, at the failure's cost and at least the minimum fee where it is theirs.
Outcome end_in_failure(Instant at, RunFacts const& facts, Failure failure);
// A mode stopped it while it ran: what its receipt or its seconds say, and no fixed price.
Outcome end_stopped(Instant at, RunFacts const& facts, Failure failure);
// Its hold is used up, which is what it costs.
Outcome end_at_hold(Instant at, RunFacts const& facts, Failure failure);
// The run succeeded at a cost that its receipt proves.
Outcome succeed(Instant at, RunFacts const& facts, Measured const& measured, Document result,
                std::string reason);
// It worked, said what that cost, and left no result.
Outcome end_without_result(Instant at, RunFacts const& facts, Measured const& measured);
// A run that ends without a report of what it cost beyond its earlier attempts.
Outcome end_unheard(Instant at, RunFacts const& facts, Phase phase, std::string reason,
                    std::string error_code = {}, std::string error_detail = {});

// A started execution is gone without a receipt: no proof of a cost, so none is charged - but where
// it went past its limit, and that was its hold, the clock is the proof.
Outcome lost(Instant at, RunFacts const& facts, std::string detail);
// It went past its limit and the grace.
Outcome past_limit(Instant at, RunFacts const& facts, StopReason limit);

}  // namespace tally::domain::run
