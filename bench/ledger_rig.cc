#include "bench/ledger_rig.h"

#include <fmt/format.h>

#include <atomic>

#include "bench/child.h"
#include "ledger/attest.h"
#include "platform/file_blobs.h"
#include "platform/file_disk.h"
#include "platform/file_receipts.h"
#include "platform/file_signer.h"
#include "platform/file_vault.h"
#include "platform/os_entropy.h"
#include "platform/system_calendar.h"
#include "platform/system_clock.h"
#include "server/server_threads.h"

namespace tally::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnderWay = 1'024;  // runs at once, so that frames are well filled
constexpr std::size_t kPayloadBytes = 64;   // sealed, beside the leaf
constexpr Micros kMaxCost{100};
constexpr Duration kKept = seconds(5);  // finished runs and their keys, in memory
constexpr std::int64_t kRunsLiveMax = 10'000'000;

// Nothing is executed here; what is asked all the same fails.
class IdleRunner : public ports::JobRunner {
 public:
  Result<void> ready(Digest const&) override {
    return fail("job_unknown", "nothing is executed here");
  }
  void run(ports::RunRequest, std::function<void(ports::RunResult)> done) override {
    ports::WorkFailure failure;
    failure.code = "job_unknown";
    done(std::move(failure));
  }
  void cancel(RunId, std::uint64_t) override {}
};

ports::JobSpec bench_job() {
  ports::JobSpec job;
  job.name = JobName(kBenchJob);
  job.version = "1.0.0";
  job.runner = ports::JobRunnerKind::worker;
  job.timeout = seconds(30);
  job.queue_deadline = hours(24);
  job.retries = 2;
  job.deterministic = true;
  job.price = {.reported = false, .fixed = kMaxCost, .per_second = {}};
  job.limits.output_bytes_max = 1 << 20;
  job.hash = sha256(as_bytes("bench"));
  return job;
}

// What the node's own worker could execute; nobody submits it.
ports::JobSpec own_job() {
  ports::JobSpec job = bench_job();
  job.name = JobName("bench-own");
  job.runner = ports::JobRunnerKind::command;
  job.command = {"./work.sh"};
  return job;
}

// As stored: the same for all, so that its hash is made once.
Bytes sealed_payload() { return Bytes(kPayloadBytes, 0x77); }

domain::Document enclosure(Digest const& of) {
  static ContentRef const stored(sha256(sealed_payload()));
  return {.blob = {},
          .bytes = static_cast<std::int64_t>(kPayloadBytes),
          .digest = of.hex(),
          .salt = of.hex().substr(0, 32),
          .stored = stored};
}

// Different for each purpose and number, and cheap: it is made inside what is measured.
Digest numbered(std::uint64_t purpose, std::uint64_t number) {
  Digest digest;
  for (std::size_t i = 0; i < 4; ++i)
    put_u64(&digest.bytes[8 * i], permute(purpose, 4 * number + i));
  return digest;
}
constexpr std::uint64_t kOfBody = 1;
constexpr std::uint64_t kOfKey = 2;
constexpr std::uint64_t kOfResult = 3;
constexpr std::uint64_t kOfTrace = 4;

}  // namespace

struct LedgerRig::Parts {
  platform::SystemClock clock;
  platform::SystemCalendar calendar;
  platform::OsEntropy entropy;
  std::unique_ptr<platform::FileDisk> disk;
  std::unique_ptr<platform::FileDisk> derived;
  std::unique_ptr<platform::FileSigner> signer;
  std::unique_ptr<platform::FileVault> vault;
  std::optional<platform::FileBlobs> blobs;
  std::optional<platform::FileReceipts> receipts;
  IdleRunner runner;
  server::ServerThreads threads;
  std::unique_ptr<wiring::Node> node;
  bool running = false;

  // Progress of make_runs.
  Steps steps = Steps::submit_only;
  std::uint64_t first = 0;  // of this round; numbers go on over rounds
  std::uint64_t wanted = 0;
  std::atomic<std::uint64_t> begun = 0;
  std::atomic<std::uint64_t> ended = 0;
  std::atomic<std::uint64_t> wrong = 0;
  server::WakeEvent all_ended;

