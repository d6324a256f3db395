#pragma once

// The directory engine's shares of gather, decide and apply (core.h). `gather` resolves the names
// in a command; `decide` refuses unknown or doubled ones and returns the events; `apply` stores the
// row that each event carries.

#include "domain/core.h"

namespace tally::domain::directory {

Facts gather(State const& state, CreateTenant const& command, Moment const& moment);
Facts gather(State const& state, AddPerson const& command, Moment const& moment);
Facts gather(State const& state, RemovePerson const& command, Moment const& moment);
Facts gather(State const& state, CreateKey const& command, Moment const& moment);
Facts gather(State const& state, ClaimKey const& command, Moment const& moment);
Facts gather(State const& state, ShowClaimCode const& command, Moment const& moment);
Facts gather(State const& state, RevokeKey const& command, Moment const& moment);
Facts gather(State const& state, SetPlan const& command, Moment const& moment);
Facts gather(State const& state, RegisterJob const& command, Moment const& moment);
Facts gather(State const& state, RetireJob const& command, Moment const& moment);

Outcome decide(Instant at, CreateTenant const& command, Facts const& facts);
Outcome decide(Instant at, AddPerson const& command, Facts const& facts);
Outcome decide(Instant at, RemovePerson const& command, Facts const& facts);
Outcome decide(Instant at, CreateKey const& command, Facts const& facts);
Outcome decide(Instant at, ClaimKey const& command, Facts const& facts);
Outcome decide(Instant at, ShowClaimCode const& command, Facts const& facts);
Outcome decide(Instant at, RevokeKey const& command, Facts const& facts);
Outcome decide(Instant at, SetPlan const& command, Facts const& facts);
Outcome decide(Instant at, RegisterJob const& command, Facts const& facts);
Outcome decide(Instant at, RetireJob const& command, Facts const& facts);

void apply(State& state, Header const& header, TenantCreated const& event);
void apply(State& state, Header const& header, PersonAdded const& event);
void apply(State& state, Header const& header, PersonRemoved const& event);
void apply(State& state, Header const& header, KeyCreated const& event);
void apply(State& state, Header const& header, KeyClaimed const& event);
void apply(State& state, Header const& header, ClaimCodeShown const& event);
void apply(State& state, Header const& header, KeyRevoked const& event);
void apply(State& state, Header const& header, PlanSet const& event);
void apply(State& state, Header const& header, JobRegistered const& event);
void apply(State& state, Header const& header, JobRetired const& event);

}  // namespace tally::domain::directory
