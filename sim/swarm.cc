#include "sim/swarm.h"

#include <fmt/format.h>

#include <array>

#include "base/prng.h"

namespace tally::sim {

namespace {

constexpr std::array<std::string_view, 7> kMoments{"never",     "change", "append", "receipt",
                                                   "execution", "answer", "later"};
constexpr std::uint32_t kRacersMax = 64;

std::uint32_t up_to(Prng& prng, std::uint32_t most) {
  return static_cast<std::uint32_t>(prng.below(most + 1));
}
std::int64_t between(Prng& prng, std::int64_t least, std::int64_t most) {
  return least +
         static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(most - least + 1)));
}
// Most lives are free of any one fault, so that each is also seen alone.
std::uint32_t now_and_then(Prng& prng, std::uint32_t most) {
  return prng.chance(300) ? up_to(prng, most) : 0;
}

Cut draw_cut(Prng& prng) {
  Cut cut;
  cut.moment = static_cast<Moment>(between(prng, 1, 6));
  cut.power = prng.chance(600);
  switch (cut.moment) {
    case Moment::never:
    case Moment::change:
    case Moment::append:
      cut.count = 1 + prng.below(40);
      break;
    case Moment::receipt:
    case Moment::execution:
      cut.count = 1 + prng.below(4);
      break;
    case Moment::answer:
      cut.count = 1 + prng.below(60);
      break;
    case Moment::later:
      cut.count = 1 + prng.below(20'000'000);  // microseconds
      break;
  }
  return cut;
}

void draw_faults(Prng& prng, Swarm& swarm) {
  swarm.disk.write_fails_per_mille = now_and_then(prng, 20);
  swarm.disk.create_fails_per_mille = now_and_then(prng, 100);
  swarm.disk.read_fails_per_mille = prng.chance(100) ? up_to(prng, 5) : 0;
  if (prng.chance(80)) swarm.disk.capacity_bytes = 100'000 + prng.below(200'000);
  swarm.receipts = {.refused_per_mille = now_and_then(prng, 300),
                    .damaged_per_mille = now_and_then(prng, 300),
                    .unreadable_per_mille = now_and_then(prng, 300)};
  swarm.network = {.request_lost_per_mille = now_and_then(prng, 150),
                   .answer_lost_per_mille = now_and_then(prng, 150),
                   .doubled_per_mille = now_and_then(prng, 200),
                   .delay_max = milliseconds(between(prng, 1, prng.chance(200) ? 3000 : 50))};
  swarm.cuts.resize(prng.below(4));
  for (Cut& cut : swarm.cuts) cut = draw_cut(prng);
  swarm.clock_steps = now_and_then(prng, 4);
  swarm.drift_ppm = prng.chance(300) ? between(prng, -2000, 2000) : 0;
  swarm.halt_after_failure = prng.chance(150);
}

void draw_server(Prng& prng, Swarm& swarm) {
  swarm.checkpoint_every = milliseconds(between(prng, 400, 8000));
  swarm.lease = seconds(between(prng, 5, 120));
  swarm.queue_deadline = seconds(between(prng, 20, 600));
  swarm.archive_after = prng.chance(300) ? seconds(between(prng, 1, 60)) : hours(24);
  if (prng.chance(150)) swarm.lane_requests_max = 16 + prng.below(32);
  if (prng.chance(300)) swarm.frame_events_max = 1 + prng.below(6);
  swarm.worker_slots = 1 + up_to(prng, 3);
  if (prng.chance(100)) swarm.runs_live_max = between(prng, 1, 6);
  swarm.audits_before_safe_mode = between(prng, 0, 3);
}

}  // namespace

std::string_view name_of(Moment moment) { return kMoments[static_cast<std::size_t>(moment)]; }

