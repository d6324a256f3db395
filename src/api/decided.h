#pragma once

// Answers to commands that may need an approval: what the decision began with, 202 where it became
// a proposal, 200 where it was carried out. All of these run on the loop's thread and do not block.

#include "api/exchange.h"
#include "views/run_view.h"
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
  wire::ApprovalAnswer said{
      .outcome = "needs_approval", .approval_id = needs->approval, .what = {}, .receipt = {}};
  using domain::approval::Proposed;
  if (auto const* proposed = decided_event<domain::approval::Events, Proposed>(answer))
    said.what = proposed->row.what;
  x.json(202, said);
  return true;
}

// Done, or waiting for other people. `approval` where one was signed.
inline void answer_proposal(Exchange& x, ledger::Answer const& answer,
                            std::optional<ApprovalId> approval = std::nullopt) {
  if (answer_if_proposed(x, answer)) return;
  wire::ApprovalAnswer said{.outcome = "done", .approval_id = approval, .what = {}, .receipt = {}};
  if (auto const* settled = decided_event<domain::run::Events, domain::run::Settled>(answer))
    said.receipt = views::receipt_view(settled->charge, settled->reason, settled->cost_rounded_up);
  x.json(200, said);
}

}  // namespace tally::api
