#pragma once

// Where lives have been: which command met a run in which state while which fault was about. Lives
// that always go the same way prove little; this says how many ways they went.

#include <array>
#include <set>
#include <string>
#include <tuple>

#include "sim/ledger_model.h"
#include "sim/swarm.h"

namespace tally::sim {

// What may go wrong in a life; `none` is a life in which nothing may.
enum class Fault {
  none,
  power_cut,
  kill,
  write_fails,
  create_fails,
  read_fails,
  disk_full,
  receipt_refused,
  receipt_damaged,
  receipt_unreadable,
  request_lost,
  answer_lost,
  doubled,
  worker_dies,
  clock_steps,
  clock_drifts,
};
inline constexpr std::size_t kFaults = 16;
std::string_view name_of(Fault fault);
std::set<Fault> faults_of(Swarm const& swarm);

struct Cell {
  std::string command;  // "run.complete"
  std::string state;    // the run's phase before it; "-" where it is about none
  Fault fault = Fault::none;
  auto operator<=>(Cell const&) const = default;
};

class Coverage {
 public:
  // Every recorded decision of a life, under each fault of its swarm.
  void add(LedgerModel const& ledger, Swarm const& swarm);
  void add(Coverage const& other);
  std::set<Cell> const& cells() const { return cells_; }
  std::set<std::string> commands() const;
  // (command, state) pairs.
  std::size_t pairs() const;
  std::string text() const;  // one line a pair, with the faults that it was seen under

 private:
  std::set<Cell> cells_;
};

}  // namespace tally::sim
