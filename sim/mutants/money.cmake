# Mutations of what moves money.

mutation(no_invariants "nothing is checked after an event" domain_test
src/domain/invariants.cc
[==[  if (state.ledger.seq_next != header.seq + 1 || state.ledger.at != header.at)
    return "order_is_gapless";
]==]
[==[  return std::nullopt;
]==])

mutation(settle_twice "a completion that is reported again settles the run again" oracle
src/domain/run/decide_work.cc
[==[run.result_digest == command.result.digest)]==]
[==[run.result_digest == command.result.digest)
    return succeed(at, facts, command.measured, command.result, "completed");
  if (false)]==]
src/domain/run/apply.cc
[==[  TALLY_CHECK(!is_final(row.phase), "a run ends once");
]==]
"")

mutation(drop_hold "what a run did not use of its hold is not given back" oracle
src/domain/run/charge.cc
[==[  charge.debt_paid = plan.credit(held, charge.released);
]==]
"")

mutation(release_without_posting "the end of a run releases its hold and posts nothing" oracle
src/domain/run/apply.cc
[==[  advance_row(state, header, event, row);
  directory::Tenant& tenant = state.tenants.edit(row.tenant);
  apply_postings(tenant.balances, event.postings);
]==]
[==[  advance_row(state, header, event, row);
  directory::Tenant& tenant = state.tenants.edit(row.tenant);
]==])

mutation(unbalanced_postings "postings need not sum to zero" domain_test
src/domain/money.cc
[==[  TALLY_CHECK(sum == Micros(0), "postings do not sum to zero");
]==]
"")

mutation(overrun_clamped "a cost above the hold is clamped to it" domain_test
src/domain/run/charge.cc
[==[  charge.overrun = cost - charge.charged;
]==]
[==[  charge.cost = charge.charged;
]==])

mutation(debt_not_paid_first "a grant becomes available while something is owed" oracle
src/domain/money.cc
[==[  Micros const paid = std::min(amount, balances_.of(overrun));
]==]
[==[  Micros const paid(0);
]==])

mutation(accepts_under_a_debt "a run is accepted while something is owed" domain_test
src/domain/run/decide_submit.cc
[==[  if (owed > Micros(0))
]==]
[==[  if (owed < Micros(0))
]==])

mutation(overrun_not_paid "a cost above the hold leaves what is available alone" oracle
src/domain/money.cc
[==[  Micros const paid = std::min(amount, balances_.of(available));
]==]
[==[  Micros const paid(0);
]==])

mutation(overrun_ignored "every plan only writes a cost above the hold down" lives
src/domain/run/charge.cc
[==[  if (rule != OverrunRule::ignore) {]==]
[==[  if (rule == OverrunRule::safe_mode) {]==])

mutation(believes_any_report "a report is believed however far it is above its hold" lives
src/domain/run/settled.cc
[==[  return !most || cost <= *most;
]==]
[==[  return true;
]==])

mutation(resolves_beyond_belief "people may charge more than the plan believes" domain_test
src/domain/run/decide_audit.cc
[==[  if (auto const most = charge_most(facts); most && command.charge > *most)
]==]
[==[  if (auto const most = charge_most(facts); most && command.charge < Micros(0))
]==])

mutation(debt_without_bound "a tenant may owe any sum" domain_test
src/domain/run/charge.cc
[==[  if (plan.of(overrun) > kDebtMax) return std::nullopt;
]==]
"")

mutation(attempts_without_bound "the sum of what attempts report may be any sum" domain_test
src/domain/run/settled.cc
[==[  if (cost > kAmountMax) return false;
]==]
"")

mutation(said_cost_cut_off "what is below a micro of a reported cost is cut off" base_test
src/base/money.cc
[==[  return SaidCost{.amount = *amount + Micros(1), .rounded_up = true};
]==]
[==[  return SaidCost{.amount = *amount, .rounded_up = true};
]==])

mutation(time_overruns "work that is paid by the second goes on above its hold" domain_test
src/domain/run/charge.cc
[==[  if (price.reported) return false;
]==]
[==[  return false;
]==])

mutation(late_report_dropped "what a lost lease says that it spent is forgotten" domain_test
src/domain/run/decide_work.cc
[==[  if (amount == Micros(0)) return outcome;
]==]
[==[  if (amount >= Micros(0)) return outcome;
]==])

mutation(late_report_twice "a lost lease adds to what is unaccounted each time that it reports" domain_test
src/domain/run/history.cc
[==[  std::erase(row.lost, LostLease{.fence = event.fence, .lease = event.lease});
]==]
"")

mutation(audit_loses_result "a run that waits for an audit forgets its result" lives
src/domain/run/settled.cc
[==[  event.result = std::move(why.result);
]==]
"")

mutation(nothing_held "a run of a reported price may hold nothing" domain_test
src/domain/run/decide_submit.cc
[==[  if (costs && command.max_cost == Micros(0))
]==]
[==[  if (false)
]==])

mutation(no_safe_mode_for_overruns "an overrun takes nobody to safe mode" lives
src/domain/run/settled.cc
[==[  if (overrun > Micros(0) && facts.overrun && facts.overrun->alarm)
]==]
[==[  if (false)
]==])

mutation(rounded_down "a part of a micro is not charged" lives
src/domain/run/charge.cc
[==[(part % kSecond != 0 ? 1 : 0)]==]
[==[0]==])

mutation(last_micro "the last micro of a budget cannot be held" domain_test
src/domain/run/decide_submit.cc
[==[if (command.max_cost <= available) return]==]
[==[if (command.max_cost < available) return]==])

mutation(our_fault_charged "a run that we killed pays the minimum fee" domain_test
src/domain/run/outcomes.cc
[==["job_unknown",    "killed",]==]
[==["job_unknown",    "broken",]==])

mutation(fee_above_hold "the minimum fee is not bounded by the hold" domain_test
src/domain/run/charge.cc
[==[  return std::min({wanted, fee.cap, hold});
]==]
[==[  return std::min(wanted, fee.cap);
]==])

mutation(earlier_attempts_free "what earlier attempts reported is forgotten at the next" lives
src/domain/run/decide_work.cc
[==[  Micros const cost = run.cost_so_far + *reported;
]==]
[==[  Micros const cost = *reported;
]==])

mutation(withdraws_what_is_held "credits are taken back that are not available" domain_test
src/domain/budget/budget.cc
[==[  if (command.amount > plan.of(AccountKind::available))
]==]
[==[  if (command.amount > facts.balances.credits())
]==])
