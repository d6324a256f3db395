#pragma once

// The only writer. Commands come in through four lanes; for each the loop gathers facts, decides,
// applies, and puts the events into the open frame. While frame N is being written by another
// thread, N+1 fills.
//
//   inbox ─► permit ─► gather ─► decide ─► apply ─► open frame ─► log store ─► durable
//                                                                                │
//                          replies, orders, index, directory ◄───────────────────┘
//
// Durable before visible: no reply, order or index entry leaves before the frame that carries its
// events (or the state that it read) is durable. A failed or unknown write ends the loop: all that
// was in flight is answered `unknown`, and `on_failure` is called; the process is expected to end.
//
// One thread calls step(); everything else may be called from any thread. The simulator calls
// step() itself, so there is no thread, clock or sleep in here.

#include <deque>
#include <functional>
#include <memory>
#include <variant>

#include "base/mutex.h"
#include "domain/answers.h"
#include "domain/run/limits.h"
#include "ledger/directory.h"
#include "ledger/entry.h"
#include "ledger/index.h"
#include "ledger/readings.h"
#include "ports/clock.h"
#include "ports/entropy.h"
#include "ports/log_store.h"

namespace tally::ledger {

// Finish never waits behind start.
enum class Lane { control, finish, start, read };
inline constexpr std::size_t kLanes = 4;

struct Origin {
  std::string actor;  // who asks: "key_...", "server", "worker:..."
  CorrelationId correlation;
  SpanId span;
  TenantId tenant;  // whose share of the lane it takes; empty: the server's own
};

struct Answer {
  PostStatus fate = PostStatus::decided;
  domain::Reply reply;
  std::shared_ptr<Entry const> entry;        // first event of the decision, if any
  std::optional<RunId> run;                  // the run it is about, also if nothing was decided
  std::optional<domain::run::Row> row;       // that run, after it; a submit's is in its event
  std::optional<domain::Balances> balances;  // of the tenant it is about, after it
};

struct Request {
  domain::Command command;
  Bytes enclosure;  // sealed payload that goes with the command's first event
  std::optional<domain::IdempotencyKey> idempotency = {};  // under which the answer is kept
  Origin origin;
  std::function<void(Answer)> done;  // called once, on the loop's thread: must not block
};

// An order as the loop hands it out once it is durable; again after a restart, from the state.
struct SignHead {
  std::int64_t size = 0;
  Digest root;
  std::string state_digest;
};
struct ReconcileRun {
  RunId run;
  std::int64_t fence = 0;
  bool of_system = false;  // a run of the server's own, as below
};
// The work of a command that runs here must stop: cancelled, or stopped by a mode. Others hear it
// at their next heartbeat.
struct StopRun {
  RunId run;
  std::int64_t fence = 0;
  domain::run::StopReason reason = domain::run::StopReason::stopped;
  bool of_system = false;
};
// Wake-up for whoever waits for work of this job.
struct WorkWaits {
  JobName job;
};
using Order = std::variant<SignHead, ReconcileRun, StopRun, WorkWaits>;

struct LoopOptions {
  std::size_t lane_requests_max = 4096;  // a fuller lane answers `overloaded`
  std::size_t frame_events_max = 4096;
  std::size_t frame_bytes_max = 1 << 20;
  Duration checkpoint_every = milliseconds(100);
  std::size_t waiters_max = 10'000;  // long polls held at once
  // Executions of command jobs die with the process that leased them, so after a start their
  // leases are over; what they left behind is asked for at once.
  bool command_leases_end_with_process = true;
};

struct LoopCounts {
  std::uint64_t commands = 0;
  std::uint64_t events = 0;
  std::uint64_t frames = 0;
  std::uint64_t overloaded = 0;
  std::uint64_t reaper_scans = 0;  // passes that found a deadline due
  std::array<std::uint64_t, kLanes> lane_depth{};
  std::int64_t runs_live = 0;
  std::int64_t queue_depth = 0;
  std::optional<Instant> oldest_queued_at;
  std::array<std::int64_t, domain::run::kPhases> phases{};
  std::int64_t size = 0;  // durable events
  domain::mode::Mode mode = domain::mode::Mode::normal;
};

class Loop {
 public:
  struct Start;  // loop_start.h
  struct World {
    ports::Clock& clock;
    ports::Entropy& entropy;
    ports::LogStore& store;
    Index& index;
    std::function<void()> wake;        // any thread: step() has something to do
    std::function<void(Order)> order;  // on the loop's thread, after durability
    // Each event once durable, with the row of the run that it ended (else null). For metrics.
    std::function<void(Entry const&, domain::run::Row const*)> published = {};
    // Roots of groups of leaves that a frame completed, once it is durable, before its events are
    // in the index; only if the tree at the start keeps groups.
    std::function<void(std::vector<Digest> const&)> grouped = {};
    domain::schedule::NextAfter next_after = {};  // the calendar; empty: no schedule fires
    std::function<void(std::string)> on_failure;  // the log failed: record HALT, end the process
  };

  Loop(Start start, World world, LoopOptions options);
  ~Loop();
  Loop(Loop const&) = delete;
  Loop& operator=(Loop const&) = delete;

  // Any thread.
  void post(Lane lane, Request request);
  // Answers at once, or when the run becomes final, or after `wait`; always durable state.
  void read_run(TenantId tenant, RunId run, Duration wait, std::function<void(RunReading)> done);
  // Any tenant's run, for the server's own use.
  void find_run(RunId run, std::function<void(RunReading)> done);
  // What an idempotency key was answered with; `key` as run::IdempotencyKey has it.
  void find_answer(TenantId tenant, Digest key, std::function<void(AnswerReading)> done);
  void read_budget(TenantId tenant, std::function<void(BudgetReading)> done);
  void heartbeat(domain::run::Handle handle, std::function<void(Heartbeat)> done);
  // Who waits in the queue, at most kQueueRowsMax pairs of job and tenant. For metrics.
  void read_queue(std::function<void(std::vector<QueuedRuns>)> done);
  // The first kTenantRowsMax tenants by name. For metrics.
  void read_tenants(std::function<void(std::vector<TenantFigures>)> done);
  std::shared_ptr<Directory const> directory() const;
  LoopCounts counts() const;
  // Ledger time (ledger/ledger_clock.h): what anything with a time in the ledger is compared with.
  Instant now() const;
  // No new requests: what is in the inbox is answered `stopping`; what is in a frame completes.
  void begin_stop();
  bool idle() const;          // nothing in flight
  bool nobody_waits() const;  // nothing came that no step has taken yet

  // The loop's thread. Does what there is to do and returns how long it may be left alone.
  Duration step();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tally::ledger
