# Mutations of the life of a run: keys, leases, deadlines, the archive.

mutation(fence_ignored "a lease opens whatever its fence" domain_test
src/domain/run/decide_work.cc
[==[ &&
         facts.situation->fence == handle.fence]==]
"")

mutation(one_retry_more "a run is tried once more than attempts_max" domain_test
src/domain/run/outcomes.cc
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
    return end_unheard(at, facts, Phase::cancelled]==]
[==[  if (run.phase != Phase::reconciling)
    return end_unheard(at, facts, Phase::cancelled]==])

mutation(receipt_not_sought "work whose worker died is done again, whether or not a receipt stands" lives
src/domain/run/decide_work.cc
[==[  if (run.runner != Runner::command)
    return lost]==]
[==[  if (run.phase == Phase::running)
    return lost]==])

mutation(other_body_replayed "a known key answers for another body too" domain_test
src/domain/answers.cc
[==[  if (known->fingerprint == key.fingerprint) return Replayed{known->seq};
]==]
[==[  if (known->seq >= 0) return Replayed{known->seq};
]==])

mutation(no_is_not_kept "the no to a key is forgotten at once" lives
src/domain/run/decide_submit.cc
[==[  if (refusal->code == RefusalCode::budget_exceeded)
    return refuse_for_good(command, std::move(*refusal));
]==]
"")

mutation(key_outlives_its_life "a key is still known at the instant of its end" domain_test
src/domain/answers.cc
[==[known->expires_at <= at &&]==]
[==[known->expires_at < at &&]==])

mutation(key_of_no_tenant "an idempotency key counts for all tenants" api_test
src/wire/idempotency_key.cc
[==[sha256({as_bytes(tenant.value()), zero, ]==]
[==[sha256({zero, ]==])

mutation(fingerprint_of_the_input "a body's fingerprint is that of its input alone" api_test
src/api/exchange.cc
[==[{ asked_ = json::canonical(document); }]==]
[==[{
  if (auto const* input = document.find("input")) asked_ = json::canonical(*input);
}]==])

mutation(lease_a_moment_longer "a lease has not run out at the instant of its end" ledger_test
src/ledger/liveness.cc
[==[found->second <= at]==]
[==[found->second < at]==])

mutation(stale_heartbeat "a heartbeat renews whatever its fence" ledger_test
src/ledger/loop_reads.cc
[==[ && row.fence == handle.fence;
  if (!live || !own || !held)]==]
[==[;
  if (!live || !own || !held)]==])

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
src/domain/run/settled.cc
[==[  if (facts.alarm)
]==]
[==[  if (false)
]==])

mutation(first_deadline "a retry keeps the queue deadline of the first try" domain_test
src/domain/run/outcomes.cc
[==[facts.work_at + run.queue_wait;]==]
[==[run.queue_deadline;]==])

# Bounds of an execution (domain/run/limits.h).

mutation(no_rest "a lease that was given back is offered again at once" domain_test
src/domain/run/outcomes.cc
[==[  if (!is_system(run.tenant)) event.not_before = facts.work_at + rest_after(returns);
]==]
"")

mutation(returns_unbounded "a lease may be given back for ever" domain_test
src/domain/run/outcomes.cc
[==[  if (returns >= kReturnsMax)
]==]
[==[  if (returns < 0)
]==])

mutation(return_renews_deadline "a lease that was given back renews the queue deadline" domain_test
src/domain/run/outcomes.cc
[==[  event.queue_deadline = run.queue_deadline;
]==]
[==[  event.queue_deadline = facts.work_at + run.queue_wait;
]==])

mutation(resting_offered "a run that rests is offered all the same" domain_test
src/domain/run/gather.cc
[==[    if (not_before > work_at) break;
]==]
"")

mutation(limit_not_kept "a run may go on past its limit for as long as its worker likes" domain_test
src/domain/run/decide_work.cc
[==[  if (run.phase != Phase::running || !limit ||]==]
[==[  if (run.phase == Phase::running || !limit ||]==])

mutation(limit_without_grace "a run ends at its limit, before its worker could report" domain_test
src/domain/run/decide_work.cc
[==[*limit + kLimitGrace > facts.work_at]==]
[==[*limit > facts.work_at]==])

mutation(limit_at_no_charge "a run whose hold is used up costs nothing" domain_test
src/domain/run/outcomes.cc
[==[  failure.cost = facts.situation->hold;
]==]
"")

mutation(lease_outlasts_run "the lease of a run is as long as ever, whatever its time" domain_test
src/domain/run/limits.cc
[==[  return std::min(usual, time_left(row, work_at) + kLimitGrace);]==]
[==[  return usual + (time_left(row, work_at) - time_left(row, work_at));]==])

mutation(tried_after_a_stop "what a mode stopped is tried again after it" domain_test
src/domain/run/outcomes.cc
[==[!run.cancel_requested && !run.stop_requested;]==]
[==[!run.cancel_requested;]==])

mutation(stopped_at_full_price "work that a mode stopped pays its fixed price" domain_test
src/domain/run/outcomes.cc
[==[  rate.fixed = Micros(0);
]==]
"")

mutation(signal_is_ours "a signal counts as ours, and nobody pays for it" platform_test
src/platform/process_result.cc
[==[  if (server_stopping) return]==]
[==[  if (server_stopping || number > 0) return]==])

mutation(result_read_as_numbers "a result with a long number is refused" platform_test
src/platform/process_result.cc
[==[json::find_syntax_fault(document)]==]
[==[json::find_fault(document)]==])

mutation(copy_not_used "only versions that were loaded at the start are executed" platform_test
src/platform/process_runner.cc
[==[  auto kept = load_job(job_snapshot_path(options_.work + "/jobs", job_hash));
]==]
[==[  auto kept = load_job(options_.work);
]==])

mutation(real_without_a_way_back "a real is accepted whose canonical form is refused" json_test
src/json/parse.cc
[==[    if (is_whole_beyond(number)) return too_large(place);
]==]
"")

mutation(retired_takes_runs "a job kind that a start did not load takes runs" domain_test
src/domain/run/gather.cc
[==[  if (job != nullptr && !job->retired && !is_system(command.job)) facts.job = terms_of(*job);
]==]
[==[  if (job != nullptr && !is_system(command.job)) facts.job = terms_of(*job);
]==])

mutation(copies_of_live_runs "a start removes the copies that runs wait to be executed from" wiring_test
src/server/wiring/retired_jobs.cc
[==[    if (!domain::run::is_final(row.phase)) copies.insert(row.job_hash.digest());
]==]
"")

mutation(server_blames_a_worker "what ended with the server is recorded as a worker's silence"
ledger_test
src/ledger/loop.cc
[==[    if (leased && over) liveness_of(id).end_with_process(id, now);]==]
[==[    if (leased && over) liveness_of(id).renew(id, now, Duration(0));]==])
