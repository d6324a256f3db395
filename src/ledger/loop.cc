#include "ledger/loop.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/frame_builder.h"
#include "ledger/inbox.h"
#include "ledger/ledger_clock.h"
#include "ledger/liveness.h"

namespace tally::ledger {

namespace {

constexpr std::size_t kDueAtOnce = 256;   // deadlines decided in one step
constexpr Duration kNotNow = seconds(1);  // before a deadline that led to nothing is asked again
constexpr Duration kReconcileReminder = seconds(60);  // an order to reconcile that nobody answered
constexpr Duration kArchiveEvery = seconds(10);
constexpr std::size_t kArchiveAtOnce = 1000;  // runs or keys that leave memory in one event
constexpr Duration kIdle = hours(1);

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

bool is_checkpoint(domain::Event const& event) {
  auto const* chronicle = std::get_if<domain::ChronicleEvent>(&event);
  return chronicle != nullptr &&
         std::holds_alternative<domain::chronicle::CheckpointSigned>(*chronicle);
}

}  // namespace

struct Loop::Inside {
  struct Waiter {
    std::function<void(RunReading)> done;
    std::uint64_t ticket;
    Instant until;
  };
  struct Volatile {  // shared with other threads
    std::optional<ports::AppendOutcome> completion;
    std::shared_ptr<Directory const> directory;
    LoopCounts counts;
  };

  Inside(Start start, World the_world, LoopOptions the_options)
      : world(std::move(the_world)),
        options(the_options),
        state(std::move(start.state)),
        tree(std::move(start.tree)),
        epoch(start.epoch),
        inbox(options.lane_requests_max),
        clock(world.clock, state.ledger.at),
        builder(state, tree, world.entropy),
        covered(state.ledger.checkpoint_size) {
    shared.with([&](Volatile& v) { v.directory = Directory::of(state); });
    Instant const now = clock.now();
    for (auto const& [id, row] : state.runs) {
      if (row.phase == domain::run::Phase::leased || row.phase == domain::run::Phase::running)
        liveness.renew(id, now, over(row) ? Duration(0) : state.settings.lease);
      if (row.phase == domain::run::Phase::reconciling) reminders.emplace(now, id);
    }
    for (auto const& [job, waiting] : state.queue.waiting) open.orders.emplace_back(WorkWaits{job});
    digest.update(state);
  }

  bool over(domain::run::Row const& row) const {
    return options.command_leases_end_with_process && row.runner == domain::run::Runner::command;
  }

  World world;
  LoopOptions options;
  domain::State state;
  merkle::Tree tree;
  std::uint64_t epoch;
  Inbox inbox;
  LedgerClock clock;
  Liveness liveness;
  FrameBuilder builder;
  codec::StateDigest digest;
  PendingFrame open;
  std::optional<PendingFrame> in_flight;
  std::multimap<RunId, Waiter> waiters;
  std::set<std::tuple<Instant, RunId, std::uint64_t>> waits;  // ends of long polls
  std::uint64_t tickets = 0;
  std::set<std::pair<Instant, RunId>> reminders;  // orders to reconcile, by when to repeat them
  Instant due_not_before;
  Instant archive_not_before;
  Instant checkpoint_not_before;
  std::int64_t covered = 0;    // size of the last head that was ordered or signed
  std::int64_t uncovered = 0;  // events since then that are not checkpoints
  bool failed = false;
  LoopCounts counts;
  Mutex<Volatile> shared;

  void put(Lane lane, Inbox::Item item) {
    Inbox::Put const put = inbox.put(lane, item);
    if (put == Inbox::Put::taken) {
      world.wake();
      return;
    }
    Fate const fate = put == Inbox::Put::full ? Fate::overloaded : Fate::stopping;
    if (fate == Fate::overloaded) shared.with([](Volatile& v) { ++v.counts.overloaded; });
    refuse(item, fate);
  }

  static void refuse(Inbox::Item& item, Fate fate) {
    if (item.request) {
      Answer answer;
      answer.fate = fate;
      item.request->done(std::move(answer));
    } else {
      item.question(fate);
    }
  }

