#include "sim/world.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::sim {

namespace {

constexpr Duration kSetUpMost = seconds(600);
constexpr Duration kBusyTime = seconds(12);
constexpr Duration kQuiet = seconds(15);  // until what was asked before is answered or given up
constexpr Duration kDrainMost = hours(3);
constexpr Duration kStopMost = seconds(60);
constexpr std::uint64_t kStepsMax = 2'000'000;
constexpr std::int64_t kClockStepMost = 7'200'000'000;  // microseconds, either way

}  // namespace

World::World(std::uint64_t seed, Swarm const& swarm, Trace* trace)
    : seed_(seed),
      swarm_(swarm),
      prng_(seed ^ 0x776f726c64),
      machine_(seed, swarm, timeline_, clock_, executions_),
      oracle_(verdicts_, executions_, machine_.receipts()),
      network_(seed, swarm.network, timeline_, clock_, machine_, verdicts_),
      town_{.timeline = timeline_,
            .clock = clock_,
            .network = network_,
            .oracle = oracle_,
            .verdicts = verdicts_,
            .executions = executions_,
            .swarm = swarm},
      admin_(seed ^ 0x61646d, town_, [this] { people_begin(); }),
      follower_(seed, town_),
      auditor_(seed, town_, tenant_name(0)) {
  if (trace != nullptr) machine_.trace_to(*trace);
  machine_.watch({.died = [] {},
                  .recovered = [this] { read_ledger(); },
                  .refused =
                      [this](std::string why) {
                        verdicts_.broken("the server would not run: " + std::move(why));
                      },
                  .ends =
                      [this](wiring::Node& node) {
                        network_.cut_streams();
                        oracle_.saw_errors(node.error_memory());
                      }});
}

void World::read_ledger() {
  oracle_.read_ledger(machine_.disk());
  note_events();
}

void World::note_events() {
  for (; noted_ < oracle_.model().size(); ++noted_) {
    codec::Entry const& entry = *oracle_.model().at(noted_);
    machine_.note([&] {
      return fmt::format("event {} {} of {} us, leaf {}", noted_,
                         domain::type_of(entry.recorded.event).name,
                         entry.recorded.header.at.value(), entry.leaf_hash.hex().substr(0, 16));
    });
  }
}

void World::people_begin() {
  machine_.unleash();
  clock_.drift(swarm_.drift_ppm);
  plan_clock_steps();
  follower_.begin();
  auditor_.begin();
  for (std::uint32_t t = 0; t < swarm_.tenants; ++t) {
    for (std::uint32_t c = 0; c < swarm_.callers; ++c) {
      auto const name = "caller-" + std::to_string(t) + "-" + std::to_string(c);
      callers_.push_back(std::make_unique<Caller>(prng_.next(), town_, tenant_name(t), name));
      callers_.back()->begin(swarm_.errands);
    }
    for (std::uint32_t w = 0; w < swarm_.remote_workers; ++w) {
      workers_.push_back(std::make_unique<RemoteWorker>(prng_.next(), town_, tenant_name(t)));
      workers_.back()->begin();
    }
  }
}

void World::plan_clock_steps() {
  for (std::uint32_t i = 0; i < swarm_.clock_steps; ++i) {
    auto const span = static_cast<std::uint64_t>(2 * kClockStepMost);
    Duration const by(static_cast<std::int64_t>(prng_.below(span)) - kClockStepMost);
    auto const when = Duration(
        static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(kBusyTime.value()))));
    town_.later(when, [this, by] { clock_.step_wall(by); });
  }
}

void World::step() {
  ++steps_;
  if (!machine_.advance()) verdicts_.broken("nothing will ever happen again");
}

template <class Condition>
bool World::step_until(Duration within, std::string_view what, Condition holds) {
  Duration const end = clock_.monotonic() + within;
  while (!holds()) {
    if (!verdicts_.sound()) return false;
    if (clock_.monotonic() > end || steps_ > kStepsMax) {
      verdicts_.broken("this takes for ever: " + std::string(what));
      return false;
    }
    step();
  }
  return true;
}

void World::step_for(Duration time) {
  Duration const end = clock_.monotonic() + time;
  timeline_.at(end, [] {});
  while (clock_.monotonic() < end && verdicts_.sound()) step();
}

void World::live() {
  machine_.boot();
  admin_.begin();
  // In which a day may pass for each key that somebody claims.
  constexpr Duration kMost = kSetUpMost + hours(100);
  if (!step_until(kMost, "setting up", [this] { return machine_.unleashed(); })) return;
  step_for(kBusyTime);
  drain();
}

void World::drain() {
  town_.closing = true;
  machine_.heal();
  network_.heal();
  step_for(kQuiet);
  if (!step_until(kSetUpMost, "coming back", [this] { return machine_.serves(); })) return;
  admin_.restore();
  if (!step_until(kDrainMost, "ending every run",
                  [this] { return machine_.serves() && admin_.restored() && all_ended(); }))
    return;
  if (swarm_.audits_are_resolved) admin_.resolve_audits();
  for (auto& worker : workers_) worker->end();
  step_for(kQuiet);
  auditor_.balance();
  if (!step_until(kSetUpMost, "balancing the books", [this] { return auditor_.balanced(); }))
    return;
  auto const shows_all = [this] {
    return machine_.serves() &&
           machine_.node().error_memory().projector().standing().lag_events == 0;
  };
  if (!step_until(kSetUpMost, "folding all errors", shows_all)) return;
  machine_.stop();
  if (!step_until(kStopMost, "stopping", [this] { return machine_.stopped(); })) return;
  oracle_.conclude(machine_.disk(), machine_.blobs());
  note_events();
}

bool World::all_ended() {
  auto const counts = machine_.node().loop().counts();
  auto const audits = static_cast<std::size_t>(domain::run::Phase::audit_required);
  return counts.runs_live == counts.phases[audits] && town_.busy == 0;
}

}  // namespace tally::sim
