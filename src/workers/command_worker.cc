#include "workers/command_worker.h"

#include <algorithm>

#include "workers/command_worker_state.h"
#include "workers/receipt_text.h"

namespace tally::workers {
namespace {

// Answers after which the same call may be made again: it did not take effect, or if it did the
// repetition is answered as the first.
bool is_passing(Error const& error) {
  return error.code == "outcome_unknown" || error.code == "overloaded" || error.code == "halted";
}

ports::WorkFailure own_failure(std::string code, std::string detail, bool retry) {
  return {.code = std::move(code),
          .detail = std::move(detail),
          .retry = retry,
          .reported = std::nullopt,
          .elapsed = Duration(0),
          .sandbox = "none"};
}

// The code of a failure that the server asked for.
std::string code_of(ports::HeartbeatAnswer reason) {
  switch (reason) {
    case ports::HeartbeatAnswer::cancelled:
      return "cancelled";
    case ports::HeartbeatAnswer::cost_limit:
      return "cost_limit";
    case ports::HeartbeatAnswer::timeout:
      return "timeout";
    case ports::HeartbeatAnswer::stopped:
    case ports::HeartbeatAnswer::lost:
    case ports::HeartbeatAnswer::go_on:
      break;
  }
  return "stopped";
}

}  // namespace

CommandWorker::CommandWorker(ports::WorkQueue& queue, ports::JobRunner& runner,
                             ports::ReceiptStore& receipts, CommandWorkerOptions options)
    : queue_(queue),
      runner_(runner),
      receipts_(receipts),
      options_(std::move(options)),
      mailbox_(std::make_shared<Mailbox<Message>>(options_.wake)),
      lease_backoff_(options_.retry_first) {}

CommandWorker::~CommandWorker() = default;

void CommandWorker::step(Duration now) {
  now_ = now;
  for (auto& message : mailbox_->take_all())
    std::visit([this](auto& each) { take(each); }, message);
  for (auto& [key, execution] : executions_) tend(execution);
  for (auto& [key, inquiry] : inquiries_) tend(inquiry);
  ask_for_work();
}

std::optional<Duration> CommandWorker::next_due() const {
  std::optional<Duration> next;
  auto consider = [&next](Duration due) { next = next ? std::min(*next, due) : due; };
  for (auto const& [key, execution] : executions_) {
    bool waits = execution.phase != Phase::running && !execution.asked;
    if (waits) consider(execution.due);
    if (!execution.beating && !execution.lost) consider(execution.beat_due);
  }
  for (auto const& [key, inquiry] : inquiries_)
    if (!inquiry.asked && !executions_.contains(key)) consider(inquiry.due);
  bool const wants_work = leasing_ && !lease_asked_ && !options_.jobs.empty();
  if (wants_work && executions_.size() < options_.slots) consider(lease_due_);
  return next;
}

CommandWorker::Execution* CommandWorker::find(Key const& key) {
  auto at = executions_.find(key);
  return at != executions_.end() ? &at->second : nullptr;
}

template <class State>
void CommandWorker::retry_later(State& state) {
  state.due = now_ + state.backoff;
  state.backoff = std::min(state.backoff + state.backoff, options_.retry_max);
}

// A slot is an execution that is known here, whatever its phase: what cannot be reported is not
// followed by more of the same.
void CommandWorker::ask_for_work() {
  if (!leasing_ || lease_asked_ || now_ < lease_due_ || options_.jobs.empty()) return;
  if (executions_.size() >= options_.slots) return;
  std::vector<JobName> names(options_.jobs.begin(), options_.jobs.end());
  lease_asked_ = true;
  auto room = options_.slots - static_cast<std::uint32_t>(executions_.size());
  queue_.lease(std::move(names), room, options_.lease_wait,
               [box = mailbox_](Result<std::vector<ports::WorkItem>> items) {
                 box->put(Leased{std::move(items)});
               });
}

void CommandWorker::take(Leased& message) {
  lease_asked_ = false;
  if (!message.items) {
    lease_due_ = now_ + lease_backoff_;
    lease_backoff_ = std::min(lease_backoff_ + lease_backoff_, options_.retry_max);
    return;
  }
  lease_backoff_ = options_.retry_first;
  for (auto& item : *message.items) accept(std::move(item));
}

void CommandWorker::accept(ports::WorkItem item) {
  Execution execution;
  execution.key = {item.run, item.fence};
  execution.item = std::move(item);
  execution.due = now_;
  execution.beat_due = now_ + options_.heartbeat_every;
  execution.backoff = options_.retry_first;
  if (!leasing_) {  // given back with its attempt; who leases it next begins it
    execution.phase = Phase::reporting;
    execution.result = own_failure("stopped", "The server stops; the work had not begun.", true);
  } else if (auto const ready = runner_.ready(execution.item.job_hash); !ready) {
    execution.phase = Phase::reporting;
    execution.result = own_failure("job_unknown", ready.error().detail, true);
  }
  auto key = execution.key;
  executions_.try_emplace(key, std::move(execution));
}

void CommandWorker::tend(Execution& execution) {
  bool due = !execution.asked && now_ >= execution.due;
  if (execution.phase == Phase::starting && due) send_start(execution);
  if (execution.phase == Phase::reporting && due) send_report(execution);
  // While a report is under way its answer says all that a heartbeat could.
  bool reporting = execution.phase == Phase::reporting && execution.asked;
  if (!reporting && !execution.lost && !execution.beating && now_ >= execution.beat_due)
    send_heartbeat(execution);
}

void CommandWorker::send_start(Execution& execution) {
  execution.asked = true;
  queue_.start(execution.item.lease, execution.item.fence,
               [box = mailbox_, key = execution.key](Result<void> answer) {
                 box->put(Started{key, std::move(answer)});
               });
}

void CommandWorker::take(Started& message) {
  auto* execution = find(message.key);
  if (execution == nullptr) return;
  execution->asked = false;
  if (execution->lost) return forget(message.key);
  if (message.answer) return begin(*execution);
  if (!is_passing(message.answer.error())) return forget(message.key);
  retry_later(*execution);
}

void CommandWorker::begin(Execution& execution) {
  execution.backoff = options_.retry_first;
  if (execution.stop) {
    execution.phase = Phase::reporting;
    execution.due = now_;
    execution.result =
        own_failure(code_of(*execution.stop), "The work was stopped before it began.", false);
    return;
  }
  execution.phase = Phase::running;
  auto const& item = execution.item;
  ports::RunRequest request{item.run,        item.fence,   item.job,         item.job_hash,
                            item.input_json, item.timeout, item.traceparent, item.cost_limit};
  runner_.run(std::move(request), [box = mailbox_, key = execution.key](ports::RunResult result) {
    box->put(Finished{key, std::move(result)});
  });
}

void CommandWorker::take(Finished& message) {
  auto* execution = find(message.key);
  if (execution == nullptr) return;
  if (execution->lost) return forget(message.key);
  execution->result = std::move(message.result);
  execution->phase = Phase::reporting;
  execution->due = now_;
  keep_receipt(*execution);
}

// What cannot be proved later must not be reported as done now.
void CommandWorker::keep_receipt(Execution& execution) {
  auto const* receipt = std::get_if<ports::WorkReceipt>(&execution.result);
  if (receipt == nullptr) return;
  auto text = receipt_text(*receipt);
  auto kept = receipts_.write_receipt(execution.key.first, execution.key.second, as_bytes(text));
  if (kept) return;
  report_storage(kept.error(), execution.key.first, execution.item.traceparent);
  auto failure = own_failure("receipt_not_durable",
                             "The work ended well, but its receipt could not be stored.", false);
  failure.reported = receipt->reported;
  failure.elapsed = receipt->elapsed;
  failure.sandbox = receipt->sandbox;
  execution.result = std::move(failure);
}

void CommandWorker::report_storage(Error const& error, RunId run,
                                   std::string const& traceparent) const {
  auto report = ports::report_of(error);
  report.run = run;
  report.trace.correlation = correlation_in(traceparent).value_or(CorrelationId{});
  options_.errors.report<ErrorClass::infra_storage>(std::move(report));
}

void CommandWorker::send_report(Execution& execution) {
  execution.asked = true;
  auto answer = [box = mailbox_, key = execution.key](Result<void> result) {
    box->put(Reported{key, std::move(result)});
  };
  auto const& item = execution.item;
  if (auto const* receipt = std::get_if<ports::WorkReceipt>(&execution.result))
    return queue_.complete(item.lease, item.fence, *receipt, std::move(answer));
  auto failure = std::get<ports::WorkFailure>(execution.result);
  if (execution.stop) {
    failure.code = code_of(*execution.stop);
    failure.retry = *execution.stop == ports::HeartbeatAnswer::timeout;
  }
  queue_.fail(item.lease, item.fence, std::move(failure), std::move(answer));
}

void CommandWorker::take(Reported& message) {
  auto* execution = find(message.key);
  if (execution == nullptr) return;
  execution->asked = false;
  bool again = !message.answer && is_passing(message.answer.error()) && !execution->lost;
  if (again) return retry_later(*execution);
  // A receipt that cannot be removed is found again by nobody's order and does no harm.
  if (message.answer) (void)receipts_.remove(message.key.first, message.key.second);
  forget(message.key);
}

void CommandWorker::send_heartbeat(Execution& execution) {
  execution.beating = true;
  queue_.heartbeat(execution.item.lease, execution.item.fence,
                   [box = mailbox_, key = execution.key](ports::HeartbeatAnswer answer) {
                     box->put(Beaten{key, answer});
                   });
}

void CommandWorker::take(Beaten& message) {
  auto* execution = find(message.key);
  if (execution == nullptr) return;
  execution->beating = false;
  execution->beat_due = now_ + options_.heartbeat_every;
  if (execution->phase == Phase::reporting && execution->asked) return;
  if (message.answer == ports::HeartbeatAnswer::lost) return lose(*execution);
  if (message.answer != ports::HeartbeatAnswer::go_on) stop(*execution, message.answer);
}

// The first reason counts.
void CommandWorker::stop(Execution& execution, ports::HeartbeatAnswer reason) {
  if (execution.stop || execution.lost || execution.phase == Phase::reporting) return;
  execution.stop = reason;
  if (execution.phase == Phase::running) runner_.cancel(execution.key.first, execution.key.second);
}

void CommandWorker::stop(RunId run, std::uint64_t fence, ports::HeartbeatAnswer reason) {
  mailbox_->put(ToldToStop{{run, fence}, reason});
}

void CommandWorker::take(ToldToStop& message) {
  if (auto* execution = find(message.key)) stop(*execution, message.reason);
}

// The execution stays known until nothing of it can act any more: its process is dead, its start
// is answered. A receipt on disk stays for the reconcile order.
void CommandWorker::lose(Execution& execution) {
  execution.lost = true;
  if (execution.phase == Phase::running)
    runner_.cancel(execution.key.first, execution.key.second);
  else if (!execution.asked)
    forget(execution.key);
}

void CommandWorker::forget(Key const& key) { executions_.erase(key); }

void CommandWorker::reconcile(RunId run, std::uint64_t fence) {
  mailbox_->put(ReconcileOrder{{run, fence}});
}

void CommandWorker::take(ReconcileOrder& message) {
  if (inquiries_.size() >= kReconcilesMax) return;
  Inquiry inquiry{message.key, false, now_, options_.retry_first};
  inquiries_.try_emplace(message.key, inquiry);
  auto* execution = find(message.key);
  if (execution != nullptr && !execution->lost) lose(*execution);
}

void CommandWorker::tend(Inquiry& inquiry) {
  if (inquiry.asked || now_ < inquiry.due || find(inquiry.key) != nullptr) return;
  send_evidence(inquiry);
}

void CommandWorker::send_evidence(Inquiry& inquiry) {
  auto [run, fence] = inquiry.key;
  auto stored = receipts_.read_receipt(run, fence);
  // Unreadable is no evidence at all; it may read well in a moment.
  if (!stored) {
    report_storage(stored.error(), run, {});
    return retry_later(inquiry);
  }
  ports::ReconcileEvidence evidence;
  evidence.state = stored->state;
  if (stored->state == ports::ReceiptState::valid)
    evidence.receipt = parse_receipt(as_text(stored->content));
  evidence.has_result = evidence.receipt.has_value();
  if (stored->state == ports::ReceiptState::valid && !evidence.receipt)
    evidence.state = ports::ReceiptState::damaged;
  inquiry.asked = true;
  queue_.reconcile(run, fence, std::move(evidence),
                   [box = mailbox_, key = inquiry.key](Result<void> answer) {
                     box->put(Reconciled{key, std::move(answer)});
                   });
}

void CommandWorker::take(Reconciled& message) {
  auto at = inquiries_.find(message.key);
  if (at == inquiries_.end()) return;
  at->second.asked = false;
  if (!message.answer && is_passing(message.answer.error())) return retry_later(at->second);
  if (message.answer) (void)receipts_.remove(message.key.first, message.key.second);
  inquiries_.erase(at);
}

}  // namespace tally::workers
