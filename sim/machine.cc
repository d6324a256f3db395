#include "sim/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tally::sim {

namespace {

constexpr Duration kIdleTickFirst = milliseconds(100);
constexpr Duration kIdleTickMax = seconds(2);
constexpr Duration kProjectorLate = microseconds(150);  // until the woken projector runs
constexpr Duration kProjectorTickMax = seconds(20);
constexpr std::uint64_t kJitterMost = 200;        // microseconds until a woken thread runs
constexpr std::uint64_t kSyncMost = 5'000;        // microseconds that a durable write takes
constexpr std::uint64_t kRebootMost = 3'000'000;  // microseconds until the next process
constexpr std::array<std::string_view, 5> kThreads{"loop", "log", "worker", "tasks", "projector"};
constexpr std::uint64_t kFailedStartsMax = 20;    // then somebody repairs the disk
constexpr std::uint32_t kPassFailsPerMille = 200;  // of the system's passes over the ledger
// In place of ports::kBlobGrace: more than a request of this world is on its way in its server.
constexpr Duration kBlobGrace = seconds(5);

ports::ExecutorLimits lane_limits(Swarm const& swarm) {
  ports::ExecutorLimits limits = ports::kLaneLimits;
  if (swarm.tasks_waiting_max == 0) return limits;
  for (ports::LaneLimits& lane : limits)
    lane.waiting_max = lane.of_owner_max = swarm.tasks_waiting_max;
  return limits;
}

}  // namespace

Machine::Machine(std::uint64_t seed, Swarm const& swarm, Timeline& timeline, SimClock& clock,
                 Executions& executions)
    : prng_(seed ^ 0x6d616368),
      swarm_(swarm),
      timeline_(timeline),
      clock_(clock),
      disk_(seed ^ 0x6469736b, {.lying_sync = swarm.disk.lying_sync}),
      derived_(seed ^ 0x64657269, {}),
      entropy_(seed ^ 0x656e7472),
      signer_(seed ^ 0x7369676e),
      vault_(seed ^ 0x7661756c),
      blobs_(clock),
      receipts_(seed ^ 0x72636570, swarm.receipts, [this] { happened(Moment::receipt); }),
      runner_(seed ^ 0x72756e72, swarm.work, timeline, clock, executions,
              [this] { happened(Moment::execution); }),
      executor_(seed ^ 0x65786563, lane_limits(swarm), [this] { wake(Thread::tasks); }),
      idle_tick_(kIdleTickFirst) {
  for (auto const& job : job_kinds(swarm.queue_deadline))
    if (job.price.reported) runner_.reports_cost(job.name);
}

void Machine::trace_to(Trace& trace) {
  trace_ = &trace;
  disk_.watch([this](SimDiskChange const& change) { note([&] { return text_of(change); }); });
  derived_.watch([this](SimDiskChange const& change) { note([&] { return text_of(change); }); });
}

Machine::~Machine() {
  dying_ = true;
  executor_.clear();
}

wiring::NodeWorld Machine::world() {
  return {.clock = clock_,
          .calendar = calendar_,
          .entropy = entropy_,
          .disk = disk_,
          .derived = derived_,
          .signer = signer_,
          .vault = vault_,
          .blobs = blobs_,
          .runner = runner_,
          .receipts = receipts_,
          .executor = executor_,
          .wake_loop = [this] { wake(Thread::loop); },
          .wake_log = [this] { wake(Thread::log); },
          .wake_worker = [this] { wake(Thread::worker); },
          .wake_projector = [this] { wake(Thread::projector); },
          .on_failure = [this](Error const& why) { failure_ = why.detail; }};
}

void Machine::boot() {
  if (node_ != nullptr || stopping_) return;
  let_snapshots_rot();
  auto opened = wiring::Node::open(world(), options());
  if (disk_.power_is_cut()) return die(true);
  if (!opened) return could_not_start(opened.error());
  ++starts_;
  failed_starts_ = 0;
  halt_reason_.clear();
  node_ = std::move(*opened);
  node_->serve_system({{JobName(std::string(wiring::kAttestJob)),
                        [this](std::function<bool()> const& go_on) { return daily_pass(go_on); }}});
  if (node_->folded_from() > 0) ++starts_from_snapshot_;
  // The oracle looks at the medium itself.
  disk_.set_options({.lying_sync = swarm_.disk.lying_sync});
  watchers_.recovered();
  if (unleashed_ && !healed_) disk_.set_options(swarm_.disk);
  plan_cut();
  wake(Thread::loop);
  wake(Thread::worker);
  wake(Thread::projector);
}

void Machine::could_not_start(Error const& why) {
  bool const excused = why.code == "io_error" || why.code == "disk_full";
  if (!excused || healed_) return watchers_.refused(why.code + ": " + why.detail);
  if (++failed_starts_ >= kFailedStartsMax) disk_.set_options({});
  timeline_.at(clock_.monotonic() + seconds(1), [this] { boot(); });
}

