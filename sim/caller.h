#pragma once

// Somebody who submits work and watches it: alone or in a crowd, with fresh keys, used ones and
// other bodies under used ones; who cancels, asks what became of a run and what money is left.
// What gets no clear answer is asked again with the same key.

#include <memory>
#include <vector>

#include "base/prng.h"
#include "sim/town.h"

namespace tally::sim {

class Caller {
 public:
  Caller(std::uint64_t seed, Town& town, TenantId tenant, std::string name)
      : prng_(seed), town_(town), tenant_(std::move(tenant)), name_(std::move(name)) {}
  void begin(std::uint32_t errands);

 private:
  void next();
  void errand();
  void submit_new();
  void race_for_one_key();
  void race_for_the_last_dollar();
  void submit_again();
  void submit_other_body();
  void dry_run();
  void cancel();
  void read_run();
  void read_list();
  void read_budget();
  void submit(SubmitAsk const& ask, int tries);
  std::string body(Micros most);
  Micros some_cost();
  std::string fresh_key() { return name_ + "-" + std::to_string(++keys_); }
  std::optional<RunId> some_run();
  void rest();
  void finished() { --town_.busy; }
  std::string const& token() { return town_.tokens[tenant_]; }

  Prng prng_;
  Town& town_;
  TenantId tenant_;
  std::string name_;
  std::uint32_t left_ = 0;
  std::uint64_t keys_ = 0;
  std::vector<SubmitAsk> asked_;
  std::vector<RunId> runs_;
};

}  // namespace tally::sim
