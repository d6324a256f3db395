#include "server/wiring/node.h"

#include <algorithm>
#include <cstring>

#include "domain/error/finding.h"
#include "domain/system_tenant.h"
#include "ledger/attest.h"
#include "ledger/loop_start.h"
#include "server/wiring/event_counts.h"
#include "server/wiring/rehearsal.h"

namespace tally::wiring {

namespace {

using metrics::kTable;

constexpr Duration kWorkerTick = milliseconds(100);
constexpr Duration kLookEvery = seconds(10);  // at the queue and at tenants, for metrics
TenantId const kSystem{std::string(domain::kSystemTenant)};

std::uint64_t random_number(ports::Entropy& entropy) {
  std::array<std::uint8_t, 8> bytes{};
  entropy.fill(bytes);
  return get_u64(bytes.data());
}

// In the server's own name, under a correlation of its own.
ledger::Origin own_origin(ports::Entropy& entropy) {
  std::array<std::uint8_t, 16> correlation{};
  entropy.fill(correlation);
  return {.actor = "server", .correlation = CorrelationId(correlation), .span = {}, .tenant = {}};
}

}  // namespace

struct Node::Begin {
  struct Progress {
    std::size_t open = 0;
    std::optional<Error> fault;
  };
  Mutex<Progress> progress;
};

Node::Node(NodeWorld world, NodeOptions options)
    : world_(std::move(world)),
      options_(std::move(options)),
      errors_(world_.clock, world_.entropy, {.told = world_.error_told}),
      snapshots_(world_.derived, options_.build, options_.api.pepper),
      begin_(std::make_shared<Begin>()) {
  std::ranges::move(system_kinds(), std::back_inserter(options_.jobs));
}

Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::open(NodeWorld world, NodeOptions options) {
  std::unique_ptr<Node> node(new Node(std::move(world), std::move(options)));
  TRY_VOID(node->recover());
  return node;
}

Result<void> Node::recover() {
  LedgerId const fresh(random_number(world_.entropy));
  std::unique_ptr<segments::SegmentLog> log;
  auto const open_log = [&](std::uint64_t trusted_seq) -> Result<ledger::LogAtStart> {
    segments::LogOptions options = options_.log;
    options.trusted_seq = trusted_seq;
    options.verify = segments::Verify::the_end;  // the fold's scan verifies what it reads
    TRY(recovered, open_segments(world_.disk, fresh, options,
                                 [this] { return random_number(world_.entropy); }));
    log = std::move(recovered.log);
    return ledger::LogAtStart{.log = *log,
                              .tail_cut_bytes = recovered.torn ? recovered.torn->bytes : 0};
  };
  TRY(opened, ledger::open({.open_log = open_log,
                            .snapshots = snapshots_,
                            .derived = world_.derived,
                            .index = index_,
                            .helper = options_.start_helper}));
  tail_cut_bytes_ = opened.tail_cut_bytes;
  folded_from_ = opened.folded_from;
  report_left_aside(opened.left_aside);
  if (opened.fresh)
    fresh_ = log->ledger();
  else
    TRY_VOID(check_key(opened.state));
  store_ = std::make_unique<SegmentStore>(std::move(log), world_.wake_log, world_.may_append);
  index_keeper_ = std::make_unique<ledger::IndexKeeper>(world_.derived, *store_, index_);
  reader_ = std::make_unique<ledger::Reader>(*store_, index_);
  ledger::GroupRoots::Start groups{
      .ledger = store_->ledger(), .tree = opened.tree, .completed = std::move(opened.groups)};
  group_roots_ = std::make_unique<ledger::GroupRoots>(world_.derived, *reader_, std::move(groups));
  auto const epoch = static_cast<std::uint64_t>(opened.state.ledger.epoch) + 1;
  wire({.state = std::move(opened.state),
        .tree = std::move(opened.tree),
        .digest = std::move(opened.digest),
        .epoch = epoch});
  return start_fault();
}

// The start took longer and is none the worse for it. Snapshots of another build are no fault.
void Node::report_left_aside(std::vector<Error> const& why) {
  for (Error const& one : why) {
    if (one.code == "other_build") continue;
    ports::ErrorReport report;
    report.severity = Severity::warning;
    report.exception_type = "snapshot_left_aside";
    report.message = "a snapshot could not be used; the start read more of the ledger instead";
    report.chain = {{one.code, one.detail + " " + one.internal}};
    ports::ErrorReporter<Layer::L7>(&errors_, "start")
        .report<ErrorClass::infra_storage>(std::move(report));
  }
}

Result<void> Node::check_key(domain::State const& state) {
  TRY(key, merkle::parse_vkey(state.ledger.vkey));
  if (key.key == world_.signer.public_key()) return {};
  return fail("wrong_key",
              "the signing key is not the one this ledger was opened with: restore the key file "
              "that belongs to it");
}

void Node::wire(ledger::Loop::Start start) {
  std::uint64_t const epoch = start.epoch;
  std::string const origin = fresh_ ? options_.origin : start.state.ledger.origin;
  auto key = merkle::make_vkey(origin, merkle::KeyType::ed25519, world_.signer.public_key());
  TALLY_CHECK(key.has_value(), "a ledger's origin must be a valid key name");
  RetiredJobs const retired = retired_jobs(start.state, options_.jobs);
  options_.api.absent_jobs.merge(not_loaded(start.state, options_.jobs));
  job_copies_ = copies_in_use(start.state, options_.jobs);
  std::set<JobName> commands_waiting = commands_of_live_runs(start.state);
  domain::SettingValues const settings = differing(options_.settings, start.state.settings);
  Duration const heartbeat = heartbeat_within(options_.heartbeat, settings, start.state.settings);
  bool const system_tenant = start.state.tenants.find(kSystem) != nullptr;
  std::vector<domain::Command> schedules;
  if (may_set_schedules(start.state, options_.jobs))
    schedules = set_schedules(start.state, options_.schedules,
                              std::max(believed(world_.clock.wall()), start.state.ledger.at),
                              next_after(world_.calendar));
  auto rows = fresh_ ? std::nullopt : std::optional(rows_of_directory(start.state));
  loop_ = std::make_unique<ledger::Loop>(
      std::move(start),
      ledger::Loop::World{
          .clock = world_.clock,
          .entropy = world_.entropy,
          .store = *store_,
          .index = index_,
          .wake = world_.wake_loop,
          .order = [this](ledger::Order order) { take_order(std::move(order)); },
          .published =
              [this](codec::Entry const& entry, domain::run::Row const* ended) {
                count_event(api_->metrics(), entry.recorded, ended);
                tell(entry);
              },
          .grouped = [this](std::vector<Digest> const& roots) { group_roots_->add(roots); },
          .next_after = next_after(world_.calendar, stops_),
          .on_failure = [this](std::string const& why) { give_up(why); }},
      options_.loop);
  tiles_ = std::make_unique<HashTiles>(*reader_, *group_roots_);
  options_.api.hash_tile = [this](std::string_view path) { return tiles_->tile(path); };
  options_.api.read_tree = [this] { return tiles_->read_on(); };
  options_.api.errors = {&errors_, "api"};
  error_memory_ =
      std::make_unique<ErrorMemory>(store_->ledger(),
                                    ErrorMemory::World{.derived = world_.derived,
                                                       .clock = world_.clock,
                                                       .reader = *reader_,
                                                       .errors = {&errors_, "projector"},
                                                       .wake = world_.wake_projector},
                                    options_.projector);
  options_.api.error_search = error_memory_->search();
  api_ = std::make_unique<api::Api>(*loop_, *reader_, world_.clock, world_.entropy, world_.vault,
                                    world_.blobs, world_.executor, options_.api);
  make_workers(std::move(commands_waiting), heartbeat);
  signer_ = std::make_unique<CheckpointSigner>(*loop_, *store_, world_.signer, *key,
                                               ports::ErrorReporter<Layer::L7>(&errors_, "signer"),
                                               world_.on_failure);

  auto commands = begin_commands(epoch, origin, *key, retired, settings, system_tenant);
  std::ranges::move(schedules, std::back_inserter(commands));
  // A fresh ledger is taken back whole (server/fresh_start.h); any other keeps what was recorded.
  auto const rehearsed = rows ? rehearse(std::move(*rows), commands, loop_->now()) : Result<void>();
  if (rehearsed) return post_begin(std::move(commands));
  begin_->progress.with([&](Begin::Progress& begin) { begin.fault = rehearsed.error(); });
}

// Of commands, and of the server's own work: one run of it at a time, whatever else is going on.
void Node::make_workers(std::set<JobName> commands_waiting, Duration heartbeat) {
  ports::ErrorReporter<Layer::L7> const reporter(&errors_, "local_work");
  local_work_ = std::make_unique<LocalWork>(
      *loop_, *reader_, api_->payloads(), world_.clock, world_.entropy, reporter,
      options_.worker_name,
      [this](std::vector<JobName> const& jobs) { api_->asked_for_work(jobs); });
  system_queue_ = std::make_unique<LocalWork>(
      *loop_, *reader_, api_->payloads(), world_.clock, world_.entropy, reporter, kSystem.value(),
      [](std::vector<JobName> const&) {}, kSystem);
  system_runner_ = std::make_unique<SystemRunner>(world_.executor, world_.clock);
  workers::CommandWorkerOptions worker;
  worker.heartbeat_every = heartbeat;
  worker.errors = {&errors_, "command_worker"};
  worker.wake = world_.wake_worker;
  workers::CommandWorkerOptions system = worker;
  worker.jobs = std::move(commands_waiting);
  for (ports::JobSpec const& job : options_.jobs)
    if (job.runner == ports::JobRunnerKind::command)
      (domain::is_system(job.name) ? system : worker).jobs.insert(job.name);
  worker.slots = options_.worker_slots;
  system.slots = 1;
  worker_ = std::make_unique<workers::CommandWorker>(*local_work_, world_.runner, world_.receipts,
                                                     std::move(worker));
  system_worker_ = std::make_unique<workers::CommandWorker>(*system_queue_, *system_runner_,
                                                            world_.receipts, std::move(system));
}

void Node::serve_system(SystemHandlers handlers) {
  system_runner_->serve(std::move(handlers));
  serves_system_ = true;
  world_.wake_worker();
}

// The queues at once; the workers, which belong to another thread, in their next step.
void Node::stop_leasing() {
  stops_ = true;
  local_work_->stop_leasing();
  system_queue_->stop_leasing();
  world_.wake_worker();
}

// What this start records before it serves.
std::vector<domain::Command> Node::begin_commands(std::uint64_t epoch, std::string const& origin,
                                                  merkle::VerifierKey const& key,
                                                  RetiredJobs const& retired,
                                                  domain::SettingValues const& settings,
                                                  bool system_tenant) {
  std::vector<domain::Command> commands;
  if (fresh_) {
    commands = open_commands({.ledger = *fresh_,
                              .id_key = IdKey(random_number(world_.entropy)),
                              .origin = origin,
                              .vkey = merkle::format_vkey(key),
                              .operator_key_sha256 = options_.operator_key_sha256,
                              .grant = options_.first_grant});
  }
  std::ranges::move(start_commands({.version = options_.version,
                                    .build = options_.build,
                                    .epoch = epoch,
                                    .tail_cut_bytes = tail_cut_bytes_,
                                    .jobs = options_.jobs,
                                    .system_tenant = system_tenant,
                                    .settings = settings}),
                    std::back_inserter(commands));
  for (auto const& [job, waiting] : retired) {
    ports::ErrorReporter<Layer::L7>(&errors_, "start")
        .report<ErrorClass::system_configuration>(report_of(job, waiting));
    commands.emplace_back(domain::directory::Commands(domain::directory::RetireJob{job}));
  }
  if (!options_.halt_reason.empty()) commands.push_back(halt_command(options_.halt_reason));
  return commands;
}

void Node::post_begin(std::vector<domain::Command> commands) {
  begin_->progress.with([&](Begin::Progress& progress) { progress.open = commands.size(); });
  ledger::Origin const origin = own_origin(world_.entropy);
  for (domain::Command& command : commands) {
    loop_->post(
        ledger::Lane::control,
        {.command = std::move(command),
         .enclosure = {},
         .origin = origin,
         .done = [begin = begin_](ledger::Answer answer) {
           auto const* refusal = std::get_if<domain::Refusal>(&answer.reply);
           bool const halted = refusal != nullptr && refusal->code == domain::RefusalCode::halted;
           begin->progress.with([&](Begin::Progress& progress) {
             --progress.open;
             if (answer.fate != ledger::PostStatus::decided)
               progress.fault = Error{"outcome_unknown", "the start could not be recorded", {}};
             else if (refusal != nullptr && !halted)
               progress.fault = Error{std::string(name_of(refusal->code)), refusal->detail, {}};
           });
         }});
  }
}

// The tree's files first: a request for a tile waits for what they lack.
Result<void> Node::tend_index(ledger::IndexKeeper::What what, ledger::GoOn const& go_on) {
  using Save = ledger::GroupRoots::Save;
  bool const full = what == ledger::IndexKeeper::What::full;
  auto tree = group_roots_->tend(full ? Save::full : Save::all, go_on);
  TRY_VOID(index_keeper_->tend(what, go_on));
  return tree;
}

std::uint64_t Node::checkpointed() const {
  auto const checkpoint = ledger::covered_checkpoint(*reader_);
  return checkpoint ? static_cast<std::uint64_t>(checkpoint->size) : 0;
}

bool Node::started() const {
  return begin_->progress.with([](Begin::Progress const& progress) { return progress.open == 0; });
}

Result<void> Node::start_fault() const {
  return begin_->progress.with([](Begin::Progress const& progress) -> Result<void> {
    if (progress.fault) return tl::unexpected<Error>(*progress.fault);
    return {};
  });
}

// What the disk said goes with it: "the log could not be written" alone helps no operator.
void Node::give_up(std::string const& why) {
  Error error{"log_failed", why, {}};
  if (auto const fault = store_->fault()) {
    if (fault->code == "fenced") error.code = fault->code;
    error.detail += ": " + fault->detail;
    error.internal = fault->internal;
  }
  world_.on_failure(error);
}

void Node::take_order(ledger::Order order) {
  if (auto* head = std::get_if<ledger::SignHead>(&order)) {
    signer_->order(std::move(*head));
    world_.wake_worker();
  } else if (auto const* reconcile = std::get_if<ledger::ReconcileRun>(&order)) {
    (reconcile->of_system ? system_worker_ : worker_)
        ->reconcile(reconcile->run, static_cast<std::uint64_t>(reconcile->fence));
  } else if (auto const* stop = std::get_if<ledger::StopRun>(&order)) {
    (stop->of_system ? system_worker_ : worker_)
        ->stop(stop->run, static_cast<std::uint64_t>(stop->fence), to_answer(stop->reason));
  } else if (auto const* work = std::get_if<ledger::WorkWaits>(&order)) {
    local_work_->work_available(work->job);
    system_queue_->work_available(work->job);
    api_->work_available(work->job);
  }
}

Duration Node::step_worker() {
  Duration const now = world_.clock.monotonic();
  signer_->step();
  errors_.step(*loop_);
  auto const number = [](auto count) { return static_cast<std::int64_t>(count); };
  api_->metrics().raise_to(kTable.errors_dropped, number(errors_.dropped()));
  api_->metrics().raise_to(kTable.reaper_scans, number(loop_->counts().reaper_scans));
  if (now >= look_due_) {
    look_due_ = now + kLookEvery;
    loop_->read_queue(
        [this](std::vector<ledger::QueuedRuns> const& queued) { api_->note_queue(queued); });
    loop_->read_tenants(
        [this](std::vector<ledger::TenantFigures> const& all) { api_->note_tenants(all); });
  }
  if (stops_) {
    worker_->stop_leasing();
    system_worker_->stop_leasing();
  }
  local_work_->tick();
  worker_->step(now);
  Duration next = std::min(api_->tick(), kWorkerTick);
  if (auto const due = worker_->next_due())
    next = std::min(next, std::max(*due - now, Duration(0)));
  if (!serves_system_) return next;
  system_queue_->tick();
  system_worker_->step(now);
  if (auto const due = system_worker_->next_due())
    next = std::min(next, std::max(*due - now, Duration(0)));
  return next;
}

// The recorder has told of what it records.
void Node::tell(codec::Entry const& entry) const {
  bool const told = std::holds_alternative<domain::error::Events>(entry.recorded.event);
  if (!world_.error_told || told) return;
  auto const finding = domain::error::finding_of(entry.recorded.event);
  if (!finding || finding->severity < Severity::warning) return;
  domain::Header const& header = entry.recorded.header;
  world_.error_told({.error = *finding,
                     .internal = {},
                     .correlation = header.correlation.value_or(CorrelationId{}),
                     .span = header.span.value_or(SpanId{})});
}

void Node::halt(std::string reason) {
  loop_->post(ledger::Lane::control, {.command = halt_command(std::move(reason)),
                                      .enclosure = {},
                                      .origin = own_origin(world_.entropy),
                                      .done = [](ledger::Answer) {}});
}

void Node::flush() {
  api_->flush();
  errors_.flush(*loop_);
}

void Node::begin_stop() { loop_->begin_stop(); }

}  // namespace tally::wiring
