#pragma once

// The computer that the server runs on: its disk, clock, keys and receipts, which outlive every
// process, and the process, which does not. Threads are moments: the loop, the log writer, the
// worker and the lanes of tasks are each stepped when they would run, a little late as threads are.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ledger/attest.h"
#include "ports/http.h"
#include "server/wiring/node.h"
#include "sim/sim_blobs.h"
#include "sim/sim_calendar.h"
#include "sim/sim_clock.h"
#include "sim/sim_entropy.h"
#include "sim/sim_executor.h"
#include "sim/sim_runner.h"
#include "sim/sim_signer.h"
#include "sim/sim_vault.h"
#include "sim/swarm.h"
#include "sim/trace.h"

namespace tally::sim {

inline constexpr std::string_view kOperatorToken = "tk_operator";

class Machine {
 public:
  struct Watchers {
    std::function<void()> died;       // the process is gone; nothing of it will be answered
    std::function<void()> recovered;  // a process recovered the log and is about to serve
    std::function<void(std::string)> refused;  // it would not start, and nothing excuses it
    std::function<void(wiring::Node&)> ends;   // what the process knows goes with it
  };
  Machine(std::uint64_t seed, Swarm const& swarm, Timeline& timeline, SimClock& clock,
          Executions& executions);
  ~Machine();
  void watch(Watchers watchers) { watchers_ = std::move(watchers); }
  // From here on everything that happens is noted; the trace outlives the machine.
  void trace_to(Trace& trace);
  // `say` makes the line, and is called only where there is a trace.
  template <class Say>
  void note(Say const& say) {
    if (trace_ != nullptr) trace_->add(clock_.monotonic(), say());
  }

  void boot();
  bool serves() const { return node_ != nullptr && node_->started() && !stopping_; }
  bool runs() const { return node_ != nullptr; }
  // While it serves.
  void handle(ports::HttpRequest request, ports::Responder responder);

  // Moves the clock to what comes next, a turn of one of the process's threads or a planned thing,
  // and lets it happen. False: nothing ever will.
  bool advance();

  // The next planned cut counts from now.
  void happened(Moment moment);
  void die(bool power);
  bool is_dying() const { return dying_; }
  // From here on the disk fails as the swarm says, and cuts count.
  void unleash();
  bool unleashed() const { return unleashed_; }
  // From here on nothing fails.
  void heal();
  // Answers what is under way and ends; for the end of a life.
  void stop();
  bool stopped() const { return stopping_ && node_ == nullptr; }

  SimDisk& disk() { return disk_; }
  SimReceipts const& receipts() const { return receipts_; }
  SimBlobs& blobs() { return blobs_; }
  wiring::Node& node() { return *node_; }
  std::uint64_t starts() const { return starts_; }
  // Of those, how many went on from a snapshot.
  std::uint64_t starts_from_snapshot() const { return starts_from_snapshot_; }

 private:
  // When one of the process's threads runs next, and that thread's turn.
  std::optional<Duration> next() const;
  void step();
  enum class Thread { loop, log, worker, tasks, projector };
  wiring::NodeWorld world();
  wiring::NodeOptions options() const;
  domain::SettingValues settings_in_file() const;
  void could_not_start(Error const& why);
  void attest();
  std::optional<std::uint64_t> pass(ledger::Reach reach);
  Result<std::string> daily_pass(std::function<bool()> const& go_on);
  void let_snapshots_rot();
  void check_tiles();
  void wake(Thread thread);
  void turn(Thread thread);
  void after_turn();
  void plan_cut();
  Duration jitter();

  Prng prng_;
  Swarm const& swarm_;
  Timeline& timeline_;
  SimClock& clock_;
  Watchers watchers_;
  SimDisk disk_;
  SimDisk derived_;
  SimCalendar calendar_;
  SimEntropy entropy_;
  SimSigner signer_;
  SimVault vault_;
  SimBlobs blobs_;
  SimReceipts receipts_;
  SimRunner runner_;
  SimExecutor executor_;
  std::unique_ptr<wiring::Node> node_;
  Trace* trace_ = nullptr;
  std::array<std::optional<Duration>, 5> turns_;
  Duration idle_tick_;
  Duration projector_tick_;
  std::string failure_;
  std::string halt_reason_;
  std::size_t next_cut_ = 0;
  std::uint64_t until_cut_ = 0;  // of the moment that the next cut waits for; 0: none is planned
  bool cut_now_ = false;
  bool dying_ = false;
  bool unleashed_ = false;
  bool healed_ = false;
  bool stopping_ = false;
  std::uint64_t starts_ = 0;
  std::uint64_t starts_from_snapshot_ = 0;
  std::uint64_t failed_starts_ = 0;
  std::uint64_t failures_after_healing_ = 0;
};

// The kinds of work in this world.
std::vector<ports::JobSpec> job_kinds(Duration queue_deadline);

}  // namespace tally::sim
