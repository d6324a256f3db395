#include "sim/shrink.h"

#include <fmt/format.h>

namespace tally::sim {

namespace {

// Leaves something out; false when there is nothing to leave out.
struct Simplification {
  std::string name;
  std::function<bool(Swarm&)> apply;
};

template <class T>
bool set(T& value, T plain) {
  if (value == plain) return false;
  value = plain;
  return true;
}
template <class T>
bool halve(T& value, T least) {
  if (value <= least) return false;
  value = std::max<T>(least, static_cast<T>(value / 2));
  return true;
}

void add_faults(std::vector<Simplification>& all) {
  auto const plain = [&all](char const* name, auto member) {
    all.push_back({name, [member](Swarm& s) { return set(member(s), {}); }});
  };
  plain("failing writes", [](Swarm& s) -> auto& { return s.disk.write_fails_per_mille; });
  plain("failing creations", [](Swarm& s) -> auto& { return s.disk.create_fails_per_mille; });
  plain("failing reads", [](Swarm& s) -> auto& { return s.disk.read_fails_per_mille; });
  plain("the disk's limit", [](Swarm& s) -> auto& { return s.disk.capacity_bytes; });
  plain("refused receipts", [](Swarm& s) -> auto& { return s.receipts.refused_per_mille; });
  plain("damaged receipts", [](Swarm& s) -> auto& { return s.receipts.damaged_per_mille; });
  plain("unreadable receipts", [](Swarm& s) -> auto& { return s.receipts.unreadable_per_mille; });
  plain("lost requests", [](Swarm& s) -> auto& { return s.network.request_lost_per_mille; });
  plain("lost answers", [](Swarm& s) -> auto& { return s.network.answer_lost_per_mille; });
  plain("doubled requests", [](Swarm& s) -> auto& { return s.network.doubled_per_mille; });
  plain("clock steps", [](Swarm& s) -> auto& { return s.clock_steps; });
  plain("clock drift", [](Swarm& s) -> auto& { return s.drift_ppm; });
  plain("the halt after a failure", [](Swarm& s) -> auto& { return s.halt_after_failure; });
  plain("lost snapshots", [](Swarm& s) -> auto& { return s.snapshot_not_saved_per_mille; });
  plain("rotten snapshots", [](Swarm& s) -> auto& { return s.snapshots_rot_per_mille; });
  plain(
      "the kind that goes", [](Swarm & s) -> auto& { return s.kind_gone; });
  plain("the attestor", [](Swarm& s) -> auto& { return s.attested_per_mille; });
  plain("short lanes of tasks", [](Swarm& s) -> auto& { return s.tasks_waiting_max; });
  plain("failing work", [](Swarm& s) -> auto& { return s.work.fails_per_mille; });
  plain("slow work", [](Swarm& s) -> auto& { return s.work.slow_per_mille; });
  plain("silent work", [](Swarm& s) -> auto& { return s.work.silent_per_mille; });
  plain("costly work", [](Swarm& s) -> auto& { return s.work.costly_per_mille; });
  plain("dying workers", [](Swarm& s) -> auto& { return s.remote_dies_per_mille; });
}

void add_people(std::vector<Simplification>& all) {
  all.push_back({"admins' errands", [](Swarm& s) { return set(s.admin_errands, 0u); }});
  all.push_back({"halts", [](Swarm& s) { return set(s.may_halt, false); }});
  all.push_back({"resolved audits", [](Swarm& s) { return set(s.audits_are_resolved, false); }});
  all.push_back({"a rate", [](Swarm& s) { return set(s.rate_limited, false); }});
  all.push_back({"remote workers", [](Swarm& s) { return set(s.remote_workers, 0u); }});
  all.push_back({"a second tenant", [](Swarm& s) { return set(s.tenants, 1u); }});
  all.push_back({"a second caller", [](Swarm& s) { return set(s.callers, 1u); }});
  all.push_back({"racers", [](Swarm& s) { return halve(s.racers, 2u); }});
  all.push_back({"errands", [](Swarm& s) { return halve(s.errands, 1u); }});
}

std::vector<Simplification> simplifications(std::size_t cuts) {
  std::vector<Simplification> all;
  for (std::size_t i = cuts; i-- > 0;)
    all.push_back({fmt::format("cut {}", i + 1), [i](Swarm& s) {
                     if (i >= s.cuts.size()) return false;
                     s.cuts.erase(s.cuts.begin() + static_cast<std::ptrdiff_t>(i));
                     return true;
                   }});
  add_faults(all);
  add_people(all);
  return all;
}

// The rule that broke first, without what it is about.
std::string rule_of(LifeReport const& life) {
  if (life.broken.empty()) return {};
  return life.broken.front().substr(0, life.broken.front().find(':'));
}

}  // namespace

Shrunk shrink(LifeReport failed, Swarm swarm, Live const& live) {
  std::string const rule = rule_of(failed);
  Shrunk result{.swarm = std::move(swarm), .life = std::move(failed), .left_out = {}, .lives = 0};
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (Simplification const& one : simplifications(result.swarm.cuts.size())) {
      Swarm candidate = result.swarm;
      if (!one.apply(candidate)) continue;
      LifeReport life = live(result.life.seed, candidate);
      ++result.lives;
      if (rule_of(life) != rule) continue;
      result.swarm = std::move(candidate);
      result.life = std::move(life);
      result.left_out.push_back(one.name);
      smaller = true;
    }
  }
  return result;
}

}  // namespace tally::sim