  // Decides one command; its answer leaves with the open frame.
  void decide(Request request) {
    ++counts.commands;
    domain::Moment moment{.at = clock.now()};
    if (auto const* run = std::get_if<domain::RunCommand>(&request.command))
      if (auto const* due = std::get_if<domain::run::Due>(run))
        moment.lease_expired = liveness.expired(due->run, moment.at);
    Answer answer;
    auto permit = domain::permit_for(state, request.command, moment.at);
    if (!permit) {
      answer.reply = std::move(permit).error();
    } else {
      domain::Facts facts = domain::gather(state, request.command, *permit, moment);
      domain::Outcome outcome = domain::decide(moment.at, request.command, facts);
      answer.reply = outcome.reply;
      std::optional<RunId> const run = outcome.run;
      std::optional<TenantId> const tenant = outcome.tenant;
      if (!outcome.events.empty()) {
        std::size_t const before = open.entries.size();
        answer.entry = builder.record(
            open, {.command = std::move(request.command), .facts = std::move(facts)},
            std::move(outcome), request.origin, moment.at, std::move(request.enclosure));
        for (std::size_t i = before; i < open.entries.size(); ++i)
          follow(*open.entries[i], moment.at);
      }
      attach_rows(answer, run, tenant);
    }
    open.replies.push_back(
        [done = std::move(request.done), answer = std::move(answer)](Fate fate) mutable {
          if (fate != Fate::decided) answer = Answer{};
          answer.fate = fate;
          done(std::move(answer));
        });
  }

  void attach_rows(Answer& answer, std::optional<RunId> run,
                   std::optional<TenantId> const& tenant) {
    if (run)
      if (domain::run::Row const* row = state.runs.find(*run)) answer.row = *row;
    if (tenant)
      if (auto const* row = state.tenants.find(*tenant)) answer.balances = row->balances;
  }

  // What an applied event means for the loop's own tables and for others.
  void follow(Entry const& entry, Instant at) {
    domain::Event const& event = entry.recorded.event;
    ++counts.events;
    if (!is_checkpoint(event)) ++uncovered;
    if (changes_directory(event)) open.directory_changed = true;
    if (auto const* run = std::get_if<domain::RunEvent>(&event))
      std::visit([&](auto const& one) { follow_run(one, at); }, *run);
    if (auto const* group = std::get_if<domain::ModeEvent>(&event)) {
      auto const& changed = std::get<domain::mode::Changed>(*group);
      if (changed.from >= domain::mode::Mode::stop) {
        liveness.renew_all(at, state.settings.lease);
        for (auto const& [job, waiting] : state.queue.waiting)
          open.orders.emplace_back(WorkWaits{job});
      }
      due_not_before = at;
    }
  }
  void follow_run(domain::run::Submitted const& event, Instant) {
    open.orders.emplace_back(WorkWaits{event.row.job});
  }
  void follow_run(domain::run::Refused const&, Instant) {}
  void follow_run(domain::run::Leased const& event, Instant at) {
    liveness.renew(event.run, at, event.lease_period);
  }
  void follow_run(domain::run::Started const& event, Instant at) {
    liveness.renew(event.run, at, state.settings.lease);
  }
  void follow_run(domain::run::Requeued const& event, Instant) {
    liveness.drop(event.run);
    open.orders.emplace_back(WorkWaits{state.runs.at(event.run).job});
  }
  void follow_run(domain::run::Reconciling const& event, Instant at) {
    liveness.drop(event.run);
    reminders.emplace(at, event.run);
  }
  void follow_run(domain::run::CancelRequested const&, Instant) {}
  void follow_run(domain::run::Settled const& event, Instant) { liveness.drop(event.run); }
  void follow_run(domain::run::AuditRequired const& event, Instant) { liveness.drop(event.run); }

  void decide_own(domain::Command command) {
    decide({.command = std::move(command),
            .enclosure = {},
            .origin =
                {.actor = "server", .correlation = fresh_correlation(), .span = {}, .tenant = {}},
            .done = [](Answer) {}});
  }

  // Background work opens its own root.
  CorrelationId fresh_correlation() {
    std::array<std::uint8_t, 16> bytes{};
    world.entropy.fill(bytes);
    return CorrelationId(bytes);
  }
  CorrelationId correlation_of(RunId run) {
    domain::run::Row const* row = state.runs.find(run);
    auto const own = row == nullptr ? std::nullopt : parse_correlation_id(row->correlation);
    return own ? *own : fresh_correlation();
  }

