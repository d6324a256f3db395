#include "server/serve.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>

#include "platform/file_blobs.h"
#include "platform/file_disk.h"
#include "platform/file_receipts.h"
#include "platform/file_signer.h"
#include "platform/file_vault.h"
#include "platform/http_server.h"
#include "platform/job_folder.h"
#include "platform/open_files.h"
#include "platform/os_entropy.h"
#include "platform/process_runner.h"
#include "platform/program_hash.h"
#include "platform/system_clock.h"
#include "server/attestor.h"
#include "server/config.h"
#include "server/data_directory.h"
#include "server/engine_room.h"
#include "server/log.h"

namespace tally::server {

namespace {

constexpr int kStopped = 0;
constexpr int kConfiguration = 2;
constexpr int kRefused = 4;
constexpr Duration kExecutionsGrace = seconds(10);
constexpr Duration kHttpGrace = seconds(2);
constexpr std::uint64_t kFilesOfItsOwn = 128;  // and of connections that are being refused
constexpr std::uint64_t kFilesOfAnExecution = 8;
constexpr std::uint64_t kConnectionsLeast = 16;
constexpr Duration kLastAnswersMost = seconds(3);  // more than kHttpGrace

int complain(int code, Error const& error) {
  std::fprintf(stderr, "tally serve: %s%s%s%s\n", error.detail.c_str(),
               error.inside.empty() ? "" : " (", error.inside.c_str(),
               error.inside.empty() ? "" : ")");
  return code;
}

struct Listen {
  std::string host;
  std::uint16_t port = 0;
};

Result<Listen> parse_listen(std::string const& text) {
  auto const colon = text.rfind(':');
  Listen listen;
  if (colon != std::string::npos) {
    listen.host = text.substr(0, colon);
    std::string_view const port = std::string_view(text).substr(colon + 1);
    auto const [end, fault] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
    if (fault == std::errc{} && end == port.data() + port.size() && !listen.host.empty())
      return listen;
  }
  return fail("configuration", "--listen wants HOST:PORT, such as 127.0.0.1:7070");
}

bool is_loopback(std::string const& host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

// Keys travel in clear: beyond loopback somebody else must see to TLS, and say so.
Result<void> check_exposure(Listen const& listen, Config const& config) {
  if (is_loopback(listen.host) || config.behind_tls_proxy) return {};
  return fail("configuration",
              "listening beyond loopback needs a TLS proxy in front; put one there and set "
              "http.behind_tls_proxy = true in the configuration file");
}

// Strangers may open connections; they must never take the files that the ledger, the blobs and
// the executions need. So the connections get what is left.
Result<std::size_t> connections_within(std::uint64_t files, Config const& config) {
  std::uint64_t const own = kFilesOfItsOwn + kFilesOfAnExecution * config.worker_slots;
  if (files < own + kConnectionsLeast) {
    return fail("configuration",
                fmt::format("this process may open {} files and needs {}: raise its limit "
                            "(ulimit -n, LimitNOFILE=) or lower worker.slots",
                            files, own + kConnectionsLeast));
  }
  return std::min<std::uint64_t>(platform::HttpServerOptions{}.connections_max, files - own);
}

// Everything of the machine that a node stands on.
struct Machine {
  platform::SystemClock clock;
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
  std::vector<ports::JobSpec> jobs;
  std::atomic<bool> failed = false;
};

Result<void> load_jobs(Machine& machine, std::vector<std::string> const& folders) {
  for (std::string const& folder : folders) {
    TRY(loaded, platform::load_all_jobs(folder));
    for (platform::JobFolder const& job : loaded) {
      if (job.spec.runner == ports::JobRunnerKind::caller) {
        return fail("configuration",
                    fmt::format("job {}: runner \"caller\" is not one this version executes; "
                                "use \"command\" or \"worker\"",
                                job.spec.name.value()));
      }
      TRY_VOID(platform::write_job_snapshot(machine.data->path("work/jobs"), job));
      machine.jobs.push_back(job.spec);
    }
  }
  return {};
}

Result<void> open_machine(Machine& machine, ServeOptions const& options, Config const& config) {
  TRY(data, DataDirectory::open(options.data, machine.entropy));
  machine.data = std::move(data);
  TRY_VOID(load_jobs(machine, options.jobs));
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
  TRY(blobs, platform::FileBlobs::open(machine.data->path("blobs")));
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
                                             .jobs = machine.jobs,
                                             .note = note},
                                            machine.clock));
  machine.runner = std::move(runner);
  return {};
}

