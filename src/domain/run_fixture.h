#pragma once

// Test steps in the life of a run.

#include "domain/world_fixture.h"

namespace tally::domain::testing {

inline Keyed<run::Submit> submission(std::string_view key, Micros hold = kHold,
                                     JobName const& job = kFixed, TenantId const& tenant = kAcme) {
  Keyed<run::Submit> submit;
  submit.idempotency = {.fingerprint = sha256(as_bytes("body")),
                        .key = sha256({as_bytes(tenant.value()), as_bytes(key)})};
  submit.input = enclosure("{}");
  submit.job = job;
  submit.key = KeyId(1);
  submit.max_cost = hold;
  submit.tenant = tenant;
  return submit;
}

inline RunId submit(World& world, std::string_view key, JobName const& job = kFixed,
                    TenantId const& tenant = kAcme) {
  auto const outcome = world.ask(submission(key, kHold, job, tenant));
  EXPECT_EQ(text_of(outcome), "run.submitted");
  return outcome.run.value_or(RunId{});
}

// A lease as its worker knows it.
struct Leased {
  RunId run;
  run::Handle handle;
};
inline std::optional<Leased> lease(World& world, std::vector<JobName> jobs = {kFixed, kReported},
                                   std::optional<TenantId> tenant = std::nullopt) {
  auto const outcome =
      world.ask(run::Lease{.jobs = std::move(jobs), .tenant = std::move(tenant), .worker = "w"});
  auto const* event = event_in<run::Events, run::Leased>(outcome);
  if (event == nullptr) return std::nullopt;
  return Leased{event->run, {.fence = event->fence, .lease = event->lease, .tenant = {}}};
}

// Submitted, leased and started.
inline Leased running(World& world, std::string_view key, JobName const& job = kFixed) {
  submit(world, key, job);
  auto const leased = lease(world, {job}).value_or(Leased{});
  EXPECT_EQ(text_of(world.ask(run::Start{leased.handle})), "run.started");
  return leased;
}

inline run::Measured measured(Duration elapsed, std::optional<Micros> reported = std::nullopt) {
  return {.elapsed = elapsed, .reported = reported, .sandbox = "bubblewrap"};
}
inline run::Complete complete(run::Handle const& handle, std::string_view result = "42",
                              run::Measured how = measured(seconds(2))) {
  return {.handle = handle, .measured = std::move(how), .result = enclosure(result)};
}
inline run::Fail fail(run::Handle const& handle, bool retry, std::string code = "exit_nonzero",
                      run::Measured how = measured(seconds(2))) {
  return {.code = std::move(code),
          .detail = "it broke",
          .handle = handle,
          .measured = std::move(how),
          .retry = retry,
          .stderr_tail = {}};
}
inline run::Reconcile reconcile(Leased const& leased, run::Receipt receipt, bool has_result) {
  run::Reconcile command;
  command.fence = leased.handle.fence;
  command.measured = measured(seconds(2));
  command.receipt = receipt;
  if (has_result) command.result = enclosure("42");
  command.run = leased.run;
  return command;
}
inline run::Due lease_due(RunId run) { return {.kind = run::DueKind::lease, .run = run}; }
inline run::Due queue_due(RunId run) { return {.kind = run::DueKind::queue, .run = run}; }
inline run::ProposeResolution resolution(RunId run, Micros charge, PersonId person = kAnn) {
  return {.charge = charge, .person = std::move(person), .reason = "looked", .run = run};
}

// A run that waits for an audit, because its receipt cannot be read.
inline Leased in_audit(World& world, std::string_view key) {
  Leased const leased = running(world, key);
  world.ask(lease_due(leased.run));
  world.ask(reconcile(leased, run::Receipt::damaged, false));
  EXPECT_EQ(world.row(leased.run).phase, run::Phase::audit_required);
  return leased;
}

}  // namespace tally::domain::testing
