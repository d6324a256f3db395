#include "server/serve.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>

#include "platform/file_blobs.h"
#include "platform/file_disk.h"
#include "platform/file_receipts.h"
#include "platform/file_signer.h"
#include "platform/file_vault.h"
#include "platform/http_server.h"
#include "platform/open_files.h"
#include "platform/os_entropy.h"
#include "platform/process_runner.h"
#include "platform/program_hash.h"
#include "platform/system_calendar.h"
#include "platform/system_clock.h"
#include "platform/write_signals.h"
#include "server/attestor.h"
#include "server/config.h"
#include "server/data_directory.h"
#include "server/fresh_start.h"
#include "server/job_kinds.h"
#include "server/listen.h"
#include "server/log.h"
#include "server/pending_settings.h"
#include "server/projector_thread.h"
#include "server/server_threads.h"
#include "server/start_checks.h"

namespace tally::server {

namespace {

constexpr int kStopped = 0;
constexpr int kConfiguration = 2;
constexpr int kRefused = 4;
constexpr std::string_view kJobCopies = "work/jobs";
constexpr Duration kExecutionsGrace = seconds(10);
constexpr Duration kHttpGrace = seconds(2);
constexpr Duration kLastAnswersMost = seconds(3);  // more than kHttpGrace

// What the caller can mend by other arguments or another file is a matter of configuration.
int code_of(Error const& error) {
  constexpr std::array<std::string_view, 7> kMisuses{
      "address_in_use", "address_invalid", "configuration",   "conflict",
      "in_use",         "key_permissions", "validation_error"};
  bool const misuse = std::ranges::find(kMisuses, error.code) != kMisuses.end();
  return misuse ? kConfiguration : kRefused;
}

int complain(Error const& error) {
  std::fprintf(stderr, "tally serve: %s%s%s%s\n", error.detail.c_str(),
               error.internal.empty() ? "" : " (", error.internal.c_str(),
               error.internal.empty() ? "" : ")");
  return code_of(error);
}

// Everything of the machine that a node stands on.
struct Machine {
  platform::SystemClock clock;
  platform::SystemCalendar calendar;
  platform::OsEntropy entropy;
  Log log{clock, entropy};
  std::unique_ptr<DataDirectory> data;
  std::unique_ptr<platform::FileDisk> disk;
  std::unique_ptr<platform::FileDisk> disk_to_read;  // the attestor's own
  std::unique_ptr<platform::FileDisk> derived;
  std::unique_ptr<platform::FileSigner> signer;
  std::unique_ptr<platform::FileVault> vault;
  std::optional<platform::FileBlobs> blobs;
  std::optional<platform::FileReceipts> receipts;
  std::unique_ptr<platform::ProcessRunner> runner;
  JobKinds jobs;
  std::atomic<bool> failed = false;
};

Result<void> open_machine(Machine& machine, ServeOptions const& options, Config const& config,
                          FreshStart& fresh) {
  TRY(data, DataDirectory::open(options.data, machine.entropy));
  machine.data = std::move(data);
  fresh.locked();
  TRY(jobs, load_job_kinds(options.jobs, machine.data->path(kJobCopies)));
  machine.jobs = std::move(jobs);
  TRY(disk, platform::FileDisk::open_directory(machine.data->path("ledger")));
  machine.disk = std::move(disk);
  TRY(disk_to_read, platform::FileDisk::open_read_only(machine.data->path("ledger")));
  machine.disk_to_read = std::move(disk_to_read);
  TRY(derived, platform::FileDisk::open_directory(machine.data->path("snapshots"),
                                                  platform::Transfer::cached));
  machine.derived = std::move(derived);
  TRY(signer, platform::FileSigner::open_or_create(machine.data->path("keys/ledger.key")));
  machine.signer = std::move(signer);
  TRY(vault, platform::FileVault::open(machine.data->path("keys/data"), machine.entropy));
  machine.vault = std::move(vault);
  TRY(blobs, platform::FileBlobs::open(machine.data->path("blobs"), machine.clock));
  machine.blobs.emplace(std::move(blobs));
  TRY(receipts, platform::FileReceipts::open(machine.data->path("work")));
  machine.receipts.emplace(std::move(receipts));
  auto note = [&log = machine.log](ports::RunRequest const& request, std::string const& line) {
    auto const said = fmt::format("attempt {} said on stderr", request.fence);
    log.write({.message = said,
               .detail = line,
               .run = request.run,
               .correlation = correlation_in(request.traceparent)});
  };
  TRY(runner, platform::ProcessRunner::open({.work = machine.data->path("work"),
                                             .slots = config.worker_slots,
                                             .jobs = machine.jobs.serve,
                                             .note = note},
                                            machine.clock));
  machine.runner = std::move(runner);
  return {};
}

wiring::NodeWorld world_of(Machine& machine, ServerThreads& threads, ProjectorThread& projector) {
  // Fail-stop: a server that cannot write its log acknowledges nothing and ends; the next start
  // begins halted. The thread that found out stands still here, while the main thread sends what is
  // already answered: outcome_unknown to everybody whose request was in flight.
  // Where the ledger is somebody else's now, the next start of his is none of ours to halt.
  auto die = [&machine](Error const& why) {
    bool const fenced = why.code == "fenced";
    if (!fenced) machine.data->write_halt(why.detail);
    machine.log.write_now(
        {.severity = Severity::critical,
         .message = fenced ? "the ledger is not this process's to write any more; the process ends"
                           : "the ledger cannot be written; the process ends, and begins halted",
         .detail = why.internal.empty() ? why.detail : why.detail + " (" + why.internal + ")"});
    machine.failed = true;
    ::kill(::getpid(), SIGTERM);
    WakeEvent().wait(kLastAnswersMost);
    ::_exit(kRefused);
  };
  return {.clock = machine.clock,
          .calendar = machine.calendar,
          .entropy = machine.entropy,
          .disk = *machine.disk,
          .derived = *machine.derived,
          .signer = *machine.signer,
          .vault = *machine.vault,
          .blobs = *machine.blobs,
          .runner = *machine.runner,
          .receipts = *machine.receipts,
          .executor = threads.executor(),
          .wake_loop = threads.wake_loop(),
          .wake_log = threads.wake_log(),
          .wake_worker = threads.wake_worker(),
          .wake_projector = projector.wake(),
          .error_told = [&machine](wiring::ErrorNotice const& told) { machine.log.write(told); },
          .may_append = [&machine] { return machine.data->still_ours(); },
          .on_failure = die};
}

// Readiness of the blob store: a question that it can answer.
Result<void> probe_blobs(platform::FileBlobs const& blobs) {
  TRY_VOID(blobs.contains(ContentRef()));
  return {};
}

std::optional<std::int64_t> disk_free(std::string const& path) {
  std::error_code fault;
  auto const space = std::filesystem::space(path, fault);
  if (fault) return std::nullopt;
  return static_cast<std::int64_t>(space.available);
}

wiring::NodeOptions node_options(Machine const& machine, ServerThreads& threads,
                                 Config const& config, Listen const& listen) {
  wiring::NodeOptions options;
  options.api.pepper = machine.data->pepper();
  options.api.rate_fields = config.rate_fields ? api::RateFields::draft_11 : api::RateFields::off;
  options.api.behind_proxy = config.behind_tls_proxy;
  options.api.settings_in_file = config.settings;
  if (!config.public_url.empty())
    options.api.problem_types = config.public_url + options.api.problem_types;
  else if (listen.port != 0)
    options.api.address = fmt::format("http://{}:{}", listen.host, listen.port);
  options.api.disk_free = [path = machine.data->path("")] { return disk_free(path); };
  options.api.open_per_minute = config.open_per_minute;
  options.api.probes = {{"blobs", [&machine] { return probe_blobs(*machine.blobs); }},
                        {"data", [&machine] { return machine.data->still_ours(); }},
                        {"log", [&threads] { return threads.probe_log(); }},
                        {"worker", [&threads] { return threads.probe_worker(); }}};
  options.start_helper = audit::Helper::thread;
  options.api.absent_jobs = told_of(machine.jobs.refused);
  options.build = platform::program_hash();
  options.jobs = machine.jobs.serve;
  options.settings = config.settings;
  options.heartbeat = config.heartbeat;
  options.origin = config.origin;
  options.operator_key_sha256 = machine.data->operator_key_sha256();
  options.first_grant = config.first_grant;
  options.worker_slots = config.worker_slots;
  if (config.attest_every) options.schedules = {wiring::attest_every(*config.attest_every)};
  options.halt_reason = machine.data->halt_reason();
  return options;
}

// What cannot go to a file stays in memory.
bool tend_index(wiring::Node& node, ledger::IndexKeeper::What what, ledger::GoOn const& go_on) {
  auto const tended = node.tend_index(what, go_on);
  if (tended || tended.error().code == ledger::kGivenUp) return true;
  ports::ErrorReport report;
  report.severity = Severity::warning;
  report.exception_type = "index_not_saved";
  report.message = "a part of the index could not be written to its file";
  report.chain = {{tended.error().code, tended.error().detail + " " + tended.error().internal}};
  ports::ErrorReporter<Layer::L7>(&node.errors(), "attestor")
      .report<ErrorClass::infra_storage>(std::move(report));
  return false;
}

Attestor::World attestor_world(Machine& machine, wiring::Node& node) {
  return {
      .disk = *machine.disk_to_read,
      .snapshots = node.snapshots(),
      .blobs = *machine.blobs,
      .tend_index = [&node](ledger::IndexKeeper::What what,
                            ledger::GoOn const& go_on) { return tend_index(node, what, go_on); },
      .clock = machine.clock,
      .vkey = node.loop().directory()->vkey,
      .acknowledged = [&node] { return static_cast<std::uint64_t>(node.index().size()); },
      .checkpointed = [&node] { return node.checkpointed(); },
      .attested =
          [&machine, &node](Attestation const& attestation) {
            act_on(attestation, machine.clock.wall(), machine.log, node);
          }};
}

Result<void> wait_until_started(wiring::Node& node) {
  WakeEvent never;
  while (!node.started()) never.wait(milliseconds(1));
  return node.start_fault();
}

// SIGINT and SIGTERM are taken by sigwait; every thread started later inherits the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  platform::let_writes_fail();
  return signals;
}

void announce(Machine const& machine, wiring::Node& node, Listen const& listen,
              std::uint16_t port) {
  std::string const level(platform::level_name(machine.runner->sandbox().level()));
  std::printf("tally serves http://%s:%u  ledger %s  events %lld  sandbox %s  data %s\n",
              listen.host.c_str(), port, to_text(node.loop().directory()->ledger).c_str(),
              static_cast<long long>(node.index().size()), level.c_str(),
              machine.data->path("").c_str());
  std::fflush(stdout);
}

// Copies of job folders that nothing may execute any more; what stays for a fault is tried again at
// the next start.
void remove_unused_copies(Machine const& machine, wiring::Node& node) {
  auto const removed =
      platform::remove_unused_snapshots(machine.data->path(kJobCopies), node.job_copies());
  if (removed) return;
  auto report = ports::report_of(removed.error());
  report.severity = Severity::warning;
  report.exception_type = "job_copies_not_removed";
  ports::ErrorReporter<Layer::L7>(&node.errors(), "start")
      .report<ErrorClass::infra_storage>(std::move(report));
}

// What the operator must know about this start; part of the record too.
void report_start(Machine& machine, wiring::Node& node, Duration opening) {
  machine.log.write_now(
      {.message = "the ledger is open",
       .detail = fmt::format("{} events, folded from event {} on, in {} ms", node.index().size(),
                             node.folded_from(), opening.value() / milliseconds(1).value())});
  if (!machine.data->halt_reason().empty())
    machine.log.write_now({.severity = Severity::critical,
                           .message = "began halted: an earlier process could not write its ledger",
                           .detail = machine.data->halt_reason()});
  report_refused(machine.jobs.refused, node);
  ports::ErrorReporter<Layer::L6> const sandbox(&node.errors(), "sandbox");
  if (!machine.runner->sandbox().notes().empty()) {
    ports::ErrorReport report;
    report.severity = Severity::warning;
    report.exception_type = "sandbox_degraded";
    report.message = "jobs run at a lower sandbox level than bubblewrap";
    report.context = {
        {"level", std::string(platform::level_name(machine.runner->sandbox().level()))}};
    report.chain = {{"probe", machine.runner->sandbox().notes()}};
    sandbox.report<ErrorClass::system_configuration>(std::move(report));
  }
}

// What a run of the kind system.attest does.
wiring::SystemHandlers system_handlers(std::optional<Attestor>& attestor) {
  return {{JobName(std::string(wiring::kAttestJob)),
           [&attestor](std::function<bool()> const& go_on) -> Result<std::string> {
             TRY(report, attestor->full_pass(go_on));
             return result_of(report);
           }}};
}

// The threads end before the node that they drive, also when a start fails half-way.
struct Driving {
  Driving(ServerThreads& the_threads, ProjectorThread& the_projector, wiring::Node& node)
      : threads(the_threads), projector(the_projector) {
    threads.start(node);
    projector.start(node);
  }
  ~Driving() {
    projector.stop();
    threads.stop(Duration(0));
  }
  Driving(Driving const&) = delete;
  Driving& operator=(Driving const&) = delete;
  ServerThreads& threads;
  ProjectorThread& projector;
};

Result<void> run(Machine& machine, Config const& config, Listen const& listen,
                 std::size_t connections_max, sigset_t const& signals, FreshStart& fresh) {
  ServerThreads threads;
  ProjectorThread projector;
  TRY_VOID(check_port(listen));
  Duration const began = machine.clock.monotonic();
  TRY(node, wiring::Node::open(world_of(machine, threads, projector),
                               node_options(machine, threads, config, listen)));
  Duration const opening = machine.clock.monotonic() - began;
  std::optional<Attestor> attestor;  // outlives the threads, one of which may wait for it
  Driving const driving(threads, projector, *node);
  TRY_VOID(wait_until_started(*node));
  platform::HttpServerOptions http;
  http.host = listen.host;
  http.port = listen.port;
  http.threads = config.http_threads;
  http.errors = {&node->errors(), "http_server"};
  http.connections_max = connections_max;
  http.connections_of_owner_max = std::max<std::size_t>(connections_max / 2, 1);
  http.connections_unauthenticated_max = config.unauthenticated_connections;
  remove_unused_copies(machine, *node);
  report_start(machine, *node, opening);
  report_pending(machine.log, config.settings, node->loop().directory()->settings);
  TRY(server, platform::HttpServer::start(http, node->api()));
  fresh.serves();
  announce(machine, *node, listen, server->port());
  if (!machine.data->halt_reason().empty()) TRY_VOID(machine.data->clear_halt());
  attestor.emplace(attestor_world(machine, *node),
                   Attestor::Pace{.snapshot_every = config.snapshot_every_events});
  node->serve_system(system_handlers(attestor));
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  node->stop_leasing();
  attestor->stop();
  machine.runner->server_stops();
  if (machine.failed) {  // the last answers wait for nobody
    server->stop(kHttpGrace);
    ::_exit(kRefused);
  }
  machine.log.write({.message = "stopping", .detail = "no new requests; what runs may end"});
  server->stop(kHttpGrace);
  projector.stop();
  threads.stop(kExecutionsGrace);
  machine.log.write({.message = "stopped"});
  return {};
}

}  // namespace

int serve(ServeOptions const& options) {
  auto listen = parse_listen(options.listen);
  if (!listen) return complain(listen.error());
  auto config = load_config(options.config);
  if (!config) return complain(config.error());
  if (auto exposed = check_exposure(*listen, *config); !exposed) return complain(exposed.error());
  auto connections = connections_within(platform::raise_open_files_limit(), *config);
  if (!connections) return complain(connections.error());
  sigset_t const signals = block_signals();
  Machine machine;
  if (auto told = check_clock(machine.clock.wall()); !told) return complain(told.error());
  FreshStart fresh(options.data);  // ends first, while the lock is held
  if (auto opened = open_machine(machine, options, *config, fresh); !opened)
    return complain(opened.error());
  auto ran = run(machine, *config, *listen, *connections, signals, fresh);
  return ran ? kStopped : complain(ran.error());
}

}  // namespace tally::server
