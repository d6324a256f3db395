#pragma once

// What handlers read of a decision that may have become a proposal.

#include "api/exchange.h"
#include "wire/ops_messages.h"

namespace tally::api {

// The event of type E that the decision began with, or null pointer.
template <class Group, class E>
E const* decided_event(ledger::Answer const& answer) {
  if (!answer.entry) return nullptr;
  auto const* group = std::get_if<Group>(&answer.entry->recorded.event);
  return group ? std::get_if<E>(group) : nullptr;
}

// 202 with the approval that it waits for; false where it was decided.
inline bool answer_if_proposed(Exchange& x, ledger::Answer const& answer) {
  auto const* needs = std::get_if<domain::NeedsApproval>(&answer.reply);
  if (needs == nullptr) return false;
  x.json(202, wire::ApprovalAnswer{.outcome = "needs_approval", .approval_id = needs->approval});
  return true;
}

// Done, or waiting for other people.
inline void answer_proposal(Exchange& x, ledger::Answer const& answer) {
  if (answer_if_proposed(x, answer)) return;
  x.json(200, wire::ApprovalAnswer{.outcome = "done", .approval_id = {}});
}

}  // namespace tally::api