  // Deadlines that have come: at most kDueAtOnce, leases and queue in order of time.
  void decide_due(Instant now) {
    if (now < due_not_before) return;
    Instant const work_now = state.ledger.work_clock.at(now);
    for (std::size_t n = 0; n < kDueAtOnce && !full(); ++n) {
      std::size_t const events = open.entries.size();
      auto const lease = liveness.next();
      auto const& queue = state.deadlines.queue;
      auto const& approvals = state.deadlines.approvals;
      if (!approvals.empty() && approvals.begin()->first <= now) {
        decide_own(domain::ApprovalCommand(domain::approval::Expire{approvals.begin()->second}));
      } else if (lease && lease->first <= now) {
        decide_due_run({.kind = domain::run::DueKind::lease, .run = lease->second});
      } else if (!queue.empty() && queue.begin()->first <= work_now) {
        decide_due_run({.kind = domain::run::DueKind::queue, .run = queue.begin()->second});
      } else {
        return;
      }
      if (open.entries.size() == events) {  // a mode forbids it for now
        due_not_before = now + kNotNow;
        return;
      }
    }
  }
  void decide_due_run(domain::run::Due due) {
    decide({.command = domain::RunCommand(due),
            .enclosure = {},
            .origin = {.actor = "server",
                       .correlation = correlation_of(due.run),
                       .span = {},
                       .tenant = {}},
            .done = [](Answer) {}});
  }

  void remind(Instant now) {
    while (!reminders.empty() && reminders.begin()->first <= now) {
      RunId const run = reminders.begin()->second;
      reminders.erase(reminders.begin());
      domain::run::Row const* row = state.runs.find(run);
      if (row == nullptr || row->phase != domain::run::Phase::reconciling) continue;
      open.orders.emplace_back(ReconcileRun{.run = run, .fence = row->fence});
      reminders.emplace(now + kReconcileReminder, run);
    }
  }

  // Cut so that one event forgets a bounded number of rows.
  template <class Set>
  static Instant cut(Set const& set, Instant before) {
    if (set.size() <= kArchiveAtOnce) return before;
    return std::min(before,
                    std::next(set.begin(), static_cast<std::ptrdiff_t>(kArchiveAtOnce))->first);
  }
  void archive(Instant now) {
    if (now < archive_not_before) return;
    archive_not_before = now + kArchiveEvery;
    decide_own(domain::ChronicleCommand(domain::chronicle::ArchiveAdvanced{
        .finished_before = cut(state.finished, now - state.settings.archive_after),
        .keys_before = cut(state.key_ends, now)}));
  }

  void note_clock_step() {
    if (auto const step = clock.take_step())
      decide_own(domain::ChronicleCommand(domain::chronicle::ClockStepped{*step}));
  }

  bool full() const {
    return open.entries.size() >= options.frame_events_max || open.bytes >= options.frame_bytes_max;
  }

  // Sends the open frame on its way, if the one before has arrived.
  void flush(Instant now) {
    if (in_flight) return;
    if (open.directory_changed) open.directory = Directory::of(state);
    if (uncovered > 0 && now >= checkpoint_not_before) order_checkpoint(now);
    if (open.entries.empty()) {
      if (!open.empty()) publish(std::exchange(open, {}));
      return;
    }
    open.log.epoch = epoch;
    open.log.root_after = tree.root();
    in_flight = std::exchange(open, {});
    ++counts.frames;
    world.store.append(std::move(in_flight->log), [this](ports::AppendOutcome outcome) {
      shared.with([&](Volatile& v) { v.completion = outcome; });
      world.wake();
    });
  }

  void order_checkpoint(Instant now) {
    auto const size = static_cast<std::int64_t>(tree.size());
    open.orders.emplace_back(
        SignHead{.size = size, .root = tree.root(), .state_digest = digest.update(state).hex()});
    checkpoint_not_before = now + options.checkpoint_every;
    covered = size;
    uncovered = 0;
  }

  // The frame is durable: now, and only now, others hear of it.
  void publish(PendingFrame frame) {
    for (auto const& entry : frame.entries) world.index.add(entry);
    if (frame.directory) shared.with([&](Volatile& v) { v.directory = frame.directory; });
    for (auto& reply : frame.replies) reply(Fate::decided);
    for (auto const& entry : frame.entries) answer_waiters(*entry);
    for (Order& order : frame.orders) world.order(std::move(order));
  }

  void answer_waiters(Entry const& entry) {
    if (waiters.empty() || !entry.recorded.header.run) return;
    RunId const run = *entry.recorded.header.run;
    domain::run::Row const* row = state.runs.find(run);
    if (row == nullptr || !domain::run::is_final(row->phase)) return;
    // Final rows do not change, so what the open frame adds is not seen here - unless the run
    // ended only in the open frame; then its own frame answers.
    auto const* event = std::get_if<domain::RunEvent>(&entry.recorded.event);
    if (event == nullptr || !std::holds_alternative<domain::run::Settled>(*event)) return;
    auto const [from, to] = waiters.equal_range(run);
    std::vector<Waiter> ready;
    for (auto at = from; at != to; ++at) {
      waits.erase({at->second.until, run, at->second.ticket});
      ready.push_back(std::move(at->second));
    }
    waiters.erase(from, to);
    for (Waiter& waiter : ready) waiter.done({.fate = Fate::decided, .row = *row});
  }

