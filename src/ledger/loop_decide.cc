#include "domain/granted.h"
#include "domain/system_tenant.h"
#include "ledger/directory_parts.h"
#include "ledger/loop_state.h"

namespace tally::ledger {

namespace {

// Nobody asks for the row of a run that was just submitted, and copying it costs.
bool is_submit(Answer const& answer) {
  return answer.entry != nullptr && domain::begins_a_run(answer.entry->recorded.event);
}

}  // namespace

void Loop::State::decide(Request request) {
  ++counts.commands;
  domain::Moment const moment = moment_of(request.command);
  Answer answer;
  if (auto earlier = request.idempotency
                         ? domain::earlier_answer(state, *request.idempotency, moment.at)
                         : std::nullopt) {
    answer.reply = std::move(*earlier);
  } else if (auto permit = domain::permit_for(state, request.command, moment.at)) {
    settle(request, *permit, moment, answer);
  } else {
    answer.reply = std::move(permit).error();
  }
  open.replies.push_back(
      [done = std::move(request.done), answer = std::move(answer)](PostStatus fate) mutable {
        if (fate != PostStatus::decided) answer = Answer{};
        answer.fate = fate;
        done(std::move(answer));
      });
}

domain::Moment Loop::State::moment_of(domain::Command const& command) {
  domain::Moment moment{.at = clock.now()};
  if (auto const* run = std::get_if<domain::run::Commands>(&command))
    if (auto const* due = std::get_if<domain::run::Due>(run))
      moment.lease_expired = liveness_of(due->run).expired(due->run, moment.at);
  return moment;
}

// Gathers, decides, and records what came of it in the open frame.
void Loop::State::settle(Request& request, domain::Permit permit, domain::Moment const& moment,
                         Answer& answer) {
  domain::Facts facts = domain::gather(state, request.command, permit, moment);
  domain::Outcome outcome = domain::decide(moment.at, request.command, facts);
  if (auto const* granted = std::get_if<domain::Granted>(&outcome.reply))
    return settle_granted(request, domain::Granted(*granted), std::move(facts), std::move(outcome),
                          moment, answer);
  answer.reply = outcome.reply;
  std::optional<RunId> const run = outcome.run;
  std::optional<TenantId> const tenant = outcome.tenant;
  bool const happens = outcome.events.empty() ||
                       record(request, std::move(facts), std::move(outcome), moment.at, answer);
  if (happens) attach_rows(answer, run, tenant);
}

// False, and the answer is a refusal: what has no record did not happen.
bool Loop::State::record(Request& request, domain::Facts facts, domain::Outcome outcome, Instant at,
                         Answer& answer) {
  domain::shorten(state, request.command, facts);
  std::size_t const before = open.entries.size();
  auto first =
      builder.record(open, {.command = std::move(request.command), .facts = std::move(facts)},
                     std::move(outcome), request, at);
  for (std::size_t i = before; i < open.entries.size(); ++i) follow(*open.entries[i], at);
  if (!first) {
    answer.reply = std::move(first).error();
    return false;
  }
  answer.entry = std::move(*first);
  return true;
}

// The last signature, and in the same frame the decision that it sets free. The answer is the
// second one's: what was approved is what the signer hears of, and what an idempotency key keeps.
void Loop::State::settle_granted(Request& request, domain::Granted granted, domain::Facts facts,
                                 domain::Outcome outcome, domain::Moment const& moment,
                                 Answer& answer) {
  auto after = domain::after_grant(state, request.command, facts, granted, moment.at);
  if (after.not_now) {
    answer.reply = std::move(*after.refusal);
    return;
  }
  Request next{.command = std::move(after.next),
               .enclosure = {},
               .idempotency = after.refusal ? std::nullopt : request.idempotency,
               .origin = request.origin,
               .done = {}};
  request.idempotency.reset();
  if (!record(request, std::move(facts), std::move(outcome), moment.at, answer)) return;
  answer.entry.reset();
  auto const permit = domain::permit_for(state, next.command, moment.at);
  TALLY_CHECK(permit.has_value(), "what was granted is permitted: it was asked just now");
  settle(next, *permit, moment, answer);
  if (state.ledger.granted) end_granted(granted, request.origin, moment, answer);
  if (!after.refusal) return;
  answer.reply = std::move(*after.refusal);
  answer.entry.reset();
}

// What people agreed on has no record. Their approval ends here: the next decision would take it
// for its own.
void Loop::State::end_granted(domain::Granted const& granted, Origin const& origin,
                              domain::Moment const& moment, Answer const& refused) {
  auto const* refusal = std::get_if<domain::Refusal>(&refused.reply);
  Request end{.command = domain::approval::Commands(domain::approval::End{
                  .approval = granted.approval,
                  .reason = refusal == nullptr ? "it led to nothing" : refusal->detail}),
              .enclosure = {},
              .idempotency = {},
              .origin = origin,
              .done = {}};
  auto const permit = domain::permit_for(state, end.command, moment.at);
  TALLY_CHECK(permit.has_value(), "an approval may end in every mode");
  Answer ended;
  settle(end, *permit, moment, ended);
}

// Proposals that can come to nothing any more end, so that nobody signs in vain.
void Loop::State::end_hopeless(Instant now) {
  if (!std::exchange(approvals_in_doubt, false)) return;
  for (auto const& [id, row] : state.approvals.in_order())
    if (auto why = domain::hopeless(state, row, now))
      decide_own(domain::approval::Commands(
                     domain::approval::End{.approval = id, .reason = std::move(*why)}),
                 fresh_correlation());
}

void Loop::State::attach_rows(Answer& answer, std::optional<RunId> run,
                              std::optional<TenantId> const& tenant) {
  answer.run = run;
  if (run && !is_submit(answer))
    if (domain::run::Row const* row = state.runs.find(*run)) answer.row = *row;
  if (tenant)
    if (auto const* row = state.tenants.find(*tenant)) answer.balances = row->balances;
}

void Loop::State::decide_own(domain::Command command, CorrelationId correlation) {
  decide({.command = std::move(command),
          .enclosure = {},
          .origin = {.actor = "server", .correlation = correlation, .span = {}, .tenant = {}},
          .done = [](Answer) {}});
}

// Background work opens its own root.
CorrelationId Loop::State::fresh_correlation() {
  std::array<std::uint8_t, 16> bytes{};
  world.entropy.fill(bytes);
  return CorrelationId(bytes);
}

CorrelationId Loop::State::correlation_of(RunId run) {
  domain::run::Row const* row = state.runs.find(run);
  return row != nullptr && row->correlation ? *row->correlation : fresh_correlation();
}

void Loop::State::follow(Entry const& entry, Instant at) {
  domain::Event const& event = entry.recorded.event;
  ++counts.events;
  if (domain::checkpoint_in(event) == nullptr) ++uncovered;
  if (auto const parts = directory_parts(event); parts.any()) {
    open.directory_changed |= parts;
    approvals_in_doubt = true;
  }
  if (auto const* run = std::get_if<domain::run::Events>(&event))
    std::visit([&](auto const& one) { follow_run(one, at); }, *run);
  if (auto const* mode = std::get_if<domain::mode::Events>(&event))
    std::visit([&](auto const& one) { follow_mode(one, at); }, *mode);
}

// Where time stood still it goes on: every lease has a full period again.
void Loop::State::follow_mode(domain::mode::Changed const& event, Instant at) {
  for (domain::DueKind const kind : domain::kDueKinds) {
    Instant& not_before = round_of(kind).not_before;
    bool const has_grace = rule_of(kind).grace > Duration(0);
    not_before = has_grace ? std::max(not_before, at) : at;
  }
  find_running_to_stop();
  if (event.from < domain::mode::Mode::stop) return;
  liveness.renew_all(at, [&](RunId run) { return lease_of(run, at); });
  for (auto const& [job, waiting] : state.queue.waiting) open.orders.emplace_back(WorkWaits{job});
}

void Loop::State::follow_run(domain::run::Submitted const& event, Instant) {
  open.orders.emplace_back(WorkWaits{event.job});
}
void Loop::State::follow_run(domain::run::Refused const&, Instant) {}
void Loop::State::follow_run(domain::run::Leased const& event, Instant at) {
  liveness_of(event.run).renew(event.run, at, event.lease_period);
}
void Loop::State::follow_run(domain::run::Started const& event, Instant at) {
  liveness_of(event.run).renew(event.run, at, lease_of(event.run, at));
}
void Loop::State::follow_run(domain::run::Requeued const& event, Instant) {
  liveness_of(event.run).drop(event.run);
  // What rests is announced when its time has come.
  if (!event.not_before) open.orders.emplace_back(WorkWaits{state.runs.at(event.run).job});
}
void Loop::State::follow_run(domain::run::Reconciling const& event, Instant at) {
  liveness_of(event.run).drop(event.run);
  reminders.emplace(at, event.run);
}
void Loop::State::follow_run(domain::run::CancelRequested const& event, Instant) {
  order_stop(event.run, domain::run::StopReason::cancelled);
}
void Loop::State::follow_run(domain::run::StopRequested const& event, Instant) {
  order_stop(event.run, domain::run::StopReason::stopped);
}
void Loop::State::follow_run(domain::run::Settled const& event, Instant) {
  liveness_of(event.run).drop(event.run);
}
void Loop::State::follow_run(domain::run::AuditRequired const& event, Instant) {
  liveness_of(event.run).drop(event.run);
}
void Loop::State::follow_run(domain::run::Unaccounted const&, Instant) {}

// Commands run in this process and can be told at once.
void Loop::State::order_stop(RunId run, domain::run::StopReason reason) {
  domain::run::Row const& row = state.runs.at(run);
  if (row.phase != domain::run::Phase::running || row.runner != domain::run::Runner::command)
    return;
  open.orders.emplace_back(StopRun{.run = run,
                                   .fence = row.fence,
                                   .reason = reason,
                                   .of_system = domain::is_system(row.tenant)});
}

Liveness& Loop::State::liveness_of(RunId run) {
  domain::run::Row const* row = state.runs.find(run);
  return row != nullptr && domain::is_system(row->tenant) ? system_liveness : liveness;
}

// No lease outlasts its run.
Duration Loop::State::lease_of(RunId run, Instant now) const {
  return domain::run::lease_period(state.runs.at(run), state.ledger.work_clock.at(now),
                                   state.settings.period(domain::setting::kLease));
}

}  // namespace tally::ledger
