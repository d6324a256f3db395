#include "server/wiring/local_work.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/wiring/port_words.h"

namespace tally::wiring {

namespace {

domain::run::Handle handle(LeaseId lease, std::uint64_t fence) {
  return {.fence = static_cast<std::int64_t>(fence), .lease = lease, .tenant = std::nullopt};
}

// What a receipt and a failure both say.
domain::run::Measured measured(auto const& report) {
  return {.elapsed = report.elapsed,
          .reported = report.reported,
          .rounded_up = report.rounded_up,
          .sandbox = report.sandbox};
}

// How a decision reads to a worker.
Result<void> to_result(ledger::Answer const& answer) {
  switch (answer.fate) {
    case ledger::PostStatus::decided:
      break;
    case ledger::PostStatus::overloaded:
    case ledger::PostStatus::stopping:
      return fail("overloaded", "the server takes nothing at the moment");
    case ledger::PostStatus::unknown:
      return fail("outcome_unknown", "the log could not be written");
  }
  if (auto const* refusal = std::get_if<domain::Refusal>(&answer.reply))
    return fail(std::string(name_of(refusal->code)), refusal->detail);
  return {};
}

}  // namespace

ports::HeartbeatAnswer to_answer(domain::run::StopReason reason) {
  switch (reason) {
    case domain::run::StopReason::cancelled:
      return ports::HeartbeatAnswer::cancelled;
    case domain::run::StopReason::cost_limit:
      return ports::HeartbeatAnswer::cost_limit;
    case domain::run::StopReason::stopped:
      return ports::HeartbeatAnswer::stopped;
    case domain::run::StopReason::timeout:
      return ports::HeartbeatAnswer::timeout;
  }
  return ports::HeartbeatAnswer::stopped;
}

void LocalWork::remember(LeaseId lease, Known known) {
  shared_.with([&](Shared& shared) {
    shared.known.insert_or_assign(lease, std::move(known));
    shared.order.push_back(lease);
    if (shared.order.size() <= kKnownMax) return;
    shared.known.erase(shared.order.front());
    shared.order.pop_front();
  });
}

std::optional<LocalWork::Known> LocalWork::known(LeaseId lease) const {
  return shared_.with([&](Shared const& shared) -> std::optional<Known> {
    auto at = shared.known.find(lease);
    if (at == shared.known.end()) return std::nullopt;
    return at->second;
  });
}

ledger::Origin LocalWork::origin(CorrelationId correlation) const {
  std::array<std::uint8_t, 8> span{};
  entropy_.fill(span);
  return {
      .actor = "worker:" + name_, .correlation = correlation, .span = SpanId(span), .tenant = {}};
}

Result<ports::WorkItem> LocalWork::item(ledger::Answer const& answer) {
  domain::run::Row const& row = *answer.row;
  TRY(entry, reader_.entry(row.submit_seq));
  auto const& submitted =
      std::get<domain::run::Submitted>(std::get<domain::run::Events>(entry.recorded.event));
  Result<std::string> opened = "null";  // of a run without an input
  if (domain::run::has_input(submitted))
    opened = payloads_.open(row.tenant, submitted.input, entry.enclosure);
  TRY(input, std::move(opened));
  auto const correlation = row.correlation.value_or(CorrelationId{});
  remember(*row.lease, {.run = submitted.run, .tenant = row.tenant, .correlation = correlation});
  std::array<std::uint8_t, 8> span{};
  entropy_.fill(span);
  return ports::WorkItem{
      .lease = *row.lease,
      .fence = static_cast<std::uint64_t>(row.fence),
      .run = submitted.run,
      .tenant = row.tenant,
      .job = row.job,
      .job_hash = row.job_hash.digest(),
      .input_json = std::move(input),
      .timeout = row.timeout,
      .attempt = static_cast<std::uint32_t>(row.attempt),
      .traceparent = fmt::format("00-{}-{}-01", to_text(correlation), to_hex(span)),
      .cost_limit = domain::run::time_for(row.price, row.hold.amount, row.cost_so_far)};
}

void LocalWork::lease(std::vector<JobName> jobs, std::uint32_t max, Duration wait,
                      std::function<void(Result<std::vector<ports::WorkItem>>)> done) {
  auto visit = std::make_shared<Visit>();
  visit->jobs = std::move(jobs);
  visit->max = max;
  visit->until = clock_.monotonic() + wait;
  visit->done = std::move(done);
  ask(std::move(visit));
}

void LocalWork::ask(std::shared_ptr<Visit> visit) {
  if (shared_.with([](Shared const& shared) { return shared.stopped; }))
    return finish(*visit, std::nullopt);
  asked_(visit->jobs);
  domain::run::Lease command{.jobs = visit->jobs, .tenant = tenant_, .worker = name_};
  loop_.post(ledger::Lane::start, {.command = domain::run::Commands(std::move(command)),
                                   .enclosure = {},
                                   .origin = origin(CorrelationId{}),
                                   .done = [this, visit = std::move(visit)](ledger::Answer answer) {
                                     take(visit, std::move(answer));
                                   }});
}

void LocalWork::take(std::shared_ptr<Visit> const& visit, ledger::Answer answer) {
  if (auto told = to_result(answer); !told) return finish(*visit, told.error());
  if (!answer.entry) {  // no work
    bool const may_wait = visit->got.empty() && visit->until > clock_.monotonic();
    // Orders come on this same thread, after this answer: no word of work is lost in between.
    bool const waits = shared_.with([&](Shared& shared) {
      if (may_wait && !shared.stopped) shared.waiting = visit;
      return may_wait && !shared.stopped;
    });
    if (!waits) finish(*visit, std::nullopt);
    return;
  }
  auto one = item(answer);
  if (!one) {
    report_payload(one.error(), *answer.row, *answer.entry);
    give_back(*answer.row, one.error());
    return ask(visit);  // that run rests now; there may be others
  }
  visit->got.push_back(std::move(*one));
  if (visit->got.size() >= visit->max) return finish(*visit, std::nullopt);
  ask(visit);
}

// Nobody can work on what cannot be opened.
void LocalWork::give_back(domain::run::Row const& row, Error const& error) {
  domain::run::Fail command;
  command.code = "input_unreadable";
  command.detail = error.detail;
  command.handle = {
      .fence = row.fence, .lease = row.lease.value_or(LeaseId()), .tenant = std::nullopt};
  post(std::move(command), {}, row.correlation.value_or(CorrelationId{}), [](Result<void>) {});
}

void LocalWork::report_payload(Error const& error, domain::run::Row const& row,
                               ledger::Entry const& entry) const {
  auto report = ports::report_of(error);
  report.run = entry.recorded.header.run;
  report.tenant = row.tenant;
  report.trace.correlation = entry.recorded.header.correlation.value_or(CorrelationId{});
  errors_.report<ErrorClass::infra_storage>(std::move(report));
}

void LocalWork::finish(Visit& visit, std::optional<Error> fault) {
  if (visit.got.empty() && fault)
    visit.done(tl::unexpected<Error>(std::move(*fault)));
  else
    visit.done(std::move(visit.got));
}

void LocalWork::work_available(JobName const& job) {
  auto visit = shared_.with([&](Shared& shared) -> std::shared_ptr<Visit> {
    bool const wanted = shared.waiting &&
                        std::ranges::find(shared.waiting->jobs, job) != shared.waiting->jobs.end();
    return wanted ? std::exchange(shared.waiting, nullptr) : nullptr;
  });
  if (visit) ask(std::move(visit));
}

void LocalWork::stop_leasing() {
  auto const visit = shared_.with([](Shared& shared) {
    shared.stopped = true;
    return std::exchange(shared.waiting, nullptr);
  });
  if (visit) finish(*visit, std::nullopt);
}

void LocalWork::tick() {
  Duration const now = clock_.monotonic();
  auto visit = shared_.with([&](Shared& shared) -> std::shared_ptr<Visit> {
    bool const over = shared.waiting && shared.waiting->until <= now;
    return over ? std::exchange(shared.waiting, nullptr) : nullptr;
  });
  if (visit) finish(*visit, std::nullopt);
}

void LocalWork::post(domain::run::Commands command, Bytes enclosure, CorrelationId correlation,
                     std::function<void(Result<void>)> done) {
  loop_.post(ledger::Lane::finish, {.command = std::move(command),
                                    .enclosure = std::move(enclosure),
                                    .origin = origin(correlation),
                                    .done = [done = std::move(done)](ledger::Answer answer) {
                                      done(to_result(answer));
                                    }});
}

void LocalWork::start(LeaseId lease, std::uint64_t fence, std::function<void(Result<void>)> done) {
  auto const run = known(lease);
  post(domain::run::Start{handle(lease, fence)}, {}, run ? run->correlation : CorrelationId{},
       std::move(done));
}

void LocalWork::heartbeat(LeaseId lease, std::uint64_t fence,
                          std::function<void(ports::HeartbeatAnswer)> done) {
  loop_.heartbeat(handle(lease, fence), [done = std::move(done)](ledger::Heartbeat const& heard) {
    using Action = ledger::Heartbeat::Action;
    if (heard.action == Action::lost) return done(ports::HeartbeatAnswer::lost);
    if (heard.action == Action::stop && heard.reason) return done(to_answer(*heard.reason));
    done(ports::HeartbeatAnswer::go_on);
  });
}

void LocalWork::complete(LeaseId lease, std::uint64_t fence, ports::WorkReceipt receipt,
                         std::function<void(Result<void>)> done) {
  auto const run = known(lease);
  if (!run) return done(tally::fail("lease_lost", "this worker never held that lease"));
  auto sealed = payloads_.seal(run->tenant, "result",
                               api::result_subject(lease, static_cast<std::int64_t>(fence)),
                               receipt.result_json);
  if (!sealed)
    return done(
        tally::fail("overloaded", "the result cannot be kept now", sealed.error().internal));
  domain::run::Complete command;
  command.handle = handle(lease, fence);
  command.measured = measured(receipt);
  command.result = std::move(sealed->enclosure);
  post(std::move(command), std::move(sealed->inline_bytes), run->correlation, std::move(done));
}

void LocalWork::fail(LeaseId lease, std::uint64_t fence, ports::WorkFailure failure,
                     std::function<void(Result<void>)> done) {
  auto const run = known(lease);
  domain::run::Fail command;
  command.code = std::move(failure.code);
  command.detail = std::move(failure.detail);
  command.handle = handle(lease, fence);
  command.measured = measured(failure);
  command.retry = failure.retry;
  Bytes inline_bytes;
  if (run && !failure.stderr_tail.empty()) {
    // What cannot be kept is no reason to keep the report back.
    auto sealed = payloads_.seal(run->tenant, "stderr",
                                 api::result_subject(lease, static_cast<std::int64_t>(fence)),
                                 failure.stderr_tail);
    if (sealed) {
      command.stderr_tail = std::move(sealed->enclosure);
      inline_bytes = std::move(sealed->inline_bytes);
    }
  }
  post(std::move(command), std::move(inline_bytes), run ? run->correlation : CorrelationId{},
       std::move(done));
}

void LocalWork::reconcile(RunId run, std::uint64_t fence, ports::ReconcileEvidence evidence,
                          std::function<void(Result<void>)> done) {
  loop_.find_run(run, [this, run, fence, evidence = std::move(evidence),
                       done = std::move(done)](ledger::RunReading reading) mutable {
    if (!reading.row) return done(tally::fail("lease_lost", "no such run"));
    domain::run::Reconcile command;
    command.fence = static_cast<std::int64_t>(fence);
    command.run = run;
    command.receipt = to_domain(evidence.state);
    Bytes in_frame;
    if (evidence.receipt) {
      command.measured = measured(*evidence.receipt);
      if (evidence.has_result) {
        auto sealed = payloads_.seal(reading.row->tenant, "reconciled",
                                     fmt::format("{}|{}", to_text(run), fence),
                                     evidence.receipt->result_json);
        if (!sealed)
          return done(
              tally::fail("overloaded", "the result cannot be kept now", sealed.error().internal));
        command.result = std::move(sealed->enclosure);
        in_frame = std::move(sealed->inline_bytes);
      }
    }
    post(std::move(command), std::move(in_frame),
         reading.row->correlation.value_or(CorrelationId{}), std::move(done));
  });
}

}  // namespace tally::wiring
