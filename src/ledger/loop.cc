#include "ledger/loop.h"

#include "ledger/loop_inside.h"

namespace tally::ledger {

Loop::Inside::Inside(Start start, World the_world, LoopOptions the_options)
    : world(std::move(the_world)),
      options(the_options),
      state(std::move(start.state)),
      tree(std::move(start.tree)),
      epoch(start.epoch),
      inbox(options.lane_requests_max),
      clock(world.clock, state.ledger.at),
      builder(state, tree, world.entropy),
      digest(std::move(start.digest)) {
  newest_directory = Directory::of(state);
  shared.with([&](Volatile& v) { v.directory = newest_directory; });
  Instant const now = clock.now();
  // Nobody could report while no server was there: a limit that passed meanwhile waits as well.
  begin_rounds(now);
  rests_announced = {state.ledger.work_clock.at(now), RunId()};
  state.runs.each([&](RunId id, domain::run::Row const& row) {
    bool const over =
        options.command_leases_end_with_process && row.runner == domain::run::Runner::command;
    if (row.phase == domain::run::Phase::leased || row.phase == domain::run::Phase::running)
      liveness.renew(id, now, over ? Duration(0) : lease_of(id, now));
    if (row.phase == domain::run::Phase::reconciling) reminders.emplace(now, id);
  });
  for (auto const& [job, waiting] : state.queue.waiting) open.orders.emplace_back(WorkWaits{job});
  find_running_to_stop();
  digest.update(state);
}

void Loop::Inside::put(Lane lane, Inbox::Item item) {
  Inbox::Put const put = inbox.put(lane, item);
  if (put == Inbox::Put::taken) {
    world.wake();
    return;
  }
  Fate const fate = put == Inbox::Put::full ? Fate::overloaded : Fate::stopping;
  if (fate == Fate::overloaded) shared.with([](Volatile& v) { ++v.counts.overloaded; });
  refuse(item, fate);
}

void Loop::Inside::refuse(Inbox::Item& item, Fate fate) {
  if (item.request) {
    Answer answer;
    answer.fate = fate;
    item.request->done(std::move(answer));
  } else {
    item.question(fate);
  }
}

void Loop::Inside::take_inbox() {
  while (!full()) {
    auto item = inbox.take();
    if (!item) return;
    if (item->request)
      decide(std::move(*item->request));
    else
      item->question(Fate::decided);
  }
}

Loop::Loop(Start start, World world, LoopOptions options)
    : inside_(std::make_unique<Inside>(std::move(start), std::move(world), options)) {}
Loop::~Loop() = default;

void Loop::post(Lane lane, Request request) {
  TenantId const tenant = request.origin.tenant;
  inside_->put(lane, {.request = std::move(request), .question = {}, .tenant = tenant});
}

void Loop::read_run(TenantId tenant, RunId run, Duration wait,
                    std::function<void(RunReading)> done) {
  auto question = [this, tenant, run, wait, done = std::move(done)](Fate fate) mutable {
    if (fate != Fate::decided)
      done({.fate = fate, .row = {}});
    else
      inside_->wait_for(tenant, run, wait, std::move(done));
  };
  inside_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::find_run(RunId run, std::function<void(RunReading)> done) {
  auto question = [this, run, done = std::move(done)](Fate fate) mutable {
    if (fate != Fate::decided)
      done({.fate = fate, .row = {}});
    else
      inside_->read(run, std::move(done));
  };
  inside_->put(Lane::finish, {.request = {}, .question = std::move(question), .tenant = {}});
}

void Loop::find_answer(TenantId tenant, Digest key, std::function<void(AnswerReading)> done) {
  auto question = [this, key, done = std::move(done)](Fate fate) mutable {
    if (fate != Fate::decided)
      done({.fate = fate, .seq = {}});
    else
      inside_->read_answer(key, std::move(done));
  };
  inside_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::read_budget(TenantId tenant, std::function<void(BudgetReading)> done) {
  auto question = [this, tenant, done = std::move(done)](Fate fate) mutable {
    if (fate != Fate::decided)
      done({.fate = fate, .tenant = {}});
    else
      inside_->read_tenant(tenant, std::move(done));
  };
  inside_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::heartbeat(domain::run::Handle handle, std::function<void(Heartbeat)> done) {
  TenantId const tenant = handle.tenant.value_or(TenantId());
  auto question = [this, handle, done = std::move(done)](Fate fate) mutable {
    Heartbeat const stopping{.action = Heartbeat::Action::stopping, .reason = {}, .remaining = {}};
    if (fate != Fate::decided) return done(stopping);
    Heartbeat const heard = inside_->heard(handle);
    inside_->open.replies.push_back([done = std::move(done), heard, stopping](Fate later) {
      done(later == Fate::decided ? heard : stopping);
    });
  };
  inside_->put(Lane::finish, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::read_queue(std::function<void(std::vector<QueuedRuns>)> done) {
  auto question = [this, done = std::move(done)](Fate fate) {
    if (fate == Fate::decided) done(inside_->queued_runs());
  };
  inside_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = {}});
}

void Loop::read_tenants(std::function<void(std::vector<TenantFigures>)> done) {
  auto question = [this, done = std::move(done)](Fate fate) {
    if (fate == Fate::decided) done(inside_->tenant_figures());
  };
  inside_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = {}});
}

std::shared_ptr<Directory const> Loop::directory() const {
  return inside_->shared.with([](auto const& v) { return v.directory; });
}

LoopCounts Loop::counts() const {
  return inside_->shared.with([](auto const& v) { return v.counts; });
}

Instant Loop::now() const { return inside_->clock.read(); }

void Loop::begin_stop() {
  inside_->shared.with([](auto& v) { v.stopping = true; });
  for (Inbox::Item& item : inside_->inbox.close()) Inside::refuse(item, Fate::stopping);
  inside_->world.wake();
}

bool Loop::idle() const {
  // In this order: what left the inbox is in a step, and a step under way is not idle.
  return inside_->inbox.empty() && inside_->shared.with([](auto const& v) { return v.idle; });
}

bool Loop::nobody_waits() const { return inside_->inbox.empty(); }

Duration Loop::step() {
  Inside& in = *inside_;
  if (in.failed) return kIdle;
  in.complete();
  if (in.failed) return kIdle;
  Instant const now = in.clock.now();
  in.note_clock_step();
  in.take_inbox();
  in.stop_running();
  in.decide_due(now);
  in.end_hopeless(now);
  in.announce_rested(now);
  in.remind(now);
  in.archive(now);
  in.end_waits(now);
  in.flush(now);
  in.note_counts();
  return in.until_next(now);
}

}  // namespace tally::ledger
