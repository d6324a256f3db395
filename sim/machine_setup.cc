// What is installed on the machine: the server's options, its file of settings, the kinds of work.

#include "sim/machine.h"

namespace tally::sim {

namespace {

// So small that every life saves and reads it again.
constexpr projections::ProjectorOptions kProjector{
    .lag_events_max = 200, .events_a_step = 16, .save_every = 48};
constexpr std::uint64_t kSmallSegments[] = {24'576, 65'536};

}  // namespace

wiring::NodeOptions Machine::options() const {
  wiring::NodeOptions options;
  options.loop.checkpoint_every = swarm_.checkpoint_every;
  options.loop.lane_requests_max = swarm_.lane_requests_max;
  options.loop.frame_events_max = swarm_.frame_events_max;
  options.log.segment_bytes = {std::begin(kSmallSegments), std::end(kSmallSegments)};
  options.api.pepper = to_bytes("a pepper of thirty-two bytes, no");
  options.build = "simulated";
  options.projector = kProjector;
  options.jobs = job_kinds(swarm_.queue_deadline);
  if (swarm_.kind_gone > 0 && starts_ % 2 == 1)
    options.jobs.erase(options.jobs.begin() + (swarm_.kind_gone - 1));
  options.settings = settings_in_file();
  options.operator_key_sha256 = sha256(as_bytes(kOperatorToken));
  options.worker_slots = swarm_.worker_slots;
  // Where people claim keys days pass, and afterwards seconds.
  options.schedules = {unleashed_ && !healed_ ? wiring::attest_every(swarm_.system_every)
                                              : wiring::attest_daily()};
  options.halt_reason = halt_reason_;
  return options;
}

// Where the file changes, every second start finds another lease, which is in force at once, and
// another number of audits, which takes an approval once two people count.
domain::SettingValues Machine::settings_in_file() const {
  bool const changed = swarm_.file_changes && starts_ % 2 == 1;
  std::int64_t const lease = swarm_.lease.value() / seconds(1).value();
  std::int64_t const archive = swarm_.archive_after.value() / seconds(1).value();
  namespace setting = domain::setting;
  return {{std::string(setting::kArchiveAfter.name), archive},
          {std::string(setting::kLease.name), changed ? lease + 1 : lease},
          {std::string(setting::kRunsLiveMax.name), swarm_.runs_live_max},
          {std::string(setting::kAuditsBeforeSafeMode.name),
           swarm_.audits_before_safe_mode + (changed ? 1 : 0)}};
}

std::vector<ports::JobSpec> job_kinds(Duration queue_deadline) {
  ports::JobSpec fixed;
  fixed.name = JobName("fixed");
  fixed.version = "1";
  fixed.command = {"./work"};
  fixed.timeout = seconds(100);
  fixed.queue_deadline = queue_deadline;
  fixed.retries = 1;
  fixed.price = {.reported = false, .fixed = Micros(1'000), .per_second = Micros(7'001)};
  fixed.limits.output_bytes_max = 65'536;
  fixed.hash = sha256(as_bytes("fixed"));
  ports::JobSpec metered = fixed;
  metered.name = JobName("metered");
  metered.retries = 2;
  metered.price = {.reported = true, .fixed = {}, .per_second = {}};
  metered.minimum_fee = ports::MinimumFee{.floor = Micros(50), .percent = 10, .cap = Micros(2'000)};
  metered.hash = sha256(as_bytes("metered"));
  ports::JobSpec far = metered;
  far.name = JobName("far");
  far.runner = ports::JobRunnerKind::worker;
  far.command.clear();
  far.hash = sha256(as_bytes("far"));
  return {fixed, metered, far};
}

}  // namespace tally::sim
