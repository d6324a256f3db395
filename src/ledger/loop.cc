#include "ledger/loop.h"

#include "ledger/loop_state.h"

namespace tally::ledger {

Loop::State::State(Start start, World the_world, LoopOptions the_options)
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
  began = now;
  begin_rounds(now);
  rests_announced = {state.ledger.work_clock.at(now), RunId()};
  state.runs.each([&](RunId id, domain::run::Row const& row) {
    bool const over =
        options.command_leases_end_with_process && row.runner == domain::run::Runner::command;
    bool const leased =
        row.phase == domain::run::Phase::leased || row.phase == domain::run::Phase::running;
    if (leased && over) liveness_of(id).end_with_process(id, now);
    if (leased && !over) liveness_of(id).renew(id, now, lease_of(id, now));
    if (row.phase == domain::run::Phase::reconciling) reminders.emplace(now, id);
  });
  for (auto const& [job, waiting] : state.queue.waiting) open.orders.emplace_back(WorkWaits{job});
  find_running_to_stop();
  digest.update(state);
}

void Loop::State::put(Lane lane, Inbox::Item item) {
  Inbox::Put const put = inbox.put(lane, item);
  if (put == Inbox::Put::taken) {
    world.wake();
    return;
  }
  PostStatus const fate = put == Inbox::Put::full ? PostStatus::overloaded : PostStatus::stopping;
  if (fate == PostStatus::overloaded) shared.with([](Volatile& v) { ++v.counts.overloaded; });
  refuse(item, fate);
}

void Loop::State::refuse(Inbox::Item& item, PostStatus fate) {
  if (item.request) {
    Answer answer;
    answer.fate = fate;
    item.request->done(std::move(answer));
  } else {
    item.question(fate);
  }
}

void Loop::State::take_inbox() {
  while (!full()) {
    auto item = inbox.take();
    if (!item) return;
    if (item->request)
      decide(std::move(*item->request));
    else
      item->question(PostStatus::decided);
  }
}

Loop::Loop(Start start, World world, LoopOptions options)
    : state_(std::make_unique<State>(std::move(start), std::move(world), options)) {}
Loop::~Loop() = default;

void Loop::post(Lane lane, Request request) {
  TenantId const tenant = request.origin.tenant;
  state_->put(lane, {.request = std::move(request), .question = {}, .tenant = tenant});
}

void Loop::read_run(TenantId tenant, RunId run, Duration wait,
                    std::function<void(RunReading)> done) {
  auto question = [this, tenant, run, wait, done = std::move(done)](PostStatus fate) mutable {
    if (fate != PostStatus::decided)
      done({.fate = fate, .row = {}});
    else
      state_->wait_for(tenant, run, wait, std::move(done));
  };
  state_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::find_run(RunId run, std::function<void(RunReading)> done) {
  auto question = [this, run, done = std::move(done)](PostStatus fate) mutable {
    if (fate != PostStatus::decided)
      done({.fate = fate, .row = {}});
    else
      state_->read(run, std::move(done));
  };
  state_->put(Lane::finish, {.request = {}, .question = std::move(question), .tenant = {}});
}

void Loop::find_answer(TenantId tenant, Digest key, std::function<void(AnswerReading)> done) {
  auto question = [this, key, done = std::move(done)](PostStatus fate) mutable {
    if (fate != PostStatus::decided)
      done({.fate = fate, .seq = {}});
    else
      state_->read_answer(key, std::move(done));
  };
  state_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::read_budget(TenantId tenant, std::function<void(BudgetReading)> done) {
  auto question = [this, tenant, done = std::move(done)](PostStatus fate) mutable {
    if (fate != PostStatus::decided)
      done({.fate = fate, .tenant = {}});
    else
      state_->read_tenant(tenant, std::move(done));
  };
  state_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::heartbeat(domain::run::Handle handle, std::function<void(Heartbeat)> done) {
  TenantId const tenant = handle.tenant.value_or(TenantId());
  auto question = [this, handle, done = std::move(done)](PostStatus fate) mutable {
    Heartbeat const stopping{.action = Heartbeat::Action::stopping, .reason = {}, .remaining = {}};
    if (fate != PostStatus::decided) return done(stopping);
    Heartbeat const heard = state_->heard(handle);
    state_->open.replies.push_back([done = std::move(done), heard, stopping](PostStatus later) {
      done(later == PostStatus::decided ? heard : stopping);
    });
  };
  state_->put(Lane::finish, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::read_queue(std::function<void(std::vector<QueuedRuns>)> done) {
  auto question = [this, done = std::move(done)](PostStatus fate) {
    if (fate == PostStatus::decided) done(state_->queued_runs());
  };
  state_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = {}});
}

void Loop::read_tenants(std::function<void(std::vector<TenantFigures>)> done) {
  auto question = [this, done = std::move(done)](PostStatus fate) {
    if (fate == PostStatus::decided) done(state_->tenant_figures());
  };
  state_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = {}});
}

std::shared_ptr<Directory const> Loop::directory() const {
  return state_->shared.with([](auto const& v) { return v.directory; });
}

LoopCounts Loop::counts() const {
  return state_->shared.with([](auto const& v) { return v.counts; });
}

Instant Loop::now() const { return state_->clock.read(); }

void Loop::begin_stop() {
  state_->shared.with([](auto& v) { v.stopping = true; });
  for (Inbox::Item& item : state_->inbox.close()) State::refuse(item, PostStatus::stopping);
  state_->world.wake();
}

bool Loop::idle() const {
  // In this order: what left the inbox is in a step, and a step under way is not idle.
  return state_->inbox.empty() && state_->shared.with([](auto const& v) { return v.idle; });
}

bool Loop::nobody_waits() const { return state_->inbox.empty(); }

Duration Loop::step() {
  State& in = *state_;
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
