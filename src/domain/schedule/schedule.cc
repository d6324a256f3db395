#include "domain/next_id.h"
#include "domain/run/decide.h"
#include "domain/schedule/decide.h"
#include "domain/system_tenant.h"

namespace tally::domain::schedule {

namespace {

Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

Outcome invalid(std::string pointer, std::string detail) {
  return refuse(Refusal{.code = RefusalCode::validation_error,
                        .detail = std::move(detail),
                        .pointer = std::move(pointer),
                        .shortage = {},
                        .retry_after = {}});
}

std::optional<std::string> objection(Rule const& rule) {
  if (rule.every != Duration(0)) {
    if (rule.every < kEveryLeast || rule.every > kEveryMost || !rule.zone.empty() || rule.minute)
      return "what recurs does so every second at most and every 366 days at least, without a zone";
    return std::nullopt;
  }
  if (rule.minute < 0 || rule.minute >= kMinutesOfDay)
    return "a minute of the day is from 0 to 1439";
  if (rule.zone.empty() || rule.zone.size() > kZoneBytesMax)
    return "a time zone has a name of 1 to 64 characters, such as UTC";
  return std::nullopt;
}

// Of the slots from `first` to `at`, all of which have come.
struct Passed {
  std::int64_t count = 1;
  std::optional<Instant> before_last;
  Instant last;
};

std::optional<Passed> passed(Rule const& rule, Instant first, Instant at,
                             NextAfter const& next_after) {
  if (rule.every > Duration(0)) {
    std::int64_t const more = (at - first).value() / rule.every.value();
    Instant const last = first + Duration(more * rule.every.value());
    return Passed{.count = more + 1,
                  .before_last = more > 0 ? std::optional(last - rule.every) : std::nullopt,
                  .last = last};
  }
  Passed found{.count = 1, .before_last = {}, .last = first};
  while (found.count < kCountedMost) {
    auto const next = next_after(rule, found.last);
    if (!next || *next <= found.last) return std::nullopt;
    if (*next > at) break;
    found = {.count = found.count + 1, .before_last = found.last, .last = *next};
  }
  return found;
}

// What comes from outside must fit the row: a slot comes once, and time goes on.
bool fits(Fire const& command, Row const& row, Instant at) {
  if (command.slot > at || command.next <= command.slot || command.slot < row.next) return false;
  if (!command.missed) return command.slot == row.next;
  Slots const& missed = *command.missed;
  return missed.count >= 1 && missed.first == row.next && missed.last >= missed.first &&
         missed.last <= command.slot && (missed.count == 1) == (missed.first == missed.last);
}

run::Submitted submitted(FireFacts const& facts) {
  run::Submitted event;
  event.job = facts.row->job;
  event.queue_deadline = facts.work_at + facts.terms->queue_deadline;
  event.run = facts.next_run;
  event.terms = *facts.terms;
  return event;
}

void move_on(State& state, ScheduleName const& name, Instant next) {
  Row& row = state.schedules.edit(name);
  state.deadlines.clear(schedule_due(row.number), row.next);
  row.next = next;
  state.deadlines.set(schedule_due(row.number), next);
}

}  // namespace

SetFacts gather(State const& state, Set const& command, Moment const&) {
  SetFacts facts;
  run::JobKind const* job = state.jobs.find(command.job);
  facts.job_known = is_system(command.job) && job != nullptr;
  facts.tenant_known = state.tenants.find(TenantId(std::string(kSystemTenant))) != nullptr;
  if (Row const* row = state.schedules.find(command.name)) facts.row = *row;
  facts.schedules = static_cast<std::int64_t>(state.schedules.size());
  return facts;
}

Outcome decide(Instant, Set const& command, SetFacts const& facts) {
  if (!is_name(command.name.value()))
    return invalid("/name", "a schedule's name has 1 to 64 of a-z, 0-9, '-', '_', '.'");
  if (!facts.tenant_known) return refuse(RefusalCode::not_found, "the tenant system is not there");
  if (!facts.job_known) return invalid("/job", "a schedule is of a job kind of the system");
  if (auto why = objection(command.rule)) return invalid("/rule", std::move(*why));
  if (facts.row && facts.row->job == command.job && facts.row->rule == command.rule)
    return nothing();
  if (!facts.row && facts.schedules >= kSchedulesMax)
    return refuse(RefusalCode::overloaded, "as many schedules as can be are set already");
  Row row{.job = command.job,
          .next = command.next,
          .number = facts.row ? facts.row->number : facts.schedules + 1,
          .rule = command.rule,
          .run = facts.row ? facts.row->run : std::nullopt};
  return {.events = {schedule::Events(WasSet{.name = command.name, .row = std::move(row)})},
          .reply = Done{},
          .run = {},
          .tenant = TenantId(std::string(kSystemTenant))};
}

FireFacts gather(State const& state, Fire const& command, Moment const& moment) {
  FireFacts facts;
  facts.next_run = next_run_id(state.ledger);
  facts.work_at = state.ledger.work_clock.at(moment.at);
  Row const* row = state.schedules.find(command.name);
  if (row == nullptr) return facts;
  facts.row = *row;
  run::JobKind const* job = state.jobs.find(row->job);
  if (job != nullptr && !job->retired) facts.terms = run::terms_of(*job);
  run::Row const* last = row->run ? state.runs.find(*row->run) : nullptr;
  // What waits for people executes no more: they decide what it cost, and no slot waits for that.
  facts.live = last != nullptr && !run::is_final(last->phase) &&
               last->phase != run::Phase::audit_required;
  return facts;
}

Outcome decide(Instant at, Fire const& command, FireFacts const& facts) {
  if (!facts.row) return refuse(RefusalCode::not_found, "no such schedule");
  if (facts.row->next > at) return nothing();  // another rule was set meanwhile
  if (!fits(command, *facts.row, at))
    return refuse(RefusalCode::conflict, "the slots do not follow on those of the schedule");
  Outcome outcome = nothing();
  outcome.tenant = TenantId(std::string(kSystemTenant));
  if (command.missed)
    outcome.events.emplace_back(
        schedule::Events(Missed{.name = command.name, .slots = *command.missed}));
  if (facts.live || !facts.terms) {
    outcome.events.emplace_back(schedule::Events(
        Skipped{.name = command.name,
                .next = command.next,
                .reason = facts.live ? SkipReason::still_running : SkipReason::job_unknown,
                .run = facts.live ? facts.row->run : std::nullopt,
                .slot = command.slot}));
    return outcome;
  }
  outcome.run = facts.next_run;
  outcome.events.emplace_back(schedule::Events(Fired{.name = command.name,
                                                     .next = command.next,
                                                     .run = facts.next_run,
                                                     .slot = command.slot}));
  outcome.events.emplace_back(run::Events(submitted(facts)));
  return outcome;
}

void apply(State& state, Header const&, WasSet const& event) {
  if (Row const* before = state.schedules.find(event.name))
    state.deadlines.clear(schedule_due(before->number), before->next);
  state.schedules.put(event.name, event.row);
  state.deadlines.set(schedule_due(event.row.number), event.row.next);
}

void apply(State&, Header const&, Missed const&) {}

void apply(State& state, Header const&, Fired const& event) {
  move_on(state, event.name, event.next);
  state.schedules.edit(event.name).run = event.run;
}

void apply(State& state, Header const&, Skipped const& event) {
  move_on(state, event.name, event.next);
}

std::optional<Fire> fire(State const& state, std::int64_t number, Instant at, Instant began,
                         NextAfter const& next_after) {
  if (!next_after) return std::nullopt;
  for (auto const& [name, row] : state.schedules.in_order()) {
    if (row.number != number) continue;
    auto const found = passed(row.rule, row.next, at, next_after);
    auto const next = next_after(row.rule, at);
    if (!found || !next) return std::nullopt;
    Fire command{.missed = {}, .name = name, .next = *next, .slot = found->last};
    if (row.next < began)
      command.missed = Slots{.count = found->count, .first = row.next, .last = found->last};
    else if (found->before_last)
      command.missed =
          Slots{.count = found->count - 1, .first = row.next, .last = *found->before_last};
    return command;
  }
  return std::nullopt;
}

}  // namespace tally::domain::schedule
