#pragma once

// What stands in paths and queries. A value that a path names and that cannot be is answered as
// one that is not there: `kNoSuch`, with the code `kNoSuchCode` where that is not not_found.

#include "wire/evidence_parameters.h"

namespace tally::wire {

struct SubmitParameters {
  bool dry_run = false;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(
        "dry_run", self.dry_run,
        Rule{.optional = true,
             .says = "decide without holding money; takes no idempotency key and leaves no event"});
  }
};

struct RunListParameters {
  std::optional<RunStatus> status;
  std::optional<LabelFilter> label;
  std::optional<TenantId> tenant;
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("status", self.status, Rule{.says = "only runs in this state"});
    visit("label", self.label, Rule{.says = "only runs with this label, as NAME=VALUE"});
    visit("tenant", self.tenant, Rule{.says = "the key's own, or with ops:read system"});
    visit("limit", self.limit,
          Rule{.optional = true, .min = 1, .max = kRunsPerPageMax, .says = "absent: 50"});
    visit("cursor", self.cursor, Rule{.min = 1, .max = 16, .says = "`next` of the page before"});
  }
};

struct RunParameters {
  RunId id;
  std::int64_t wait_s = 0;
  static constexpr std::string_view kNoSuch = "no run of yours has this id";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("id", self.id, kInPath);
    visit("wait_s", self.wait_s,
          Rule{.optional = true,
               .min = 0,
               .max = kRunWaitSecondsMax,
               .says = "hold the answer until the run has ended, at most so long; absent: 0"});
  }
};

struct RunPath {
  RunId id;
  static constexpr std::string_view kNoSuch = "no run of yours has this id";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("id", self.id, kInPath);
  }
};

struct LeasePath {
  LeaseId lease;
  static constexpr std::string_view kNoSuch = "no lease of yours has this id";
  static constexpr std::string_view kNoSuchCode = "lease_lost";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("lease", self.lease, kInPath);
  }
};

struct TenantPath {
  TenantId tenant;
  static constexpr std::string_view kNoSuch = "no tenant has this name";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenant", self.tenant, kInPath);
  }
};

struct PersonPath {
  PersonId person;
  static constexpr std::string_view kNoSuch = "no such person";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("person", self.person, kInPath);
  }
};

struct KeyPath {
  KeyId key;
  static constexpr std::string_view kNoSuch = "no such key";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key", self.key, kInPath);
  }
};

struct ApprovalPath {
  ApprovalId id;
  static constexpr std::string_view kNoSuch = "no open approval has this id";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("id", self.id, kInPath);
  }
};

struct ProblemPath {
  std::string code;
  static constexpr std::string_view kNoSuch = "no problem has this code; see /problems";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code, kInPath);
  }
};

}  // namespace tally::wire
