#pragma once

// A whole server without threads, sockets or a real disk: everything between the ports. server/main
// gives it the machine and threads; the simulator gives it a made-up world and steps it by hand.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/api.h"
#include "ledger/loop.h"
#include "ledger/open.h"
#include "ledger/reader.h"
#include "ports/disk.h"
#include "ports/executor.h"
#include "ports/job_runner.h"
#include "ports/signer.h"
#include "server/wiring/bootstrap.h"
#include "server/wiring/checkpoint_signer.h"
#include "server/wiring/error_memory.h"
#include "server/wiring/error_recorder.h"
#include "server/wiring/hash_tiles.h"
#include "server/wiring/local_work.h"
#include "server/wiring/retired_jobs.h"
#include "server/wiring/segment_store.h"
#include "server/wiring/system_work.h"
#include "workers/command_worker.h"

namespace tally::wiring {

// The world; all of it outlives the node.
struct NodeWorld {
  ports::Clock& clock;
  ports::Calendar const& calendar;
  ports::Entropy& entropy;
  ports::Disk& disk;     // the ledger's directory
  ports::Disk& derived;  // what can be made again from it: snapshots of the state, the index
  ports::Signer& signer;
  ports::Vault& vault;
  ports::Blobs& blobs;
  ports::JobRunner& runner;
  ports::ReceiptStore& receipts;
  ports::Executor& executor;          // ends before the node does
  std::function<void()> wake_loop;    // any thread: step_loop has something to do
  std::function<void()> wake_log;     // within step_loop: write_log has something to do
  std::function<void()> wake_worker;  // any thread: step_worker has something to do
  // Any thread: step_projector has something to do; may be empty.
  std::function<void()> wake_projector = {};
  // An error, from WARNING up, of the parts of the server or of what happened to a run; for the
  // server's log. Must not block; any thread; may be empty.
  std::function<void(ErrorNotice const&)> error_told = {};
  // Before each append: an error where the log is not this process's own any more (SegmentStore).
  std::function<Result<void>()> may_append = {};
  // The log failed or a signature was bad: record it as well as may be and end the process. From
  // here on the loop decides and answers nothing.
  std::function<void(Error const&)> on_failure;
};

struct NodeOptions {
  ledger::LoopOptions loop;
  segments::LogOptions log;
  audit::Helper start_helper = audit::Helper::none;  // for folding the log at the start
  api::Options api;
  projections::ProjectorOptions projector;
  std::string version = "0.1.0";
  std::string build;
  std::vector<ports::JobSpec> jobs;
  domain::SettingValues settings;    // that the configuration file names
  Duration heartbeat = seconds(30);  // of this process's worker; at most half of a lease
  std::string origin = "tallystick.local/ledger";  // of a fresh ledger; its name in checkpoints
  Digest operator_key_sha256;
  Micros first_grant{100'000'000};
  std::vector<SystemSchedule> schedules{attest_daily()};  // of the server's own work
  std::uint32_t worker_slots = 2;
  std::string worker_name = "local";
  std::string halt_reason;  // not empty: an earlier process left a HALT; begin halted
};

class Node {
 public:
  // Recovers the log, folds it with every check, wires the parts and posts the commands that a
  // start begins with. Errors: those of open_segments, audit::Fold, "wrong_key", and what one of
  // the commands would be refused with (rehearsal.h); nothing is recorded then.
  static Result<std::unique_ptr<Node>> open(NodeWorld world, NodeOptions options);
  ~Node();

  // The start's own commands are durable: from here on it may listen.
  bool started() const;
  Result<void> start_fault() const;

  Duration step_loop() { return loop_->step(); }        // one thread
  bool write_log() { return store_->write_pending(); }  // one thread at a time, may be another
  std::size_t frame_records() const { return store_->pending_records(); }  // 0: no frame waits
  void prepare_log() { store_->prepare_next(); }
  // Events under the last checkpoint that a later one covers; 0: there is none, or it cannot be
  // read. Any thread.
  std::uint64_t checkpointed() const;
  // Events under the snapshot that the start went on from.
  std::uint64_t folded_from() const { return folded_from_; }
  // Copies of job folders that runs of before the start, and all later ones, may execute.
  std::set<Digest> const& job_copies() const { return job_copies_; }
  // In-process worker, signer, waits and counted refusals; one thread, may be another. Returns how
  // long it may be left alone.
  Duration step_worker();
  // Folds some events that are durable into what is only shown and searched. One thread, may be
  // another. Returns how long it may be left alone.
  Duration step_projector() { return error_memory_->projector().step(); }
  // In the place of a step, for a faster start.
  void save_projections() { error_memory_->projector().save(); }

