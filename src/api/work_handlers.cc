// What workers report about their leases. A report with a stale fence is 409 lease_lost, whatever
// it says; what it says of a cost is recorded all the same.

#include "api/handlers.h"
#include "api/route_of.h"
#include "base/redact.h"
#include "json/raw.h"
#include "ports/work_queue.h"
#include "views/run_view.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"
#include "wire/work_messages.h"

namespace tally::api {

namespace {

domain::run::Handle handle_of(Exchange& x, LeaseId lease, std::int64_t fence) {
  return {.fence = fence, .lease = lease, .tenant = x.caller().tenant};
}

domain::run::Measured measured(std::optional<std::int64_t> elapsed_ms,
                               std::optional<SaidCost> const& said) {
  domain::run::Measured measured;
  measured.elapsed = milliseconds(elapsed_ms.value_or(0));
  if (said) measured.reported = said->amount;
  measured.rounded_up = said && said->rounded_up;
  measured.sandbox = "remote";
  return measured;
}

void note_worker(Exchange& x) {
  x.services.metrics.set(metrics::kTable.worker_last_heartbeat, x.services.clock.wall(),
                         x.caller().key);
}

// A repeated report changes nothing and has no event; its answer is that of the first. A refused
// one has an event where it says what a lost lease spent.
void answer_report(Exchange& x, ledger::Answer const& answer) {
  if (auto const* refusal = std::get_if<domain::Refusal>(&answer.reply)) return x.refuse(*refusal);
  if (!answer.run || !answer.row) return x.broken("a report was answered without its run");
  x.json(200, views::work_answer_view(*answer.run, *answer.row));
}

void report(ExchangePtr const& x, domain::run::Commands command, Bytes enclosure) {
  note_worker(*x);
  x->post(ledger::Lane::finish, std::move(command), std::move(enclosure),
          [x](ledger::Answer const& answer) { answer_report(*x, answer); });
}

// The result is kept as the bytes that it is in the body, which has been read as JSON.
void complete(ExchangePtr const& x, LeaseId lease, wire::CompleteRequest const& asked) {
  auto const result = json::raw_member(x->request.body, "result");
  auto sealed =
      x->services.payloads.seal(x->caller().tenant, "result", result_subject(lease, asked.fence),
                                result ? std::string(*result) : json::canonical(asked.result));
  if (!sealed) return x->storage_failed(sealed.error());
  domain::run::Complete command;
  command.handle = handle_of(*x, lease, asked.fence);
  command.measured = measured(asked.elapsed_ms, asked.cost_usd);
  command.result = std::move(sealed->enclosure);
  report(x, std::move(command), std::move(sealed->inline_bytes));
}

void fail(ExchangePtr const& x, LeaseId lease, wire::FailRequest const& asked) {
  domain::run::Fail command;
  command.code = redacted(asked.code, wire::kWorkCodeCharactersMax);
  command.detail = redacted(asked.detail, wire::kWorkDetailCharactersMax);
  command.handle = handle_of(*x, lease, asked.fence);
  command.measured = measured(asked.elapsed_ms, asked.cost_usd);
  command.retry = asked.retry;
  auto const tail = redacted_tail(asked.stderr_tail, ports::kStderrTailBytesMax);
  if (tail.empty()) return report(x, std::move(command), {});
  auto sealed = x->services.payloads.seal(x->caller().tenant, "stderr",
                                          result_subject(lease, asked.fence), tail);
  if (!sealed) return x->storage_failed(sealed.error());
  command.stderr_tail = std::move(sealed->enclosure);
  report(x, std::move(command), std::move(sealed->inline_bytes));
}

void answer_heartbeat(Exchange& x, ledger::Heartbeat const& heartbeat) {
  using Action = ledger::Heartbeat::Action;
  if (heartbeat.action == Action::lost) return x.problem("lease_lost");
  if (heartbeat.action == Action::stopping) return x.fate(ledger::PostStatus::stopping);
  wire::HeartbeatAnswer answer;
  answer.action = heartbeat.action == Action::stop ? "stop" : "continue";
  if (heartbeat.reason) answer.reason = domain::run::name_of(*heartbeat.reason);
  answer.remaining_ms = heartbeat.remaining.value() / 1000;
  x.json(200, answer);
}

void start_work(ExchangePtr x, wire::LeasePath const& at, wire::FenceRequest const& asked) {
  report(x, domain::run::Start{.handle = handle_of(*x, at.lease, asked.fence)}, {});
}

void heartbeat_work(ExchangePtr x, wire::LeasePath const& at, wire::FenceRequest const& asked) {
  note_worker(*x);
  x->services.loop.heartbeat(
      handle_of(*x, at.lease, asked.fence),
      [x](ledger::Heartbeat const& heartbeat) { answer_heartbeat(*x, heartbeat); });
}

void complete_work(ExchangePtr x, wire::LeasePath const& at, wire::CompleteRequest asked) {
  bool const may_block = x->request.body.size() > kInlineBytesMax;
  if (!may_block) return complete(x, at.lease, asked);
  x->later(TaskLane::lease,
           [x, lease = at.lease, asked = std::move(asked)] { complete(x, lease, asked); });
}

void fail_work(ExchangePtr x, wire::LeasePath const& at, wire::FailRequest const& asked) {
  fail(x, at.lease, asked);
}

}  // namespace

std::vector<Route> work_routes() {
  return {
      route<wire::kStartWork, start_work>(RateClass::work),
      route<wire::kSendHeartbeat, heartbeat_work>(RateClass::work),
      route<wire::kCompleteWork, complete_work>(RateClass::work),
      route<wire::kFailWork, fail_work>(RateClass::work),
  };
}

}  // namespace tally::api