  void end_waits(Instant now) {
    while (!waits.empty() && std::get<0>(*waits.begin()) <= now) {
      auto const [until, run, ticket] = *waits.begin();
      waits.erase(waits.begin());
      auto const [from, to] = waiters.equal_range(run);
      auto const at =
          std::find_if(from, to, [&](auto const& w) { return w.second.ticket == ticket; });
      if (at == to) continue;
      auto done = std::move(at->second.done);
      waiters.erase(at);
      read(run, std::move(done));
    }
  }

  // The row as it is now, answered when what it shows is durable.
  void read(RunId run, std::function<void(RunReading)> done) {
    domain::run::Row const* row = state.runs.find(run);
    RunReading reading{.fate = Fate::decided,
                       .row = row == nullptr ? std::nullopt : std::optional(*row)};
    open.replies.push_back(
        [done = std::move(done), reading = std::move(reading)](Fate fate) mutable {
          reading.fate = fate;
          done(std::move(reading));
        });
  }

  void wait_for(TenantId const& tenant, RunId run, Duration wait,
                std::function<void(RunReading)> done) {
    domain::run::Row const* row = state.runs.find(run);
    if (row == nullptr || row->tenant != tenant) {
      open.replies.push_back(
          [done = std::move(done)](Fate fate) { done({.fate = fate, .row = {}}); });
      return;
    }
    bool const ended = domain::run::is_final(row->phase);
    if (ended || wait.value() <= 0 || waiters.size() >= options.waiters_max) {
      read(run, std::move(done));
      return;
    }
    Instant const until = clock.now() + wait;
    waiters.emplace(run, Waiter{.done = std::move(done), .ticket = ++tickets, .until = until});
    waits.emplace(until, run, tickets);
  }

  Heartbeat heard(domain::run::Handle const& handle) {
    auto const lease = state.leases.find(handle.lease);
    if (lease == state.leases.end()) return Heartbeat::lost;
    domain::run::Row const& row = state.runs.at(lease->second);
    bool const live =
        row.phase == domain::run::Phase::leased || row.phase == domain::run::Phase::running;
    bool const own = !handle.tenant || *handle.tenant == row.tenant;
    if (!live || !own || row.fence != handle.fence) return Heartbeat::lost;
    liveness.renew(lease->second, clock.now(), state.settings.lease);
    return row.cancel_requested ? Heartbeat::cancel : Heartbeat::go_on;
  }

  void fail(std::string why) {
    failed = true;
    for (auto* frame : {in_flight ? &*in_flight : nullptr, &open})
      if (frame != nullptr)
        for (auto& reply : frame->replies) reply(Fate::unknown);
    for (Inbox::Item& item : inbox.close()) refuse(item, Fate::unknown);
    for (auto& [run, waiter] : waiters) waiter.done({.fate = Fate::unknown, .row = {}});
    waiters.clear();
    in_flight.reset();
    open = {};
    world.on_failure(std::move(why));
  }

  // Takes the answer of the log store, if it came.
  void complete() {
    auto const outcome =
        shared.with([](Volatile& v) { return std::exchange(v.completion, std::nullopt); });
    if (!outcome) return;
    TALLY_CHECK(in_flight.has_value(), "the log store answered twice");
    switch (*outcome) {
      case ports::AppendOutcome::durable: {
        PendingFrame frame = std::move(*in_flight);
        in_flight.reset();
        publish(std::move(frame));
        return;
      }
      case ports::AppendOutcome::fenced:
        return fail("another writer took the log over");
      case ports::AppendOutcome::conflict:
        return fail("the log is not where this writer left it");
      case ports::AppendOutcome::unknown:
        return fail("the log could not be written");
    }
  }

  void take_inbox() {
    while (!full()) {
      auto item = inbox.take();
      if (!item) return;
      if (item->request)
        decide(std::move(*item->request));
      else
        item->question(Fate::decided);
    }
  }