wiring::NodeWorld world_of(Machine& machine, EngineRoom& room) {
  // Fail-stop: a server that cannot write its log acknowledges nothing and ends; the next start
  // begins halted. The thread that found out stands still here, while the main thread sends what is
  // already answered: outcome_unknown to everybody whose request was in flight.
  auto die = [&machine](Error const& why) {
    machine.data->write_halt(why.detail);
    machine.log.write_now(
        {.severity = Severity::critical,
         .message = "the ledger cannot be written; the process ends, and begins halted",
         .detail = why.inside.empty() ? why.detail : why.detail + " (" + why.inside + ")"});
    machine.failed = true;
    ::kill(::getpid(), SIGTERM);
    Bell().wait(kLastAnswersMost);
    ::_exit(kRefused);
  };
  return {.clock = machine.clock,
          .entropy = machine.entropy,
          .disk = *machine.disk,
          .derived = *machine.derived,
          .signer = *machine.signer,
          .vault = *machine.vault,
          .blobs = *machine.blobs,
          .runner = *machine.runner,
          .receipts = *machine.receipts,
          .wake_loop = room.wake_loop(),
          .wake_log = room.wake_log(),
          .wake_worker = room.wake_worker(),
          .error_told = [&machine](wiring::ErrorTold const& told) { machine.log.write(told); },
          .on_failure = die};
}

// Readiness of the blob store: a question that it can answer.
Result<void> probe_blobs(platform::FileBlobs const& blobs) {
  TRY_VOID(blobs.contains(ContentRef()));
  return {};
}

wiring::NodeOptions node_options(Machine const& machine, EngineRoom& room, Config const& config) {
  wiring::NodeOptions options;
  options.api.pepper = machine.data->pepper();
  options.api.rate_fields = config.rate_fields ? api::RateFields::draft_11 : api::RateFields::off;
  options.api.later = [&room](std::function<void()> task) { room.later(std::move(task)); };
  options.api.probes = {{"blobs", [&machine] { return probe_blobs(*machine.blobs); }},
                        {"log", [&room] { return room.probe_log(); }},
                        {"worker", [&room] { return room.probe_worker(); }}};
  options.start_helper = audit::Helper::thread;
  options.build = platform::program_hash();
  options.jobs = machine.jobs;
  options.settings = config.settings;
  options.origin = config.origin;
  options.operator_key_sha256 = machine.data->operator_key_sha256();
  options.first_grant = config.first_grant;
  options.worker_slots = config.worker_slots;
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
  report.chain = {{tended.error().code, tended.error().detail + " " + tended.error().inside}};
  ports::ErrorReporter<Layer::L7>(&node.errors(), "attestor")
      .report<ErrorClass::infra_storage>(std::move(report));
  return false;
}

Attestor::World attestor_world(Machine& machine, wiring::Node& node) {
  return {
      .disk = *machine.disk_to_read,
      .snapshots = node.snapshots(),
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
  Bell bell;
  while (!node.started()) bell.wait(milliseconds(1));
  return node.start_fault();
}

// SIGINT and SIGTERM are taken by sigwait; every thread started later inherits the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
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

// The threads end before the node that they drive, also when a start fails half-way.
struct Driving {
  Driving(EngineRoom& the_room, wiring::Node& node) : room(the_room) { room.start(node); }
  ~Driving() { room.stop(Duration(0)); }
  Driving(Driving const&) = delete;
  Driving& operator=(Driving const&) = delete;
  EngineRoom& room;
};

Result<void> run(Machine& machine, Config const& config, Listen const& listen,
                 std::size_t connections_max, sigset_t const& signals) {
  EngineRoom room;
  Duration const began = machine.clock.monotonic();
  TRY(node, wiring::Node::open(world_of(machine, room), node_options(machine, room, config)));
  Duration const opening = machine.clock.monotonic() - began;
  Driving const driving(room, *node);
  TRY_VOID(wait_until_started(*node));
  platform::HttpServerOptions http;
  http.host = listen.host;
  http.port = listen.port;
  http.threads = config.http_threads;
  http.errors = {&node->errors(), "http_server"};
  http.connections_max = connections_max;
  report_start(machine, *node, opening);
  TRY(server, platform::HttpServer::start(http, node->api()));
  announce(machine, *node, listen, server->port());
  if (!machine.data->halt_reason().empty()) TRY_VOID(machine.data->clear_halt());
  int signal_number = 0;
  {
    Attestor const attestor(
        attestor_world(machine, *node),
        {.every = config.attest_every, .snapshot_every = config.snapshot_every_events});
    sigwait(&signals, &signal_number);
    // The last answers wait for nobody.
    if (machine.failed) {
      server->stop(kHttpGrace);
      ::_exit(kRefused);
    }
  }
  machine.log.write({.message = "stopping", .detail = "no new requests; what runs may end"});
  server->stop(kHttpGrace);
  room.stop(kExecutionsGrace);
  machine.log.write({.message = "stopped"});
  return {};
}

}  // namespace

int serve(ServeOptions const& options) {
  auto listen = parse_listen(options.listen);
  if (!listen) return complain(kConfiguration, listen.error());
  auto config = load_config(options.config);
  if (!config) return complain(kConfiguration, config.error());
  if (auto exposed = check_exposure(*listen, *config); !exposed)
    return complain(kConfiguration, exposed.error());
  auto connections = connections_within(platform::raise_open_files_limit(), *config);
  if (!connections) return complain(kConfiguration, connections.error());
  sigset_t const signals = block_signals();
  Machine machine;
  if (auto opened = open_machine(machine, options, *config); !opened)
    return complain(kRefused, opened.error());
  if (auto ran = run(machine, *config, *listen, *connections, signals); !ran)
    return complain(kRefused, ran.error());
  return kStopped;
}

}  // namespace tally::server