  // What does the server's own work; from here on it is leased. Once.
  void serve_system(SystemHandlers handlers);

  // Puts everything into halt mode in the server's own name. Any thread.
  void halt(std::string reason);

  // Posts what is only counted so far: refusals and errors.
  void flush();
  // No new requests; what is in the loop goes on until idle().
  void begin_stop();
  // The server stops: its workers lease nothing more and no schedule fires, while what runs may
  // end. Before anything that runs is told to stop, else it would be leased again. Any thread.
  void stop_leasing();
  std::size_t executions() const { return worker_->executions() + system_worker_->executions(); }
  bool idle() const { return loop_->idle(); }

  api::Api& api() { return *api_; }
  // Where the parts of the machine below the node report their errors.
  ports::ErrorSink& errors() { return errors_; }
  ledger::Loop& loop() { return *loop_; }
  ledger::Reader const& reader() const { return *reader_; }
  SegmentStore& store() { return *store_; }
  ledger::Snapshots& snapshots() { return snapshots_; }  // one thread, any
  // Writes, merges and mends the files of the index and of the tree; may take long. One thread,
  // any.
  Result<void> tend_index(ledger::IndexKeeper::What what, ledger::GoOn const& go_on = {});
  ledger::Index const& index() const { return index_; }
  HashTiles const& tiles() const { return *tiles_; }
  ErrorMemory& error_memory() { return *error_memory_; }

 private:
  struct Begin;  // progress of the start's own commands
  Node(NodeWorld world, NodeOptions options);
  Result<void> recover();
  void report_left_aside(std::vector<Error> const& why);
  std::vector<domain::Command> begin_commands(std::uint64_t epoch, std::string const& origin,
                                              merkle::VerifierKey const& key,
                                              RetiredJobs const& retired,
                                              domain::SettingValues const& settings,
                                              bool system_tenant);
  void make_workers(std::set<JobName> commands_waiting, Duration heartbeat);
  Result<void> check_key(domain::State const& state);
  void wire(ledger::Loop::Start start);
  void post_begin(std::vector<domain::Command> commands);
  void give_up(std::string const& why);
  void take_order(ledger::Order order);
  void tell(codec::Entry const& entry) const;

  NodeWorld world_;
  NodeOptions options_;
  ErrorRecorder errors_;
  ledger::Snapshots snapshots_;
  ledger::Index index_;
  std::uint64_t tail_cut_bytes_ = 0;
  std::uint64_t folded_from_ = 0;
  std::set<Digest> job_copies_;
  std::optional<LedgerId> fresh_;  // set when this start made the ledger
  std::unique_ptr<SegmentStore> store_;
  std::unique_ptr<ledger::IndexKeeper> index_keeper_;
  std::unique_ptr<ledger::Loop> loop_;
  std::unique_ptr<ledger::Reader> reader_;
  std::unique_ptr<ledger::GroupRoots> group_roots_;
  std::unique_ptr<HashTiles> tiles_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<ErrorMemory> error_memory_;  // made before the Api; requests that wait end first
  std::unique_ptr<LocalWork> local_work_;
  std::unique_ptr<workers::CommandWorker> worker_;
  std::unique_ptr<LocalWork> system_queue_;
  std::unique_ptr<SystemRunner> system_runner_;
  std::unique_ptr<workers::CommandWorker> system_worker_;
  std::atomic<bool> serves_system_ = false;
  std::atomic<bool> stops_ = false;
  std::unique_ptr<CheckpointSigner> signer_;
  std::shared_ptr<Begin> begin_;
  Duration look_due_;  // step_worker's own
};

}  // namespace tally::wiring