  void note_counts() {
    counts.lane_depth = inbox.depths();
    counts.runs_live = state.runs_live;
    counts.queue_depth = state.queue.depth;
    counts.phases = state.phases;
    counts.size = world.index.size();
    auto const* mode = state.modes.find({});
    counts.mode = mode == nullptr ? domain::mode::Mode::normal : mode->mode;
    counts.oldest_queued_at = oldest_queued();
    shared.with([&](Volatile& v) {
      counts.overloaded = v.counts.overloaded;
      v.counts = counts;
    });
  }
  std::optional<Instant> oldest_queued() const {
    std::optional<std::pair<std::int64_t, RunId>> oldest;
    for (auto const& [job, tenants] : state.queue.waiting)
      for (auto const& [tenant, waiting] : tenants)
        if (!oldest || *waiting.begin() < *oldest) oldest = *waiting.begin();
    if (!oldest) return std::nullopt;
    return state.runs.at(oldest->second).created_at;
  }

  Duration until_next(Instant now) const {
    if (failed) return kIdle;
    if ((!inbox.empty() && !full()) || (!open.empty() && !in_flight)) return Duration(0);
    Instant next = now + kIdle;
    auto sooner = [&](Instant at) { next = std::min(next, at); };
    if (!waits.empty()) sooner(std::get<0>(*waits.begin()));
    if (!reminders.empty()) sooner(reminders.begin()->first);
    if (auto const lease = liveness.next()) sooner(std::max(lease->first, due_not_before));
    if (!state.deadlines.approvals.empty())
      sooner(std::max(state.deadlines.approvals.begin()->first, due_not_before));
    if (!state.deadlines.queue.empty() && !state.ledger.work_clock.standing_since) {
      Instant const at = state.deadlines.queue.begin()->first + state.ledger.work_clock.paused;
      sooner(std::max(at, due_not_before));
    }
    if (!state.finished.empty() || !state.key_ends.empty()) sooner(archive_due());
    if (uncovered > 0 && !in_flight) sooner(checkpoint_not_before);
    return std::max(next - now, Duration(0));
  }
  Instant archive_due() const {
    Instant next = archive_not_before + kIdle;
    if (!state.finished.empty())
      next = std::min(next,
                      state.finished.begin()->first + state.settings.archive_after + Duration(1));
    if (!state.key_ends.empty()) next = std::min(next, state.key_ends.begin()->first + Duration(1));
    return std::max(next, archive_not_before);
  }
};

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

void Loop::read_budget(TenantId tenant, std::function<void(BudgetReading)> done) {
  auto question = [this, tenant, done = std::move(done)](Fate fate) mutable {
    BudgetReading reading{.fate = fate, .tenant = {}};
    if (fate != Fate::decided) return done(std::move(reading));
    if (auto const* row = inside_->state.tenants.find(tenant)) reading.tenant = *row;
    inside_->open.replies.push_back(
        [done = std::move(done), reading = std::move(reading)](Fate later) mutable {
          reading.fate = later;
          done(std::move(reading));
        });
  };
  inside_->put(Lane::read, {.request = {}, .question = std::move(question), .tenant = tenant});
}

void Loop::heartbeat(domain::run::Handle handle, std::function<void(Heartbeat)> done) {
  auto question = [this, handle, done = std::move(done)](Fate fate) mutable {
    if (fate != Fate::decided) return done(Heartbeat::stopping);
    Heartbeat const heard = inside_->heard(handle);
    inside_->open.replies.push_back([done = std::move(done), heard](Fate later) {
      done(later == Fate::decided ? heard : Heartbeat::stopping);
    });
  };
  inside_->put(Lane::finish, {.request = {}, .question = std::move(question), .tenant = {}});
}

std::shared_ptr<Directory const> Loop::directory() const {
  return inside_->shared.with([](auto const& v) { return v.directory; });
}

LoopCounts Loop::counts() const {
  return inside_->shared.with([](auto const& v) { return v.counts; });
}

void Loop::begin_stop() {
  for (Inbox::Item& item : inside_->inbox.close()) Inside::refuse(item, Fate::stopping);
  inside_->world.wake();
}

bool Loop::idle() const { return !inside_->in_flight && inside_->open.empty(); }

Duration Loop::step() {
  Inside& in = *inside_;
  if (in.failed) return kIdle;
  in.complete();
  if (in.failed) return kIdle;
  Instant const now = in.clock.now();
  in.note_clock_step();
  in.take_inbox();
  in.decide_due(now);
  in.remind(now);
  in.archive(now);
  in.end_waits(now);
  in.flush(now);
  in.note_counts();
  return in.until_next(now);
}

}  // namespace tally::ledger
