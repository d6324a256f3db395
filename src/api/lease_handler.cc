// POST /v1/work/lease. Asks the loop once for each run that the worker wants, all at once; when
// there is none, waits for word of work and asks again, until the worker's patience ends. A lease
// whose answer cannot be delivered simply expires: nothing was started.

#include <atomic>

#include "api/admission.h"
#include "api/handlers.h"
#include "api/route_of.h"
#include "views/work_view.h"
#include "wire/endpoints.h"
#include "wire/work_messages.h"

namespace tally::api {

namespace {

constexpr std::string_view kPollAgainAfter = "1";  // seconds; for whom there is no place to wait

struct LeaseCall : std::enable_shared_from_this<LeaseCall> {
  LeaseCall(ExchangePtr exchange, wire::LeaseRequest asked_for)
      : x(std::move(exchange)), asked(std::move(asked_for)) {}

  ExchangePtr x;
  wire::LeaseRequest asked;
  Duration until;

  struct Round {
    std::vector<ledger::Answer> answers;
    std::size_t open = 0;
  };
  Mutex<Round> round;
  std::uint64_t seen = 0;
  std::atomic<bool> woken = false;  // since the last answer of the loop

  void ask();
  void ask_again();
  void collect(ledger::Answer answer);
  void settle(std::vector<ledger::Answer> answers);
  void wait_for_work();
  void leave();
  void answer(std::vector<ledger::Answer> answers);
};

bool is_lease(ledger::Answer const& answer) {
  return answer.fate == ledger::PostStatus::decided && answer.entry && answer.row &&
         std::holds_alternative<domain::Done>(answer.reply);
}

// Only of jobs that there are: names that somebody makes up fill no memory.
void note_asked(Exchange& x, std::vector<JobName> const& asked) {
  auto const directory = x.services.loop.directory();
  std::vector<JobName> known;
  for (JobName const& job : asked)
    if (directory->jobs.contains(job)) known.push_back(job);
  x.services.polls.asked(known, x.caller().tenant, x.services.clock.monotonic());
}

void LeaseCall::ask() {
  auto const wanted = static_cast<std::size_t>(asked.max);
  seen = x->services.waits.seen(asked.jobs);
  note_asked(*x, asked.jobs);
  round.with([&](Round& r) { r = {.answers = {}, .open = wanted}; });
  for (std::size_t i = 0; i < wanted; ++i) {
    domain::run::Lease command;
    command.jobs = asked.jobs;
    command.tenant = x->caller().tenant;
    command.worker = "worker:" + to_text(x->caller().key);
    x->services.loop.post(ledger::Lane::start,
                          {.command = domain::run::Commands(std::move(command)),
                           .enclosure = {},
                           .origin = x->origin(),
                           .done = [self = shared_from_this()](ledger::Answer answer) {
                             self->collect(std::move(answer));
                           }});
  }
}

// After a wait the key may be revoked or expired. Whoever may not have the work passes on the word
// of it, which has reached no other.
void LeaseCall::ask_again() {
  woken = true;
  if (is_still_admitted(*x)) return ask();
  for (auto const& job : asked.jobs) x->services.waits.available(job);
}

void LeaseCall::collect(ledger::Answer answer) {
  auto complete = round.with([&](Round& r) -> std::optional<std::vector<ledger::Answer>> {
    r.answers.push_back(std::move(answer));
    if (--r.open > 0) return std::nullopt;
    return std::move(r.answers);
  });
  if (complete) settle(std::move(*complete));
}

void LeaseCall::settle(std::vector<ledger::Answer> answers) {
  std::vector<ledger::Answer> leases;
  std::optional<ledger::Answer> other;
  for (auto& answer : answers) {
    if (is_lease(answer)) {
      leases.push_back(std::move(answer));
    } else if (!std::holds_alternative<domain::NoWork>(answer.reply) ||
               answer.fate != ledger::PostStatus::decided) {
      other = std::move(answer);
    }
  }
  if (!leases.empty()) return answer(std::move(leases));
  if (other && other->fate != ledger::PostStatus::decided) return x->fate(other->fate);
  if (other) {
    if (auto const* refusal = std::get_if<domain::Refusal>(&other->reply))
      return x->refuse(*refusal);
    return x->broken("a lease decision left neither event nor refusal");
  }
  wait_for_work();
}

void LeaseCall::wait_for_work() {
  if (woken.exchange(false)) x->services.waits.pass_on(asked.jobs, x->caller().tenant);
  if (x->services.clock.monotonic() >= until) return x->json(200, wire::LeaseAnswer{});
  auto const self = shared_from_this();
  auto const waiting = x->services.waits.wait(seen, {.tenant = x->caller().tenant,
                                                     .jobs = asked.jobs,
                                                     .until = until,
                                                     .gone = [self] { return self->x->gone(); },
                                                     .wake = [self] { self->ask_again(); },
                                                     .left = [self] { self->leave(); }});
  // Off the loop's thread: a full lane answers at once, which would come back here.
  if (waiting == WorkWaits::Wait::try_again)
    x->later(TaskLane::lease, [self] { self->ask_again(); });
  // There is no work, and no place to wait for it.
  if (waiting == WorkWaits::Wait::full)
    x->json(200, wire::LeaseAnswer{}, {{"retry-after", std::string(kPollAgainAfter)}});
}

// Who hung up while it waited has taken no work with it.
void LeaseCall::leave() {
  x->services.metrics.add(metrics::kTable.polls_hung_up, 1);
  x->json(200, wire::LeaseAnswer{});
}

Result<json::Value> input_of(Services const& services, domain::run::Row const& row) {
  TRY(first, services.reader.entry(row.submit_seq));
  auto const* group = std::get_if<domain::run::Events>(&first.recorded.event);
  auto const* submitted = group ? std::get_if<domain::run::Submitted>(group) : nullptr;
  if (submitted == nullptr) return fail("index_damaged", "the run's first event is another");
  TRY(plain, services.payloads.open(row.tenant, submitted->input, first.enclosure));
  return json::parse(plain);
}

// What cannot be opened is nobody's work: the lease is given back at once, so that the run rests,
// and ends when that has happened often enough.
void give_back(Exchange& x, ledger::Answer const& lease, Error const& error) {
  x.note_storage(error);
  auto const& row = *lease.row;
  domain::run::Fail command;
  command.code = "input_unreadable";
  command.detail = error.detail;
  command.handle = {
      .fence = row.fence, .lease = row.lease.value_or(LeaseId()), .tenant = std::nullopt};
  x.services.loop.post(ledger::Lane::finish, {.command = domain::run::Commands(std::move(command)),
                                              .enclosure = {},
                                              .origin = x.origin(),
                                              .done = [](ledger::Answer const&) {}});
}

std::optional<wire::WorkItem> item_of(Exchange& x, ledger::Answer const& lease) {
  auto& services = x.services;
  auto const& row = *lease.row;
  auto const run = lease.entry->recorded.header.run;
  auto input = input_of(services, row);
  if (!run || !input) {
    if (!input) give_back(x, lease, input.error());
    return std::nullopt;
  }
  auto const& event =
      std::get<domain::run::Leased>(std::get<domain::run::Events>(lease.entry->recorded.event));
  auto const trace = row.correlation.value_or(x.trace.id);
  return views::work_view({.run = *run,
                           .row = row,
                           .input = std::move(*input),
                           .leased_at = lease.entry->recorded.header.at,
                           .expires_at = lease.entry->recorded.header.at + event.lease_period,
                           .traceparent = traceparent(trace, fresh_span(services.entropy))});
}

void LeaseCall::answer(std::vector<ledger::Answer> answers) {
  // Where one was, there may be more: pass the word on.
  for (auto const& job : asked.jobs) x->services.waits.available(job);
  x->tell([self = shared_from_this(), answers = std::move(answers)] {
    if (!is_still_admitted(*self->x)) return;
    wire::LeaseAnswer view;
    for (auto const& answer : answers) {
      if (auto item = item_of(*self->x, answer)) view.work.push_back(std::move(*item));
    }
    self->x->json(200, view);
  });
}

void lease_work(ExchangePtr x, wire::LeaseRequest asked) {
  x->services.metrics.set(metrics::kTable.worker_last_heartbeat, x->services.clock.wall(),
                          x->caller().key);
  auto const lending = std::make_shared<LeaseCall>(x, std::move(asked));
  lending->until = x->services.clock.monotonic() + seconds(lending->asked.wait_s);
  lending->ask();
}

}  // namespace

std::vector<Route> lease_routes() {
  return {
      route<wire::kLeaseWork, lease_work>(RateClass::work),
  };
}

}  // namespace tally::api
