#pragma once

// The people who run the place: they make tenants, keys and grants before anybody works, change a
// few things meanwhile, stop everything now and then, and bring it back, two of them together.

#include <deque>

#include "base/prng.h"
#include "sim/town.h"

namespace tally::sim {

class Admin {
 public:
  Admin(std::uint64_t seed, Town& town, std::function<void()> ready)
      : prng_(seed), town_(town), ready_(std::move(ready)) {}
  void begin();
  // Modes that stop work are lifted; asks again until none is left.
  void restore();
  bool restored() const { return restored_; }
  // Every run that waits for an audit gets a verdict from two people, asked for once.
  void resolve_audits();

 private:
  struct Task {
    std::function<ports::HttpRequest()> request;
    std::function<bool(Answer const&)> done;  // false: again, later
    std::function<void()> delivered;
  };
  void plan_set_up();
  void plan_alice();
  void alice_claimed(Answer const& answer);
  void plan_key(std::string owner, TenantId const& tenant, std::string scopes,
                std::function<void(Answer const&)> keep);
  void plan_grant(TenantId const& tenant, Micros amount);
  void run_tasks();
  void errand();
  // admin_people.cc
  void people_errand();
  void have_a_guest();
  void fetch_a_code();
  void show_codes();
  void think_again();
  void ask_twice();
  void ask_key_for_alice(std::function<void(std::string const&)> then);
  void widen_the_quorum();
  void change_key(TenantId const& tenant);
  void pay_debt(TenantId const& tenant);
  void take_back(TenantId const& tenant, Micros amount);
  void change_mode();
  void lift(Answer const& report);
  // As one of the two, or as the one who counts.
  void propose(std::string const& mode, std::string const& scope);
  void ask_as_one_of_two(std::string target, std::string body);
  void sign(std::optional<Answer> const& proposed, std::string const& asked_with);
  TenantId some_tenant();

  Prng prng_;
  Town& town_;
  std::function<void()> ready_;
  std::deque<Task> tasks_;
  std::map<TenantId, KeyId> keys_;
  std::string alice_;       // her key, which she claimed
  bool two_people_ = true;  // a day has passed since; else the operator decides alone
  std::uint32_t errands_ = 0;
  std::uint32_t guests_ = 0;
  bool restored_ = false;
};

TenantId tenant_name(std::uint32_t number);

}  // namespace tally::sim
