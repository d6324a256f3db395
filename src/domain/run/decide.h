#pragma once

// The run engine's shares of gather, decide and apply (core.h), each beside its kind: gather.cc,
// decide_submit.cc, decide_work.cc and their neighbours, apply.cc. `decide` sees facts and the time
// and nothing else, so replay gives the same events.

#include "domain/core.h"

namespace tally::domain::run {

SubmitFacts gather(State const& state, Submit const& command, Moment const& moment);
LeaseFacts gather(State const& state, Lease const& command, Moment const& moment);
RunFacts gather(State const& state, Start const& command, Moment const& moment);
RunFacts gather(State const& state, Complete const& command, Moment const& moment);
RunFacts gather(State const& state, Fail const& command, Moment const& moment);
RunFacts gather(State const& state, Cancel const& command, Moment const& moment);
RunFacts gather(State const& state, Stop const& command, Moment const& moment);
RunFacts gather(State const& state, Due const& command, Moment const& moment);
RunFacts gather(State const& state, Reconcile const& command, Moment const& moment);
RunFacts gather(State const& state, ProposeResolution const& command, Moment const& moment);

Outcome decide(Instant at, Submit const& command, SubmitFacts const& facts);
Outcome decide(Instant at, Lease const& command, LeaseFacts const& facts);
Outcome decide(Instant at, Start const& command, RunFacts const& facts);
Outcome decide(Instant at, Complete const& command, RunFacts const& facts);
Outcome decide(Instant at, Fail const& command, RunFacts const& facts);
Outcome decide(Instant at, Cancel const& command, RunFacts const& facts);
Outcome decide(Instant at, Stop const& command, RunFacts const& facts);
Outcome decide(Instant at, Due const& command, RunFacts const& facts);
Outcome decide(Instant at, Reconcile const& command, RunFacts const& facts);
Outcome decide(Instant at, ProposeResolution const& command, RunFacts const& facts);

void apply(State& state, Header const& header, Submitted const& event);
void apply(State& state, Header const& header, Refused const& event);
void apply(State& state, Header const& header, Leased const& event);
void apply(State& state, Header const& header, Started const& event);
void apply(State& state, Header const& header, Requeued const& event);
void apply(State& state, Header const& header, Reconciling const& event);
void apply(State& state, Header const& header, CancelRequested const& event);
void apply(State& state, Header const& header, StopRequested const& event);
void apply(State& state, Header const& header, Settled const& event);
void apply(State& state, Header const& header, AuditRequired const& event);
void apply(State& state, Header const& header, Unaccounted const& event);

// Of a job what its runs are submitted on.
Terms terms_of(JobKind const& job);

// The strictest mode in force for the run: of its tenant, job, key and itself, and of everything,
// unless it is the server's own (system_tenant.h).
mode::Mode mode_in_force(State const& state, RunId run, Row const& row);

// Takes a finished run out of memory (archive.advanced).
void forget(State& state, RunId run);

}  // namespace tally::domain::run