Swarm draw_swarm(std::uint64_t seed) {
  Prng prng(seed ^ 0x737761726d);
  Swarm swarm;
  draw_faults(prng, swarm);
  draw_server(prng, swarm);
  swarm.work = {.fails_per_mille = now_and_then(prng, 500),
                .slow_per_mille = now_and_then(prng, 300),
                .silent_per_mille = now_and_then(prng, 300),
                .costly_per_mille = now_and_then(prng, 300),
                .absurd_per_mille = prng.chance(150) ? up_to(prng, 200) : 0,
                .missing_per_mille = prng.chance(250) ? up_to(prng, 200) : 0,
                .slow = seconds(between(prng, 5, 200))};
  swarm.tenants = 1 + up_to(prng, 1);
  swarm.callers = 1 + up_to(prng, 1);
  swarm.errands = 3 + up_to(prng, 3);
  swarm.racers = prng.chance(50) ? kRacersMax : 2 + up_to(prng, 5);
  swarm.remote_workers = up_to(prng, 2);
  swarm.remote_dies_per_mille = now_and_then(prng, 400);
  swarm.admin_errands = up_to(prng, 2);
  swarm.may_halt = prng.chance(150);
  swarm.audits_are_resolved = prng.chance(500);
  swarm.rate_limited = prng.chance(100);
  swarm.budget_micros = between(prng, 20'000, 400'000);
  if (prng.chance(250)) swarm.overrun = prng.chance(500) ? "safe_mode" : "ignore";
  if (prng.chance(200)) swarm.believed_max_micros = between(prng, 1, 1'000'000);
  swarm.attested_per_mille = prng.chance(500) ? 20 + up_to(prng, 80) : 0;
  swarm.snapshot_not_saved_per_mille = now_and_then(prng, 500);
  swarm.snapshots_rot_per_mille = now_and_then(prng, 500);
  if (prng.chance(250)) swarm.kind_gone = 1 + up_to(prng, 2);
  if (prng.chance(150)) swarm.tasks_waiting_max = 1 + prng.below(8);
  swarm.file_changes = prng.chance(300);
  swarm.system_every = seconds(between(prng, 4, 90));
  return swarm;
}

std::string to_text(Swarm const& s) {
  std::string cuts;
  for (Cut const& cut : s.cuts)
    cuts += fmt::format(" {}@{}{}", name_of(cut.moment), cut.count, cut.power ? "" : "(kill)");
  return fmt::format(
      "disk: write_fails={} create_fails={} read_fails={} capacity={} (per mille, bytes)\n"
      "receipts: refused={} damaged={} unreadable={}\n"
      "network: request_lost={} answer_lost={} doubled={} delay_max_us={}\n"
      "work: fails={} slow={} silent={} costly={} absurd={} missing={} slow_us={}\n"
      "cuts:{}\n"
      "clock: steps={} drift_ppm={}; halt_after_failure={}\n"
      "snapshots: attested={} not_saved={} rot={} (per mille)\n"
      "server: checkpoint_us={} lease_us={} queue_us={} archive_us={} lane={} frame={} tasks={} "
      "slots={} runs_live_max={} audits={} kind_gone={} file={} system_us={}\n"
      "people: tenants={} callers={} errands={} racers={} remote={} remote_dies={} admin={} "
      "may_halt={} resolve={} rate={} overrun={} believed_max={} budget={}\n",
      s.disk.write_fails_per_mille, s.disk.create_fails_per_mille, s.disk.read_fails_per_mille,
      s.disk.capacity_bytes, s.receipts.refused_per_mille, s.receipts.damaged_per_mille,
      s.receipts.unreadable_per_mille, s.network.request_lost_per_mille,
      s.network.answer_lost_per_mille, s.network.doubled_per_mille, s.network.delay_max.value(),
      s.work.fails_per_mille, s.work.slow_per_mille, s.work.silent_per_mille,
      s.work.costly_per_mille, s.work.absurd_per_mille, s.work.missing_per_mille,
      s.work.slow.value(), cuts, s.clock_steps, s.drift_ppm, s.halt_after_failure,
      s.attested_per_mille, s.snapshot_not_saved_per_mille, s.snapshots_rot_per_mille,
      s.checkpoint_every.value(), s.lease.value(), s.queue_deadline.value(),
      s.archive_after.value(), s.lane_requests_max, s.frame_events_max, s.tasks_waiting_max,
      s.worker_slots, s.runs_live_max, s.audits_before_safe_mode, s.kind_gone, s.file_changes,
      s.system_every.value(), s.tenants, s.callers, s.errands, s.racers, s.remote_workers,
      s.remote_dies_per_mille, s.admin_errands, s.may_halt, s.audits_are_resolved, s.rate_limited,
      s.overrun,
      s.believed_max_micros, s.budget_micros);
}

}  // namespace tally::sim
