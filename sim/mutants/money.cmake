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
[==[      .move(AccountKind::held, AccountKind::available, charge.released)
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

mutation(rounded_down "a part of a micro is not charged" lives
src/domain/run/charge.cc
[==[(part % kSecond != 0 ? 1 : 0)]==]
[==[0]==])

mutation(last_micro "the last micro of a budget cannot be held" domain_test
src/domain/run/decide_submit.cc
[==[if (command.max_cost <= available) return]==]
[==[if (command.max_cost < available) return]==])

mutation(our_fault_charged "a run that we killed pays the minimum fee" domain_test
src/domain/run/decide_work.cc
[==[ || code == "killed"]==]
"")

mutation(fee_above_hold "the minimum fee is not bounded by the hold" domain_test
src/domain/run/charge.cc
[==[  return std::min({wanted, fee.cap, hold});
]==]
[==[  return std::min(wanted, fee.cap);
]==])

mutation(earlier_attempts_free "what earlier attempts reported is forgotten at the next" lives
src/domain/run/decide_work.cc
[==[  Micros const cost = run.cost_so_far + reported_by(run.price, command.measured);
]==]
[==[  Micros const cost = reported_by(run.price, command.measured);
]==])
