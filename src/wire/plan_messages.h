#pragma once

// Plans and job kinds: how much may be asked, and what.

#include "wire/shape.h"

namespace tally::wire {

inline constexpr std::int64_t kRateRequestsMax = 1'000'000'000;
inline constexpr std::int64_t kRateWindowSecondsMax = 86'400;

struct Rate {
  std::int64_t requests = 0;
  std::int64_t window_s = 60;
  bool operator==(Rate const&) const = default;
  static constexpr std::string_view kName = "Rate";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("requests", self.requests,
          Rule{.min = 0, .max = kRateRequestsMax, .says = "zero means none"});
    visit("window_s", self.window_s, Rule{.min = 1, .max = kRateWindowSecondsMax});
  }
};

inline constexpr std::array<std::string_view, 3> kOverrunRules{"count", "safe_mode", "ignore"};

// Both what is asked for and what is shown.
struct Plan {
  PlanName plan;
  std::optional<Rate> rate;
  std::string overrun = "count";
  std::optional<Micros> overrun_believed_max_usd;
  bool operator==(Plan const&) const = default;
  static constexpr std::string_view kName = "Plan";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("plan", self.plan);
    visit("rate", self.rate,
          Rule{.optional = true, .null_when_none = true, .says = "null or absent: unlimited"});
    visit("overrun", self.overrun,
          Rule{.optional = true,
               .one_of = kOverrunRules,
               .says = "what a cost above a hold does; absent: count"});
    visit("overrun_believed_max_usd", self.overrun_believed_max_usd,
          Rule{.optional = true,
               .null_when_none = true,
               .min = 0,
               .says = "a report further above its hold is an audit and no charge, and people may "
                       "charge no more either; null or absent: any report is believed"});
  }
};

struct PlanList {
  std::vector<Plan> plans;
  bool operator==(PlanList const&) const = default;
  static constexpr std::string_view kName = "PlanList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("plans", self.plans);
  }
};

struct Job {
  JobName job;
  std::string version;
  ContentRef hash;
  std::string runner;
  std::int64_t timeout_s = 0;
  std::int64_t attempts_max = 1;
  bool deterministic = false;
  bool price_reported = false;
  Micros price_fixed_usd;
  Micros price_per_second_usd;
  bool operator==(Job const&) const = default;
  static constexpr std::string_view kName = "Job";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("version", self.version);
    visit("hash", self.hash);
    visit("runner", self.runner);
    visit("timeout_s", self.timeout_s);
    visit("attempts_max", self.attempts_max);
    visit("deterministic", self.deterministic);
    visit("price_reported", self.price_reported);
    visit("price_fixed_usd", self.price_fixed_usd);
    visit("price_per_second_usd", self.price_per_second_usd);
  }
};

struct JobList {
  std::vector<Job> jobs;
  bool operator==(JobList const&) const = default;
  static constexpr std::string_view kName = "JobList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("jobs", self.jobs);
  }
};

}  // namespace tally::wire
