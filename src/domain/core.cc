#include "domain/core.h"

#include "domain/answers.h"
#include "domain/approval/decide.h"
#include "domain/approval/propose.h"
#include "domain/budget/decide.h"
#include "domain/directory/decide.h"
#include "domain/error/decide.h"
#include "domain/mode/decide.h"
#include "domain/run/decide.h"
#include "domain/schedule/decide.h"
#include "domain/system/decide.h"

namespace tally::domain {

Facts gather(State const& state, Command const& command, Permit, Moment const& moment) {
  return visit_both([&](auto const& one) -> Facts { return gather(state, one, moment); }, command);
}

void shorten(State const& state, Command& command, Facts const& facts) {
  auto* group = std::get_if<run::Commands>(&command);
  auto* lease = group != nullptr ? std::get_if<run::Lease>(group) : nullptr;
  if (lease == nullptr || lease->jobs.size() <= run::kLeaseJobsRecorded) return;
  auto const& candidate = std::get<run::LeaseFacts>(facts).candidate;
  lease->jobs.clear();
  if (candidate) lease->jobs.push_back(state.runs.at(candidate->run).job);
}

namespace {

Outcome decide_by_engine(Instant at, Command const& command, Facts const& facts) {
  return visit_both(
      [&]<class C>(C const& one) {
        auto const* own = std::get_if<typename C::Facts>(&facts);
        TALLY_CHECK(own != nullptr, "facts of another command");
        return decide(at, one, *own);
      },
      command);
}

}  // namespace

// A proposal is a decision like any other: it follows from the command and its facts.
Outcome decide(Instant at, Command const& command, Facts const& facts) {
  Outcome outcome = decide_by_engine(at, command, facts);
  if (auto const* why = std::get_if<NotAlone>(&outcome.reply))
    return approval::propose(at, command, *why);
  return outcome;
}

void apply(State& state, Header const& header, Event const& event) {
  TALLY_CHECK(header.at >= state.ledger.at, "ledger time does not go back");
  // What was granted was for this event's decision, and is used up by it.
  if (state.ledger.granted) {
    state.approvals.erase(*state.ledger.granted);
    state.ledger.granted.reset();
  }
  visit_both([&](auto const& one) { apply(state, header, one); }, event);
  if (header.idempotency) remember_answer(state, header);
  state.ledger.at = header.at;
  ++state.ledger.seq_next;
  if (header.tenant) ++state.tenants.edit(*header.tenant).seq_next;
}

}  // namespace tally::domain
