#include "sim/coverage.h"

#include <fmt/format.h>

#include <map>

#include "domain/permits.h"

namespace tally::sim {

namespace {

constexpr std::array<std::string_view, kFaults> kNames{"none",
                                                       "power_cut",
                                                       "kill",
                                                       "write_fails",
                                                       "create_fails",
                                                       "read_fails",
                                                       "disk_full",
                                                       "receipt_refused",
                                                       "receipt_damaged",
                                                       "receipt_unreadable",
                                                       "request_lost",
                                                       "answer_lost",
                                                       "doubled",
                                                       "worker_dies",
                                                       "clock_steps",
                                                       "clock_drifts"};

// The state that a decision found: the phase of its run where it is about one.
std::string state_of(domain::Snapshot const& snapshot) {
  auto const* facts = std::get_if<domain::run::RunFacts>(&snapshot.facts);
  if (facts == nullptr || !facts->situation) return "-";
  return std::string(name_of(facts->situation->phase));
}

}  // namespace

std::string_view name_of(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }

std::set<Fault> faults_of(Swarm const& swarm) {
  std::set<Fault> faults;
  auto const add = [&](bool there, Fault fault) {
    if (there) faults.insert(fault);
  };
  for (Cut const& cut : swarm.cuts) add(true, cut.power ? Fault::power_cut : Fault::kill);
  add(swarm.disk.write_fails_per_mille > 0, Fault::write_fails);
  add(swarm.disk.create_fails_per_mille > 0, Fault::create_fails);
  add(swarm.disk.read_fails_per_mille > 0, Fault::read_fails);
  add(swarm.disk.capacity_bytes > 0, Fault::disk_full);
  add(swarm.receipts.refused_per_mille > 0, Fault::receipt_refused);
  add(swarm.receipts.damaged_per_mille > 0, Fault::receipt_damaged);
  add(swarm.receipts.unreadable_per_mille > 0, Fault::receipt_unreadable);
  add(swarm.network.request_lost_per_mille > 0, Fault::request_lost);
  add(swarm.network.answer_lost_per_mille > 0, Fault::answer_lost);
  add(swarm.network.doubled_per_mille > 0, Fault::doubled);
  add(swarm.remote_dies_per_mille > 0, Fault::worker_dies);
  add(swarm.clock_steps > 0, Fault::clock_steps);
  add(swarm.drift_ppm != 0, Fault::clock_drifts);
  if (faults.empty()) faults.insert(Fault::none);
  return faults;
}

void Coverage::add(LedgerModel const& ledger, Swarm const& swarm) {
  auto const faults = faults_of(swarm);
  for (std::int64_t seq = 0; seq < ledger.size(); ++seq) {
    auto const& snapshot = ledger.at(seq)->recorded.snapshot;
    if (!snapshot) continue;
    std::string const command(domain::type_of(snapshot->command).name);
    std::string const state = state_of(*snapshot);
    for (Fault const fault : faults) cells_.insert({command, state, fault});
  }
}

void Coverage::add(Coverage const& other) {
  cells_.insert(other.cells_.begin(), other.cells_.end());
}

std::set<std::string> Coverage::commands() const {
  std::set<std::string> names;
  for (Cell const& cell : cells_) names.insert(cell.command);
  return names;
}

std::size_t Coverage::pairs() const {
  std::set<std::pair<std::string, std::string>> pairs;
  for (Cell const& cell : cells_) pairs.emplace(cell.command, cell.state);
  return pairs.size();
}

std::string Coverage::text() const {
  std::map<std::pair<std::string, std::string>, std::string> lines;
  for (Cell const& cell : cells_)
    lines[{cell.command, cell.state}] += " " + std::string(name_of(cell.fault));
  std::string text;
  for (auto const& [pair, faults] : lines)
    text += fmt::format("{} x {}:{}\n", pair.first, pair.second, faults);
  return text;
}

}  // namespace tally::sim