void Machine::let_snapshots_rot() {
  if (healed_ || !prng_.chance(swarm_.snapshots_rot_per_mille)) return;
  auto const names = derived_.list();
  if (!names || names->empty()) return;
  std::string const& name = (*names)[prng_.below(names->size())];
  derived_.flip_bit(name, prng_.below(derived_.content(name).size()),
                    static_cast<unsigned>(prng_.below(8)));
}

// A pass of the attestor, which has a thread of its own elsewhere. Between two turns all that is
// acknowledged is whole on the disk, whatever is under way.
void Machine::attest() {
  auto const fails = healed_ ? 0 : swarm_.snapshot_not_saved_per_mille;
  derived_.set_options({.write_fails_per_mille = fails, .read_fails_per_mille = fails / 10});
  using What = ledger::IndexKeeper::What;
  auto const what = static_cast<What>(prng_.below(3));
  if (auto const tended = node_->tend_index(what); !tended && healed_)
    watchers_.refused("the index could not be tended: " + tended.error().detail);
  (void)pass(prng_.chance(300) ? ledger::Reach::whole : ledger::Reach::tail);
}

// How many events were read; none where the disk did not let itself be read.
std::optional<std::uint64_t> Machine::pass(ledger::Reach reach) {
  Instant const began = blobs_.now();
  auto const size = static_cast<std::uint64_t>(node_->index().size());
  if (size == 0) return std::nullopt;
  auto const attested = ledger::attest(disk_, node_->snapshots(),
                                       {.vkey = node_->loop().directory()->vkey,
                                        .acknowledged = size,
                                        .checkpointed = node_->checkpointed(),
                                        .reach = reach,
                                        .progress = {}});
  if (!attested) return std::nullopt;
  if (!attested->report.ok)
    watchers_.refused("the attestor found a difference: " + attested->report.what);
  (void)ledger::collect_documents(attested->report, blobs_, began - kBlobGrace,
                                  [] { return true; });
  return attested->report.events;
}

// The daily pass. What a fault of the disk ends is tried again, as a run is.
Result<std::string> Machine::daily_pass(std::function<bool()> const& go_on) {
  if (!go_on()) return fail("stopped", "it was told to stop");
  if (!healed_ && prng_.chance(kPassFailsPerMille)) return fail("io_error", "the pass ended early");
  auto const events = pass(healed_ ? ledger::Reach::tail : ledger::Reach::whole);
  if (!events) return fail("io_error", "the ledger could not be read");
  return fmt::format(R"({{"events":{}}})", *events);
}

void Machine::handle(ports::HttpRequest request, ports::Responder responder) {
  node_->api().handle(std::move(request), std::move(responder));
  after_turn();
}

Duration Machine::jitter() {
  return Duration(1 + static_cast<std::int64_t>(prng_.below(kJitterMost)));
}

void Machine::wake(Thread thread) {
  if (thread == Thread::worker) idle_tick_ = kIdleTickFirst;
  if (thread == Thread::projector) projector_tick_ = kIdleTickFirst;
  auto& turn = turns_[static_cast<std::size_t>(thread)];
  Duration delay = thread == Thread::projector ? kProjectorLate : jitter();
  if (thread == Thread::log)
    delay = Duration(1 + static_cast<std::int64_t>(prng_.below(kSyncMost)));
  Duration const when = clock_.monotonic() + delay;
  turn = turn ? std::min(*turn, when) : when;
}

bool Machine::advance() {
  auto const planned = timeline_.next();
  auto const turn = next();
  if (turn && (!planned || *turn < *planned)) {
    clock_.advance_to(*turn);
    step();
    return true;
  }
  if (!planned) return false;
  clock_.advance_to(*planned);
  note([] { return std::string("a planned thing"); });
  timeline_.run_next();
  return true;
}

std::optional<Duration> Machine::next() const {
  if (node_ == nullptr) return std::nullopt;
  std::optional<Duration> next;
  for (auto const& turn : turns_)
    if (turn && (!next || *turn < *next)) next = turn;
  return next;
}

void Machine::step() {
  auto const sooner = [](auto const& a, auto const& b) { return a && (!b || *a < *b); };
  auto const at = std::ranges::min_element(turns_, sooner);
  turn(static_cast<Thread>(at - turns_.begin()));
}

void Machine::turn(Thread thread) {
  auto& mine = turns_[static_cast<std::size_t>(thread)];
  mine.reset();
  note([&] { return fmt::format("turn of {}", kThreads[static_cast<std::size_t>(thread)]); });
  Duration leave(0);
  switch (thread) {
    case Thread::loop:
      leave = node_->step_loop();
      break;
    case Thread::log:
      if (node_->write_log()) happened(Moment::append);
      if (prng_.chance(100) && !disk_.power_is_cut()) node_->prepare_log();
      return after_turn();
    case Thread::worker:
      leave = node_->step_worker();
      if (serves() && prng_.chance(swarm_.attested_per_mille)) attest();
      // Nothing else happens: a thread that comes late changes nothing but the time it costs us.
      if (leave >= kIdleTickFirst)
        leave = idle_tick_ = std::min(idle_tick_ + idle_tick_, kIdleTickMax);
      break;
    case Thread::projector:
      leave = node_->step_projector();
      if (leave >= kIdleTickFirst)
        leave = projector_tick_ = std::min(projector_tick_ + projector_tick_, kProjectorTickMax);
      mine = clock_.monotonic() + std::max(leave, kProjectorLate);
      return after_turn();
    case Thread::tasks:
      (void)executor_.step();
      if (!executor_.empty()) wake(Thread::tasks);
      return after_turn();
  }
  Duration const when = clock_.monotonic() + std::max(leave, jitter());
  mine = mine ? std::min(*mine, when) : when;
  after_turn();
}

