#include "ledger/loop_inside.h"

namespace tally::ledger {

namespace {

bool changes_directory(domain::Event const& event) {
  if (std::holds_alternative<domain::DirectoryEvent>(event) ||
      std::holds_alternative<domain::ModeEvent>(event) ||
      std::holds_alternative<domain::ApprovalEvent>(event))
    return true;
  auto const* chronicle = std::get_if<domain::ChronicleEvent>(&event);
  return chronicle != nullptr &&
         (std::holds_alternative<domain::chronicle::Opened>(*chronicle) ||
          std::holds_alternative<domain::chronicle::ConfigChanged>(*chronicle));
}

// Nobody asks for the row of a run that was just submitted, and copying it costs.
bool is_submit(Answer const& answer) {
  return answer.entry != nullptr && domain::begins_a_run(answer.entry->recorded.event);
}

}  // namespace

void Loop::Inside::decide(Request request) {
  ++counts.commands;
  domain::Moment const moment = moment_of(request.command);
  Answer answer;
  auto permit = domain::permit_for(state, request.command, moment.at);
  if (permit)
    settle(request, *permit, moment, answer);
  else
    answer.reply = std::move(permit).error();
  open.replies.push_back(
      [done = std::move(request.done), answer = std::move(answer)](Fate fate) mutable {
        if (fate != Fate::decided) answer = Answer{};
        answer.fate = fate;
        done(std::move(answer));
      });
}

domain::Moment Loop::Inside::moment_of(domain::Command const& command) {
  domain::Moment moment{.at = clock.now()};
  if (auto const* run = std::get_if<domain::RunCommand>(&command))
    if (auto const* due = std::get_if<domain::run::Due>(run))
      moment.lease_expired = liveness.expired(due->run, moment.at);
  return moment;
}

// Gathers, decides, and records what came of it in the open frame.
void Loop::Inside::settle(Request& request, domain::Permit permit, domain::Moment const& moment,
                          Answer& answer) {
  domain::Facts facts = domain::gather(state, request.command, permit, moment);
  domain::Outcome outcome = domain::decide(moment.at, request.command, facts);
  answer.reply = outcome.reply;
  std::optional<RunId> const run = outcome.run;
  std::optional<TenantId> const tenant = outcome.tenant;
  if (!outcome.events.empty()) {
    std::size_t const before = open.entries.size();
    answer.entry =
        builder.record(open, {.command = std::move(request.command), .facts = std::move(facts)},
                       std::move(outcome), request.origin, moment.at, std::move(request.enclosure));
    for (std::size_t i = before; i < open.entries.size(); ++i) follow(*open.entries[i], moment.at);
  }
  attach_rows(answer, run, tenant);
}

void Loop::Inside::attach_rows(Answer& answer, std::optional<RunId> run,
                               std::optional<TenantId> const& tenant) {
  answer.run = run;
  if (run && !is_submit(answer))
    if (domain::run::Row const* row = state.runs.find(*run)) answer.row = *row;
  if (tenant)
    if (auto const* row = state.tenants.find(*tenant)) answer.balances = row->balances;
}

void Loop::Inside::decide_own(domain::Command command, CorrelationId correlation) {
  decide({.command = std::move(command),
          .enclosure = {},
          .origin = {.actor = "server", .correlation = correlation, .span = {}, .tenant = {}},
          .done = [](Answer) {}});
}

// Background work opens its own root.
CorrelationId Loop::Inside::fresh_correlation() {
  std::array<std::uint8_t, 16> bytes{};
  world.entropy.fill(bytes);
  return CorrelationId(bytes);
}

CorrelationId Loop::Inside::correlation_of(RunId run) {
  domain::run::Row const* row = state.runs.find(run);
  return row != nullptr && row->correlation ? *row->correlation : fresh_correlation();
}

void Loop::Inside::follow(Entry const& entry, Instant at) {
  domain::Event const& event = entry.recorded.event;
  ++counts.events;
  if (domain::checkpoint_in(event) == nullptr) ++uncovered;
  if (changes_directory(event)) open.directory_changed = true;
  if (auto const* run = std::get_if<domain::RunEvent>(&event))
    std::visit([&](auto const& one) { follow_run(one, at); }, *run);
  if (auto const* mode = std::get_if<domain::ModeEvent>(&event))
    std::visit([&](auto const& one) { follow_mode(one, at); }, *mode);
}

// Where time stood still it goes on: every lease has a full period again.
void Loop::Inside::follow_mode(domain::mode::Changed const& event, Instant at) {
  due_not_before = at;
  queue_not_before = at;
  if (event.from < domain::mode::Mode::stop) return;
  liveness.renew_all(at, state.settings.lease);
  for (auto const& [job, waiting] : state.queue.waiting) open.orders.emplace_back(WorkWaits{job});
}

void Loop::Inside::follow_run(domain::run::Submitted const& event, Instant) {
  open.orders.emplace_back(WorkWaits{event.job});
}
void Loop::Inside::follow_run(domain::run::Refused const&, Instant) {}
void Loop::Inside::follow_run(domain::run::Leased const& event, Instant at) {
  liveness.renew(event.run, at, event.lease_period);
}
void Loop::Inside::follow_run(domain::run::Started const& event, Instant at) {
  liveness.renew(event.run, at, state.settings.lease);
}
void Loop::Inside::follow_run(domain::run::Requeued const& event, Instant) {
  liveness.drop(event.run);
  open.orders.emplace_back(WorkWaits{state.runs.at(event.run).job});
}
void Loop::Inside::follow_run(domain::run::Reconciling const& event, Instant at) {
  liveness.drop(event.run);
  reminders.emplace(at, event.run);
}
void Loop::Inside::follow_run(domain::run::CancelRequested const&, Instant) {}
void Loop::Inside::follow_run(domain::run::Settled const& event, Instant) {
  liveness.drop(event.run);
}
void Loop::Inside::follow_run(domain::run::AuditRequired const& event, Instant) {
  liveness.drop(event.run);
}

}  // namespace tally::ledger
