#pragma once

// A tenant's own auditor, with a key that reads and does nothing else. It keeps books of its own
// from the postings of the events that it is shown, and holds every answer about money against
// them while the faults go on: what it is shown is its tenant's and nobody else's, whole and in
// order, stays as it was, and adds up.

#include <map>
#include <string>
#include <vector>

#include "base/prng.h"
#include "sim/town.h"

namespace tally::sim {

class Auditor {
 public:
  Auditor(std::uint64_t seed, Town& town, TenantId tenant)
      : prng_(seed ^ 0x61756469), town_(town), tenant_(std::move(tenant)) {}
  void begin() { rest(); }
  // When all has fallen silent: everything from the first event again, then the runs and the
  // budget against the books. Asks until it has compared them.
  void balance();
  bool balanced() const { return balanced_; }

 private:
  using Then = std::function<void()>;
  using Take = std::function<void(Answer const&)>;
  struct Shown {
    std::int64_t seq = 0;
    std::string leaf;
    bool operator==(Shown const&) const = default;
  };
  struct Runs {  // summed over what a list shows
    Micros held, spent;
  };

  void rest();
  void errand();
  void match_budget();
  void visit_a_stranger();
  void compare_sums(std::function<void(bool)> then);
  void add_runs(std::string const& cursor, Runs so_far, std::function<void(Runs)> then);
  // Reads events to the end; where an answer is lost or cut off, again from there.
  void follow(Then const& then);
  void follow_lines(Then const& then);
  void follow_pages(Then const& then);
  void read_again_from_the_first();
  void fetch(std::string path, bool lines, Take take);
  bool take_lines(std::string_view lines);
  bool take_page(Answer const& page);
  bool take(json::Value const& item);
  void book(json::Value const& event, Shown const& shown);
  void broken(std::string_view what, std::string const& about);
  BudgetStory books() const;

  Prng prng_;
  Town& town_;
  TenantId tenant_;
  std::int64_t next_ = 0;     // to ask for
  std::size_t at_ = 0;        // in `known_`: what comes next if it is read again
  std::vector<Shown> known_;  // every event that was shown, once
  std::map<std::string, Micros, std::less<>> accounts_;
  Micros debts_paid_;  // by grants
  // After each event that is known; the first is before all of them.
  std::vector<BudgetStory> points_ = std::vector<BudgetStory>(1);
  bool busy_ = false;
  bool balanced_ = false;
};

}  // namespace tally::sim
