#include "domain/granted.h"

#include <algorithm>

#include "domain/who_counts.h"

namespace tally::domain {

namespace {

void mark_approved(Facts& facts, Approved const& approved) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.approvers->approved; })
          if (one.approvers) one.approvers->approved = approved;
      },
      facts);
}

// What the command would come to if its quorum had signed.
Outcome outlook(State const& state, Command const& command, Permit permit, Approved const& approved,
                Instant at) {
  Facts facts = gather(state, command, permit, {.at = at});
  mark_approved(facts, approved);
  return decide(at, command, facts);
}

// Why an outcome with approval changes nothing, and never will.
std::optional<Refusal> vain(Outcome const& outcome) {
  if (auto const* refusal = std::get_if<Refusal>(&outcome.reply)) return *refusal;
  if (!outcome.events.empty()) return std::nullopt;
  return Refusal{.code = RefusalCode::conflict,
                 .detail = "what this approval is about is so already",
                 .pointer = {},
                 .shortage = {},
                 .retry_after = {}};
}

// A mode in force, or a bound that is reached, passes.
bool passes(Refusal const& refusal) {
  return refusal.code == RefusalCode::halted || refusal.code == RefusalCode::overloaded;
}

}  // namespace

AfterGrant after_grant(State const& state, Command const& asked, Facts const& facts,
                       Granted granted, Instant at) {
  auto const* signature = std::get_if<approval::Facts>(&facts);
  bool const proposed = signature != nullptr && signature->row;
  Command const& command = proposed ? signature->row->command : asked;
  Approved const approved{.proposed_at = proposed ? signature->row->proposed_at : at,
                          .single_operator = !proposed};
  AfterGrant after{.not_now = false, .next = command, .refusal = {}};
  auto const permit = permit_for(state, command, at);
  after.refusal =
      permit ? vain(outlook(state, command, *permit, approved, at)) : std::optional(permit.error());
  if (!after.refusal) return after;
  after.not_now = passes(*after.refusal);
  after.next = approval::Commands(
      approval::End{.approval = granted.approval, .reason = after.refusal->detail});
  return after;
}

std::optional<std::string> hopeless(State const& state, approval::Row const& row, Instant at) {
  KeysByPerson const keys = keys_by_person(state);
  auto const left = std::ranges::count_if(row.counted, [&](PersonId const& id) {
    directory::Person const* person = state.people.find(id);
    if (person == nullptr || !may_approve(*person)) return false;
    bool const agreed = id == row.proposer || row.signers.contains(id);
    return agreed || can_sign(*person, keys_of(keys, id), at);
  });
  directory::Person const* proposer = state.people.find(row.proposer);
  bool const of_the_file = row.proposer.value().empty();
  if (!of_the_file && (proposer == nullptr || !may_approve(*proposer)))
    return "its proposer was removed";
  if (left < row.quorum) return "too few of the people who counted are left to sign it";
  auto const permit = permit_for(state, row.command, at);
  if (!permit) return std::nullopt;
  Approved const approved{.proposed_at = row.proposed_at, .single_operator = false};
  auto const refusal = vain(outlook(state, row.command, *permit, approved, at));
  if (!refusal || passes(*refusal)) return std::nullopt;
  return refusal->detail;
}

}  // namespace tally::domain
