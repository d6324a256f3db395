#pragma once

// What the loop is made of. It belongs to the loop's thread, except `inbox` and `shared`. The
// functions stand in loop_decide.cc (commands), loop_deadlines.cc (what comes due by itself),
// loop_reads.cc (questions), loop_publish.cc (frames and what becomes visible with them) and
// loop.cc (the step).

#include <deque>

#include "domain/core.h"
#include "domain/due_command.h"
#include "ledger/frame_builder.h"
#include "ledger/inbox.h"
#include "ledger/ledger_clock.h"
#include "ledger/liveness.h"
#include "ledger/loop_start.h"
#include "ledger/waits.h"

namespace tally::ledger {

inline constexpr Duration kIdle = hours(1);  // how long the loop may be left alone at most

struct Loop::State {
  struct Volatile {  // shared with other threads
    std::optional<ports::AppendOutcome> completion;
    std::shared_ptr<Directory const> directory;
    LoopCounts counts;
    bool idle = false;
    bool stopping = false;
  };

  State(Start start, World the_world, LoopOptions the_options);

  World world;
  LoopOptions options;
  domain::State state;
  merkle::Tree tree;
  std::uint64_t epoch;
  Inbox inbox;
  LedgerClock clock;
  Liveness liveness;
  Liveness system_liveness;  // of the server's own runs, whose leases never stand still
  Instant began;             // since when this process decides
  FrameBuilder builder;
  codec::StateDigest digest;
  PendingFrame open;
  std::optional<PendingFrame> in_flight;
  Waits waits;
  std::set<std::pair<Instant, RunId>> reminders;  // orders to reconcile, by when to repeat them
  // A round through deadlines that are due: where it is, and when the next may begin. Each is asked
  // once a round; what stays where it is, because a mode holds it back, waits for the next.
  struct Round {
    std::optional<std::pair<Instant, std::uint64_t>> at;
    Instant not_before;
  };
  std::array<Round, domain::kDueKinds.size()> rounds;  // by kind
  // Up to where runs that rest have been announced again; work clock.
  std::pair<Instant, RunId> rests_announced;
  std::deque<RunId> to_stop;  // a mode came into force while they ran
  Instant archive_not_before;
  Instant checkpoint_not_before;
  std::int64_t uncovered = 0;  // events since the last head was ordered that are not checkpoints
  std::size_t undigested = 0;  // events since the digest was brought up to date
  std::shared_ptr<Directory const> newest_directory;  // as the last frame sealed leaves it
  bool approvals_in_doubt = true;  // something changed that a proposal may depend on
  bool failed = false;
  LoopCounts counts;
  Mutex<Volatile> shared;

  // Inbox.
  void put(Lane lane, Inbox::Item item);
  static void refuse(Inbox::Item& item, PostStatus fate);
  void take_inbox();

  // Commands: each is decided at once; its answer leaves with the open frame.
  void decide(Request request);
  domain::Moment moment_of(domain::Command const& command);
  void settle(Request& request, domain::Permit permit, domain::Moment const& moment,
              Answer& answer);
  void settle_granted(Request& request, domain::Granted granted, domain::Facts facts,
                      domain::Outcome outcome, domain::Moment const& moment, Answer& answer);
  void end_granted(domain::Granted const& granted, Origin const& origin,
                   domain::Moment const& moment, Answer const& refused);
  bool record(Request& request, domain::Facts facts, domain::Outcome outcome, Instant at,
              Answer& answer);
  void end_hopeless(Instant now);
  void attach_rows(Answer& answer, std::optional<RunId> run, std::optional<TenantId> const& tenant);
  void decide_own(domain::Command command, CorrelationId correlation);
  CorrelationId fresh_correlation();
  CorrelationId correlation_of(RunId run);

  // What an applied event means for the loop's own tables and for others.
  void follow(Entry const& entry, Instant at);
  void follow_mode(domain::mode::Changed const& event, Instant at);
  void follow_run(domain::run::Submitted const& event, Instant at);
  void follow_run(domain::run::Refused const& event, Instant at);
  void follow_run(domain::run::Leased const& event, Instant at);
  void follow_run(domain::run::Started const& event, Instant at);
  void follow_run(domain::run::Requeued const& event, Instant at);
  void follow_run(domain::run::Reconciling const& event, Instant at);
  void follow_run(domain::run::CancelRequested const& event, Instant at);
  void follow_run(domain::run::StopRequested const& event, Instant at);
  void follow_run(domain::run::Settled const& event, Instant at);
  void follow_run(domain::run::AuditRequired const& event, Instant at);
  void follow_run(domain::run::Unaccounted const& event, Instant at);

  // Deadlines.
  void decide_due(Instant now);
  bool decide_next_due(Instant now);
  bool decide_due(domain::DueCommand due);
  bool decide_next_of(domain::Turn turn, Instant now);
  std::optional<domain::DueId> next_of(domain::DueKind kind, Instant now);
  Instant due_of(domain::DueKind kind, Instant now) const;
  bool stands_still(domain::DueKind kind) const;
  Round& round_of(domain::DueKind kind) { return rounds[static_cast<std::size_t>(kind)]; }
  Round const& round_of(domain::DueKind kind) const {
    return rounds[static_cast<std::size_t>(kind)];
  }
  void begin_rounds(Instant now);
  void announce_rested(Instant now);
  void stop_running();
  void find_running_to_stop();
  void order_stop(RunId run, domain::run::StopReason reason);
  Duration lease_of(RunId run, Instant now) const;
  Liveness& liveness_of(RunId run);
  bool decide_lease_due(Liveness& leases, Instant now);
  void remind(Instant now);
  void archive(Instant now);
  void note_clock_step();
  void end_waits(Instant now);
  Duration until_next(Instant now) const;
  Instant archive_due() const;

  // Questions.
  void read(RunId run, std::function<void(RunReading)> done);
  void read_answer(Digest const& key, std::function<void(AnswerReading)> done);
  void read_tenant(TenantId const& tenant, std::function<void(BudgetReading)> done);
  void wait_for(TenantId const& tenant, RunId run, Duration wait,
                std::function<void(RunReading)> done);
  Heartbeat heard(domain::run::Handle const& handle);
  std::vector<QueuedRuns> queued_runs() const;
  std::vector<TenantFigures> tenant_figures() const;

  // Frames.
  bool full() const;
  void flush(Instant now);
  void order_checkpoint(Instant now);
  void keep_digest();
  void complete();
  void publish(PendingFrame frame);
  domain::run::Row const* ended_by(Entry const& entry) const;
  void answer_waits(RunId run, domain::run::Row const& row);
  void fail(std::string why);
  void note_counts();
  std::optional<Instant> oldest_queued() const;
};

}  // namespace tally::ledger
