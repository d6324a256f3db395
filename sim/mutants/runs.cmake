# Mutations of the life of a run: keys, leases, deadlines, the archive.

mutation(fence_ignored "a lease opens whatever its fence" domain_test
src/domain/run/decide_work.cc
[==[ &&
         facts.situation->fence == handle.fence]==]
"")

mutation(one_retry_more "a run is tried once more than attempts_max" domain_test
src/domain/run/decide_work.cc
[==[run.attempt < run.attempts_max]==]
[==[run.attempt <= run.attempts_max]==])

mutation(leased_to_two "a leased run stays in the queue and is leased again" lives
src/domain/run/apply.cc
[==[  stop_waiting(state, event.run, row);
  advance_row(state, header, event, row);
  state.last_served]==]
[==[  advance_row(state, header, event, row);
  state.last_served]==])

mutation(leased_while_running "a log may lease a run that does not wait" audit_test
src/domain/run/apply.cc
[==[  TALLY_CHECK(row.phase == Phase::queued, "only a run that is queued waits");
]==]
"")

mutation(lease_id_twice "the same lease id is given again" lives
src/domain/run/apply.cc
[==[  ++state.ledger.leases;
]==]
"")

mutation(turn_not_passed "the tenant that was served last is served first" domain_test
src/domain/run/apply.cc
[==[  state.last_served.put(row.job, {row.tenant});
]==]
"")

mutation(cancelled_while_running "a cancellation ends work that has started" lives
src/domain/run/decide_work.cc
[==[  if (run.phase == Phase::queued || run.phase == Phase::leased)
    return one(facts, settled(facts, Phase::cancelled]==]
[==[  if (run.phase != Phase::reconciling)
    return one(facts, settled(facts, Phase::cancelled]==])

mutation(receipt_not_sought "work whose worker died is done again, whether or not a receipt stands" lives
src/domain/run/decide_work.cc
[==[  if (run.runner != Runner::command)
    return again]==]
[==[  if (run.phase == Phase::running)
    return again]==])

mutation(other_body_replayed "a known key answers for another body too" domain_test
src/domain/run/decide_submit.cc
[==[    if (facts.known->fingerprint == command.idempotency.fingerprint)
]==]
[==[    if (facts.known->seq >= 0)
]==])

mutation(no_is_not_kept "the no to a key is forgotten at once" lives
src/domain/run/decide_submit.cc
[==[  if (refusal->code == RefusalCode::budget_exceeded)
    return refuse_for_good(command, facts, std::move(*refusal));
]==]
"")

mutation(key_outlives_its_life "a key is still known at the instant of its end" domain_test
src/domain/run/gather.cc
[==[known->expires_at > moment.at]==]
[==[known->expires_at >= moment.at]==])

mutation(key_of_no_tenant "an idempotency key counts for all tenants" api_test
src/api/submit_handler.cc
[==[sha256({as_bytes(tenant.value()), zero, ]==]
[==[sha256({zero, ]==])

mutation(fingerprint_of_the_input "a body's fingerprint is that of its input alone" api_test
src/api/submit_handler.cc
[==[json::canonical(submission.document)]==]
[==[json::canonical(submission.asked.input)]==])

mutation(lease_a_moment_longer "a lease has not run out at the instant of its end" ledger_test
src/ledger/liveness.cc
[==[found->second <= at]==]
[==[found->second < at]==])

mutation(stale_heartbeat "a heartbeat renews whatever its fence" ledger_test
src/ledger/loop_reads.cc
[==[ || row.fence != handle.fence]==]
"")

mutation(queue_never_stands "queue deadlines go on while all work stands still" domain_test
src/domain/run/gather.cc
[==[  facts.work_at = state.ledger.work_clock.at(moment.at);
  Row const* row]==]
[==[  facts.work_at = moment.at;
  Row const* row]==])

mutation(live_run_archived "the archive forgets a run that waits for an audit" lives
src/domain/run/apply.cc
[==[AuditRequired const& event) {
  advance_row(state, header, event);
]==]
[==[AuditRequired const& event) {
  advance_row(state, header, event);
  state.finished.emplace(header.at, event.run);
]==])

mutation(nobody_reconciles "a restart forgets the runs that are being reconciled" lives
src/ledger/loop.cc
[==[    if (row.phase == domain::run::Phase::reconciling) reminders.emplace(now, id);
]==]
"")

mutation(done_without_a_receipt "work is reported as done although its receipt was not stored" workers_test
src/workers/command_worker.cc
[==[  if (kept) return;
]==]
[==[  return;
]==])

mutation(receipt_thrown_away "a receipt is removed although its report came too late" workers_test
src/workers/command_worker.cc
[==[by nobody's order and does no harm.
  if (message.answer) (void)]==]
[==[by nobody's order and does no harm.
  (void)]==])

mutation(quiet_audit "an audit does not hold its tenant back" domain_test
src/domain/run/decide_work.cc
[==[  if (!facts.alarm) return outcome;
]==]
[==[  return outcome;
]==])

mutation(first_deadline "a retry keeps the queue deadline of the first try" domain_test
src/domain/run/decide_work.cc
[==[facts.work_at + facts.situation->queue_wait;]==]
[==[facts.situation->queue_deadline;]==])
