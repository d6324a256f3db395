#include "domain/approval/propose.h"

namespace tally::domain::approval {

namespace {

// "bob counts from 2026-11-29T10:00:00.000000Z", for each who is named and does not count yet.
std::string waiting(std::vector<Newcomer> const& newcomers) {
  std::string text;
  for (Newcomer const& one : newcomers) {
    text += text.empty() ? "" : ", ";
    text += one.person.value();
    text += one.counts_from ? " counts from " + to_rfc3339(*one.counts_from)
                            : " counts 24 h after a key of theirs is claimed";
  }
  return text;
}

std::optional<Refusal> no(RefusalCode code, std::string detail) {
  return Refusal{
      .code = code, .detail = std::move(detail), .pointer = {}, .shortage = {}, .retry_after = {}};
}

// Why the person who asks may not propose.
std::optional<std::string> why_asker_is_not_one(NotAlone const& asked) {
  Approvers const& people = asked.approvers;
  if (asked.person.value().empty()) return std::nullopt;
  if (!people.counted.contains(asked.person)) {
    for (Newcomer const& one : people.newcomers)
      if (one.person == asked.person) return "this takes a person who counts: " + waiting({one});
    return "this takes a person with the role approver or admin";
  }
  if (people.key_counts_from)
    return "this takes a key that counts: yours does from " + to_rfc3339(*people.key_counts_from);
  if (people.key_never_counts) return "this takes a key that counts, and yours never does";
  return std::nullopt;
}

std::optional<Refusal> objection(NotAlone const& asked) {
  Approvers const& people = asked.approvers;
  if (auto why = why_asker_is_not_one(asked)) return no(RefusalCode::forbidden, std::move(*why));
  if (people.open >= kApprovalsOpenMax)
    return no(RefusalCode::overloaded, "too many approvals are open: sign or withdraw some first");
  auto const counted = std::ssize(people.counted);
  if (counted == 1 || counted >= people.quorum) return std::nullopt;
  return no(RefusalCode::conflict,
            std::to_string(people.quorum) + " people must agree, and " + std::to_string(counted) +
                " count now" + (people.newcomers.empty() ? "" : ": " + waiting(people.newcomers)));
}

}  // namespace

Outcome propose(Instant at, Command const& command, NotAlone const& asked) {
  if (auto refusal = objection(asked)) return refuse(std::move(*refusal));
  bool const alone = asked.approvers.counted.size() == 1;
  ApprovalId const id = asked.approvers.next_approval;
  Row row;
  row.command = command;
  row.counted = asked.approvers.counted;
  row.expires_at = at + asked.approvers.deadline;
  row.proposed_at = at;
  row.proposer = asked.person;
  row.quorum = alone ? 1 : asked.approvers.quorum;
  row.run = asked.run;
  row.single_operator = alone;
  row.tenant = asked.tenant;
  row.what = asked.what;
  Outcome outcome{.events = {approval::Events(Proposed{.approval = id, .row = std::move(row)})},
                  .reply = NeedsApproval{id},
                  .run = asked.run,
                  .tenant = asked.tenant};
  if (!alone) return outcome;
  outcome.events.emplace_back(
      approval::Events(Signed{.approval = id, .granted = true, .person = asked.person}));
  outcome.reply = Granted{id};
  return outcome;
}

}  // namespace tally::domain::approval