  Result<void> open(Scratch const& scratch);
  void post(ledger::Lane lane, domain::run::Commands command, Bytes beside, std::uint64_t run,
            std::optional<domain::IdempotencyKey> key, std::function<void(ledger::Answer)> done);
  void begin_run();
  void lease(std::uint64_t run);
  void begin_work(std::uint64_t run, domain::run::Handle handle);
  void complete(std::uint64_t run, domain::run::Handle handle);
  void end_run(ledger::Answer const& answer);
};

Result<void> LedgerRig::Parts::open(Scratch const& scratch) {
  std::error_code ignored;
  for (char const* inside : {"rig/keys/data", "rig/blobs", "rig/work"})
    fs::create_directories(scratch.path(inside), ignored);
  TRY(the_disk, platform::FileDisk::open_directory(scratch.path("rig/ledger")));
  disk = std::move(the_disk);
  TRY(the_derived, platform::FileDisk::open_directory(scratch.path("rig/snapshots"),
                                                      platform::Transfer::cached));
  derived = std::move(the_derived);
  TRY(the_signer, platform::FileSigner::open_or_create(scratch.path("rig/keys/ledger.key")));
  signer = std::move(the_signer);
  TRY(the_vault, platform::FileVault::open(scratch.path("rig/keys/data"), entropy));
  vault = std::move(the_vault);
  TRY(the_blobs, platform::FileBlobs::open(scratch.path("rig/blobs"), clock));
  blobs.emplace(std::move(the_blobs));
  TRY(the_receipts, platform::FileReceipts::open(scratch.path("rig/work")));
  receipts.emplace(std::move(the_receipts));
  wiring::NodeOptions options;
  options.start_helper = audit::Helper::thread;
  options.jobs = {bench_job(), own_job()};
  options.first_grant = Micros(100'000'000'000'000);
  std::int64_t const kept = kKept.value() / seconds(1).value();
  namespace setting = domain::setting;
  options.settings = {{std::string(setting::kArchiveAfter.name), kept},
                      {std::string(setting::kIdempotencyLife.name), kept},
                      {std::string(setting::kRunsLiveMax.name), kRunsLiveMax}};
  options.operator_key_sha256 = sha256(as_bytes("tk_bench"));
  TRY(the_node, wiring::Node::open({.clock = clock,
                                    .calendar = calendar,
                                    .entropy = entropy,
                                    .disk = *disk,
                                    .derived = *derived,
                                    .signer = *signer,
                                    .vault = *vault,
                                    .blobs = *blobs,
                                    .runner = runner,
                                    .receipts = *receipts,
                                    .executor = threads.executor(),
                                    .wake_loop = threads.wake_loop(),
                                    .wake_log = threads.wake_log(),
                                    .wake_worker = threads.wake_worker(),
                                    .on_failure = [](Error const&) { std::abort(); }},
                                   std::move(options)));
  node = std::move(the_node);
  return {};
}

void LedgerRig::Parts::post(ledger::Lane lane, domain::run::Commands command, Bytes beside,
                            std::uint64_t run, std::optional<domain::IdempotencyKey> key,
                            std::function<void(ledger::Answer)> done) {
  CorrelationId::Rep correlation{};
  Digest const digest = numbered(kOfTrace, run);
  std::copy_n(digest.bytes.begin(), correlation.size(), correlation.begin());
  node->loop().post(lane, {.command = std::move(command),
                           .enclosure = std::move(beside),
                           .idempotency = key,
                           .origin = {.actor = "key_0000000000000001",
                                      .correlation = CorrelationId(correlation),
                                      .span = SpanId({1, 2, 3, 4, 5, 6, 7, 8}),
                                      .tenant = {}},
                           .done = std::move(done)});
}

void LedgerRig::Parts::begin_run() {
  std::uint64_t const run = begun++;
  if (run >= first + wanted) return;
  domain::run::Submit submit;
  domain::IdempotencyKey const key{.fingerprint = numbered(kOfBody, run),
                                   .key = numbered(kOfKey, run)};
  submit.input = enclosure(key.fingerprint);
  submit.job = JobName(kBenchJob);
  submit.key = KeyId(1);
  submit.max_cost = kMaxCost;
  submit.tenant = TenantId(std::string(wiring::kDefaultTenant));
  submit.timeout = seconds(30);
  post(ledger::Lane::start, std::move(submit), sealed_payload(), run, key,
       [this, run](ledger::Answer answer) {
         if (steps == Steps::submit_only || !answer.entry) return end_run(answer);
         lease(run);
       });
}

