#pragma once

// Approvals: a quorum of named, distinct people within a deadline, the proposer excluded. Past it
// they abort by themselves. Where only one person is named, that person alone decides, and the
// record says so (single_operator).

#include <set>
#include <string>
#include <variant>

#include "base/ids.h"
#include "base/time.h"
#include "domain/mode/engine.h"
#include "domain/run/situation.h"

namespace tally::domain::approval {

inline constexpr Duration kAuditDeadline = hours(24);

enum class Kind { audit, resume };
constexpr std::array<Kind, 2> all_of(Kind) { return {Kind::audit, Kind::resume}; }
constexpr std::string_view name_of(Kind kind) { return kind == Kind::audit ? "audit" : "resume"; }

// What is to be approved; the members of the other kind stay at their defaults.
struct Subject {
  Micros charge;  // audit
  Kind kind = Kind::audit;
  mode::Mode mode = mode::Mode::normal;  // resume: to which
  std::string reason;
  std::optional<RunId> run;  // audit
  mode::Scope scope;         // resume
  bool operator==(Subject const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charge", self.charge);
    visit("kind", self.kind);
    visit("mode", self.mode);
    visit("reason", self.reason);
    visit("run", self.run);
    visit("scope", self.scope);
  }
};

struct Row {
  Instant expires_at;  // ledger time
  PersonId proposer;
  std::int64_t quorum = 2;  // people in all, the proposer among them
  std::set<PersonId> signers;
  bool single_operator = false;
  Subject subject;
  bool operator==(Row const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("expires_at", self.expires_at);
    visit("proposer", self.proposer);
    visit("quorum", self.quorum);
    visit("signers", self.signers);
    visit("single_operator", self.single_operator);
    visit("subject", self.subject);
  }
};

// Command: a second person signs.
struct Sign {
  ApprovalId approval;
  PersonId person;
  bool operator==(Sign const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("person", self.person);
  }
};

// Command: the deadline came.
struct Expire {
  ApprovalId approval;
  bool operator==(Expire const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
  }
};

struct Facts {
  Balances balances;                  // audit: of the run's tenant
  mode::Row current;                  // resume: of the scope
  bool fresh_signer = false;          // added by the proposer within the last 24 h: does not count
  std::optional<run::Situation> run;  // audit
  std::optional<Row> row;
  bool signer_may = false;  // has the role approver or admin
  mode::WorkClock work_clock;
  bool operator==(Facts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("balances", self.balances);
    visit("current", self.current);
    visit("fresh_signer", self.fresh_signer);
    visit("row", self.row);
    visit("run", self.run);
    visit("signer_may", self.signer_may);
    visit("work_clock", self.work_clock);
  }
};

// Event: approval.proposed.
struct Proposed {
  ApprovalId approval;
  Row row;
  bool operator==(Proposed const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("row", self.row);
  }
};

// Event: approval.signed; with `granted` the effect follows in the same decision.
struct Signed {
  ApprovalId approval;
  bool granted = false;
  PersonId person;
  bool operator==(Signed const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("granted", self.granted);
    visit("person", self.person);
  }
};

// Event: approval.aborted, by its deadline.
struct Aborted {
  ApprovalId approval;
  std::string reason;
  bool operator==(Aborted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approval", self.approval);
    visit("reason", self.reason);
  }
};

}  // namespace tally::domain::approval
