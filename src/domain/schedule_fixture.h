#pragma once

// Test steps of schedules: a world with the tenant of the server's own work and one job kind of it,
// and slots that come.

#include "domain/due_command.h"
#include "domain/run_fixture.h"
#include "domain/schedule/decide.h"
#include "domain/system_tenant.h"

namespace tally::domain::testing {

inline TenantId const kSystem{std::string(kSystemTenant)};
inline JobName const kSweep("system.sweep");
inline ScheduleName const kNightly("nightly");
inline schedule::Rule const kHourly{.every = hours(1), .minute = 0, .zone = {}};

// As ports/calendar.h says, for days that all have 24 hours; knows one zone.
inline std::optional<Instant> next_after(schedule::Rule const& rule, Instant at) {
  Duration const every = rule.every > Duration(0) ? rule.every : hours(24);
  if (every == hours(24) && rule.zone != "UTC") return std::nullopt;
  std::int64_t const offset = rule.minute * seconds(60).value();
  return Instant(((at.value() - offset) / every.value() + 1) * every.value() + offset);
}

inline void add_system(World& world) {
  world.ask(directory::CreateTenant{
      .person = PersonId("server"), .plan = PlanName("unlimited"), .tenant = kSystem});
  run::JobKind kind = job_kind(kSweep, run::Runner::command, false);
  kind.price = {};
  world.ask(directory::RegisterJob{kind});
}

inline Outcome set_schedule(World& world, schedule::Rule const& rule = kHourly) {
  return world.ask(schedule::Set{.job = kSweep,
                                 .name = kNightly,
                                 .next = next_after(rule, world.at).value_or(Instant{}),
                                 .rule = rule});
}

// What the loop asks once the next slot has come; nothing where none has.
inline std::optional<Command> slot_due(World const& world, Instant began = {}) {
  auto const& due = world.state.deadlines.of(DueKind::schedule);
  if (due.empty() || due.begin()->first > world.at) return std::nullopt;
  schedule::NextAfter const calendar = next_after;
  auto found = due_command(world.state, {DueKind::schedule, due.begin()->second},
                           {.at = world.at, .began = began, .next_after = calendar});
  return found ? std::optional(std::move(found->command)) : std::nullopt;
}
inline std::string fire(World& world, Instant began = {}) {
  auto const command = slot_due(world, began);
  return command ? text_of(world.take(*command)) : "nothing";
}

// The run of the last slot that fired, as its worker has it.
inline Leased lease_system(World& world) {
  return lease(world, {kSweep}, kSystem).value_or(Leased{});
}
inline void force(World& world, mode::Mode mode, mode::Scope const& scope = {}) {
  world.ask(mode::Set{.mode = mode, .person = kAnn, .reason = "drill", .scope = scope});
}

}  // namespace tally::domain::testing