void LedgerRig::Parts::lease(std::uint64_t run) {
  domain::run::Lease ask{.jobs = {JobName(kBenchJob)}, .tenant = std::nullopt, .worker = "bench"};
  post(ledger::Lane::start, std::move(ask), {}, run, {}, [this, run](ledger::Answer answer) {
    if (!answer.row || !answer.row->lease) return end_run(answer);
    begin_work(run, {.fence = answer.row->fence, .lease = *answer.row->lease, .tenant = {}});
  });
}

void LedgerRig::Parts::begin_work(std::uint64_t run, domain::run::Handle handle) {
  post(ledger::Lane::finish, domain::run::Start{handle}, {}, run, {},
       [this, run, handle](ledger::Answer answer) {
         if (!answer.entry) return end_run(answer);
         complete(run, handle);
       });
}

void LedgerRig::Parts::complete(std::uint64_t run, domain::run::Handle handle) {
  domain::run::Complete done;
  done.handle = handle;
  done.measured = {.elapsed = milliseconds(5), .reported = {}, .sandbox = "remote"};
  done.result = enclosure(numbered(kOfResult, run));
  post(ledger::Lane::finish, std::move(done), sealed_payload(), run, {},
       [this](ledger::Answer answer) { end_run(answer); });
}

void LedgerRig::Parts::end_run(ledger::Answer const& answer) {
  if (!answer.entry) ++wrong;
  begin_run();  // first, so that nothing of this round begins after its end
  if (++ended == wanted) all_ended.set();
}

LedgerRig::LedgerRig(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
LedgerRig::~LedgerRig() { stop(); }

Result<std::unique_ptr<LedgerRig>> LedgerRig::open(Scratch const& scratch) {
  auto parts = std::make_unique<Parts>();
  TRY_VOID(parts->open(scratch));
  // No number that an earlier life of the ledger used: each run made more than one event.
  parts->first = static_cast<std::uint64_t>(parts->node->index().size());
  return std::unique_ptr<LedgerRig>(new LedgerRig(std::move(parts)));
}

Result<void> LedgerRig::start() {
  parts_->threads.start(*parts_->node);
  parts_->running = true;
  server::WakeEvent pause;
  while (!parts_->node->started()) pause.wait(milliseconds(1));
  return parts_->node->start_fault();
}

Result<void> LedgerRig::make_runs(std::uint64_t runs, Steps steps) {
  Parts& parts = *parts_;
  parts.steps = steps;
  parts.first += std::exchange(parts.wanted, runs);
  parts.begun = parts.first;
  parts.ended = 0;
  for (std::uint64_t i = 0; i < std::min(runs, kUnderWay); ++i) parts.begin_run();
  while (parts.ended < runs) {
    parts.all_ended.wait(milliseconds(100));
    TRY_VOID(parts.node->tend_index(ledger::IndexKeeper::What::full));
  }
  if (parts.wrong > 0)
    return fail("refused", fmt::format("{} commands came to nothing", parts.wrong.load()));
  return {};
}

void LedgerRig::stop() {
  if (std::exchange(parts_->running, false)) parts_->threads.stop(Duration(0));
}
wiring::Node& LedgerRig::node() { return *parts_->node; }

Result<void> LedgerRig::attest() {
  wiring::Node& node = *parts_->node;
  TRY_VOID(node.tend_index(ledger::IndexKeeper::What::all));
  TRY(attested, ledger::attest(*parts_->disk, node.snapshots(),
                               {.vkey = node.loop().directory()->vkey,
                                .acknowledged = static_cast<std::uint64_t>(node.index().size()),
                                .checkpointed = node.checkpointed(),
                                .reach = ledger::Reach::whole,
                                .progress = {}}));
  if (!attested.report.ok) return fail("differs", attested.report.what);
  return std::move(attested.saved);
}

}  // namespace tally::bench
