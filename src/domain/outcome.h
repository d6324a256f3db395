#pragma once

// What a decision comes to: events (none for a refusal that is only counted) and a reply.

#include <optional>
#include <variant>
#include <vector>

#include "domain/event.h"
#include "domain/refusal.h"

namespace tally::domain {

struct Done {  // the events say it all; or nothing had to change
  bool operator==(Done const&) const = default;
};
struct Replayed {  // the answer that the idempotency key got before (answers.h); no decision
  std::int64_t seq = 0;
  bool operator==(Replayed const&) const = default;
};
struct DryRun {  // what a submit would have come to
  std::optional<Refusal> refusal;
  Balances balances;
  bool operator==(DryRun const&) const = default;
};
struct NoWork {
  bool operator==(NoWork const&) const = default;
};
// One person alone may not decide this (approvers.h). An engine returns it to the core, which turns
// it into a proposal (approval/propose.h); no caller outside of the domain ever sees it.
struct NotAlone {
  Approvers approvers;
  PersonId person;  // who asks; empty: the configuration file
  std::optional<RunId> run;
  std::optional<TenantId> tenant;
  std::string what;  // a few words for people
  bool operator==(NotAlone const&) const = default;
};
// The quorum has signed: the approval's command is decided next (granted.h).
struct Granted {
  ApprovalId approval;
  bool operator==(Granted const&) const = default;
};
struct NeedsApproval {
  ApprovalId approval;
  bool operator==(NeedsApproval const&) const = default;
};
using Reply =
    std::variant<Done, Replayed, DryRun, NoWork, NotAlone, Granted, NeedsApproval, Refusal>;

struct Outcome {
  std::vector<Event> events;
  Reply reply;
  std::optional<RunId> run;  // what the events are about, for their headers
  std::optional<TenantId> tenant;
  bool operator==(Outcome const&) const = default;
};

inline Outcome not_alone(NotAlone why) {
  return {.events = {}, .reply = std::move(why), .run = {}, .tenant = {}};
}
inline Outcome refuse(Refusal refusal) {
  return {.events = {}, .reply = std::move(refusal), .run = {}, .tenant = {}};
}
inline Outcome refuse(RefusalCode code, std::string detail) {
  return refuse(Refusal{
      .code = code, .detail = std::move(detail), .pointer = {}, .shortage = {}, .retry_after = {}});
}

}  // namespace tally::domain
