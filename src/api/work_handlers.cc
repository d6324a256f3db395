// What workers report about their leases. A report with a stale fence is 409 lease_lost, whatever
// it says.

#include "api/handlers.h"
#include "base/redact.h"
#include "views/run_view.h"
#include "wire/work_messages.h"

namespace tally::api {

namespace {

std::optional<LeaseId> lease_in_path(Exchange& x) {
  auto const lease = parse_id<LeaseId>(x.path.at(0));
  if (!lease) x.problem("lease_lost", "no lease of yours has this id");
  return lease;
}

domain::run::Handle handle_of(Exchange& x, LeaseId lease, std::int64_t fence) {
  return {.fence = fence, .lease = lease, .tenant = x.caller().tenant};
}

domain::run::Measured measured(std::optional<std::int64_t> elapsed_ms,
                               std::optional<Micros> reported) {
  return {
      .elapsed = milliseconds(elapsed_ms.value_or(0)), .reported = reported, .sandbox = "remote"};
}

void note_worker(Exchange& x) {
  x.services.metrics.set("tally_worker_last_heartbeat_timestamp_seconds",
                         {{"worker", to_text(x.caller().key)}},
                         static_cast<double>(x.services.clock.wall().value()) / 1e6);
}

// A repeated report changes nothing and has no event; its answer is that of the first.
void answer_report(Exchange& x, ledger::Answer const& answer) {
  if (!answer.run || !answer.row) return x.problem("internal");
  x.json(200, views::work_answer_view(*answer.run, *answer.row));
}

void report(ExchangePtr const& x, domain::RunCommand command, Bytes enclosure) {
  note_worker(*x);
  x->post(ledger::Lane::finish, std::move(command), std::move(enclosure),
          [x](ledger::Answer const& answer) { answer_report(*x, answer); });
}

void complete(ExchangePtr const& x, LeaseId lease, wire::CompleteRequest const& asked) {
  auto sealed =
      x->services.payloads.seal(x->caller().tenant, "result", result_subject(lease, asked.fence),
                                json::canonical(asked.result));
  if (!sealed) return x->storage_failed(sealed.error());
  domain::run::Complete command;
  command.handle = handle_of(*x, lease, asked.fence);
  command.measured = measured(asked.elapsed_ms, asked.cost_usd);
  command.result = std::move(sealed->enclosure);
  report(x, std::move(command), std::move(sealed->beside));
}

void answer_heartbeat(Exchange& x, ledger::Heartbeat heartbeat) {
  switch (heartbeat) {
    case ledger::Heartbeat::go_on:
      return x.json(200, wire::HeartbeatAnswer{.action = "continue"});
    case ledger::Heartbeat::cancel:
      return x.json(200, wire::HeartbeatAnswer{.action = "cancel"});
    case ledger::Heartbeat::lost:
      return x.problem("lease_lost");
    case ledger::Heartbeat::stopping:
      return x.fate(ledger::Fate::stopping);
  }
}

}  // namespace

void start_work(ExchangePtr x) {
  auto const lease = lease_in_path(*x);
  if (!lease) return;
  auto const asked = x->body<wire::FenceRequest>();
  if (!asked) return;
  report(x, domain::run::Start{.handle = handle_of(*x, *lease, asked->fence)}, {});
}

void heartbeat_work(ExchangePtr x) {
  auto const lease = lease_in_path(*x);
  if (!lease) return;
  auto const asked = x->body<wire::FenceRequest>();
  if (!asked) return;
  note_worker(*x);
  x->services.loop.heartbeat(handle_of(*x, *lease, asked->fence),
                             [x](ledger::Heartbeat heartbeat) { answer_heartbeat(*x, heartbeat); });
}

void complete_work(ExchangePtr x) {
  auto const lease = lease_in_path(*x);
  if (!lease) return;
  auto asked = x->body<wire::CompleteRequest>();
  if (!asked) return;
  bool const may_block = x->request.body.size() > kInlineBytesMax;
  if (!may_block) return complete(x, *lease, *asked);
  x->services.later([x, lease = *lease, asked = std::move(*asked)] { complete(x, lease, asked); });
}

void fail_work(ExchangePtr x) {
  auto const lease = lease_in_path(*x);
  if (!lease) return;
  auto const asked = x->body<wire::FailRequest>();
  if (!asked) return;
  domain::run::Fail command;
  command.code = redacted(asked->code, wire::kWorkCodeCharactersMax);
  command.detail = redacted(asked->detail, wire::kWorkDetailCharactersMax);
  command.handle = handle_of(*x, *lease, asked->fence);
  command.measured = measured(asked->elapsed_ms, asked->cost_usd);
  command.retry = asked->retry;
  report(x, std::move(command), {});
}

}  // namespace tally::api