// What the turn brought about: the end of the process, or of its machine's power.
void Machine::after_turn() {
  if (node_ == nullptr) return;
  if (disk_.power_is_cut()) return die(true);
  if (auto const fault = node_->start_fault(); !fault && failure_.empty())
    failure_ = fault.error().code;
  if (!failure_.empty()) {
    // A write that failed before may be noticed only now.
    if (healed_ && ++failures_after_healing_ > 1)
      watchers_.refused("the process failed on a healthy machine: " + failure_);
    if (swarm_.halt_after_failure && halt_reason_.empty()) halt_reason_ = failure_;
    return die(false);
  }
  if (cut_now_) return die(swarm_.cuts[next_cut_ - 1].power);
  if (stopping_ && executor_.empty() && node_->idle() && !node_->store().has_pending()) {
    dying_ = true;
    watchers_.ends(*node_);
    node_.reset();
    dying_ = false;
  }
}

void Machine::die(bool power) {
  dying_ = true;
  // A frame that waits is caught by the cut while it is written.
  if (power && node_ != nullptr && node_->store().has_pending() && !disk_.power_is_cut()) {
    disk_.crash_at_change({.at_change = 1, .sectors = std::nullopt});
    (void)node_->write_log();
  }
  executor_.clear();
  if (node_ != nullptr) watchers_.ends(*node_);
  node_.reset();
  runner_.die();
  turns_ = {};
  failure_.clear();
  cut_now_ = false;
  if (power)
    disk_.crash();
  else
    disk_.forget_plans();
  watchers_.died();
  dying_ = false;
  auto const rest = Duration(1 + static_cast<std::int64_t>(prng_.below(kRebootMost)));
  timeline_.at(clock_.monotonic() + rest, [this] { boot(); });
}

void Machine::plan_cut() {
  until_cut_ = 0;
  if (!unleashed_ || healed_ || next_cut_ >= swarm_.cuts.size()) return;
  Cut const& cut = swarm_.cuts[next_cut_++];
  if (cut.moment == Moment::change) {
    disk_.crash_at_change({.at_change = cut.count, .sectors = std::nullopt});
  } else if (cut.moment == Moment::later) {
    timeline_.at(clock_.monotonic() + Duration(static_cast<std::int64_t>(cut.count)),
                 [this, power = cut.power, life = starts_] {
                   if (node_ != nullptr && life == starts_ && !healed_ && !stopping_) die(power);
                 });
  } else {
    until_cut_ = cut.count;
  }
}

void Machine::happened(Moment moment) {
  note([&] { return std::string(name_of(moment)); });
  if (until_cut_ == 0 || swarm_.cuts[next_cut_ - 1].moment != moment) return;
  if (--until_cut_ == 0) cut_now_ = true;
}

void Machine::unleash() {
  unleashed_ = true;
  disk_.set_options(swarm_.disk);
  plan_cut();
}

void Machine::heal() {
  healed_ = true;
  until_cut_ = 0;
  cut_now_ = false;
  disk_.forget_plans();
  disk_.set_options({.lying_sync = swarm_.disk.lying_sync});
  receipts_.heal();
}

// Whatever became of the files that they come from, the hashes above the leaves are those of the
// leaves.
void Machine::check_tiles() {
  constexpr auto kGroup = static_cast<std::int64_t>(merkle::kGroupLeaves);
  std::int64_t const groups = std::min(node_->index().size() / kGroup, kGroup);
  if (groups == 0) return;
  merkle::Tile const tile{.level = 1u, .index = 0, .width = static_cast<unsigned>(groups)};
  auto const path = merkle::tile_path(tile).substr(std::string_view("tile/").size());
  auto shown = node_->tiles().tile(path);
  while (!shown && shown.error().code == "not_ready" && node_->tiles().read_on())
    shown = node_->tiles().tile(path);
  if (!shown) shown = node_->tiles().tile(path);
  auto const leaves = node_->reader().leaf_hashes(0, groups * kGroup);
  if (!shown || !leaves)
    return watchers_.refused("a tile cannot be read: " +
                             (shown ? leaves.error() : shown.error()).detail);
  merkle::NodeStore nodes;
  for (Digest const& leaf : *leaves) nodes.append(leaf);
  if (*shown != merkle::tile_bytes(1, 0, tile.width, nodes.source()))
    watchers_.refused("a tile is not made of the ledger's leaves");
}

void Machine::stop() {
  stopping_ = true;
  if (node_ == nullptr) return;
  check_tiles();
  node_->begin_stop();
  after_turn();
}

}  // namespace tally::sim
