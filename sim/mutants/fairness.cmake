# Mutations of what keeps one caller from taking what is everybody's.

mutation(address_without_rate "an address may ask open routes as often as it likes" api_test
src/api/admission.cc
[==[  if (x.rate->allowed) return true;
  x.rest = kRest;
]==]
[==[  if (x.rate->allowed || what == RateClass::open) return true;
  x.rest = kRest;
]==])

mutation(polls_without_share "one tenant may take all places of workers that wait" api_test
src/api/work_waits.cc
[==[    bool const share_used = held != tables.shares.end() && held->second >= share;
]==]
[==[    bool const share_used = held != tables.shares.end() && held->second > waiters_max_ * share;
]==])

mutation(word_kept "a worker that may not have the work keeps the word of it" api_test
src/api/lease_handler.cc
[==[  if (woken.exchange(false)) x->services.waits.pass_on(asked.jobs, x->caller().tenant);
]==]
"")

mutation(revoked_in_a_poll "who asks for work is not looked at again after the wait" api_test
src/api/lease_handler.cc
[==[  if (is_still_admitted(*x)) return ask();
]==]
[==[  return ask();
]==]
src/api/lease_handler.cc
[==[    if (!is_still_admitted(*self->x)) return;
]==]
"")

mutation(revoked_reader_in_a_poll "who waits for a run is not looked at again" api_test
src/api/run_reading.cc
[==[wait > Duration(0) && !is_still_admitted(*x)]==]
[==[wait < Duration(0)]==])

mutation(page_without_bytes "a page of events ends at its items alone" api_test
src/api/evidence_handlers.cc
[==[  return items_ < items_max_ && shown_bytes_ < kShownBytesMax &&
         looked_at_bytes_ < kLookedAtBytesMax;
]==]
[==[  return items_ < items_max_;
]==])

mutation(control_in_the_plan "stopping a run counts against the plan" api_test
src/api/admission.cc
[==[  if (what != RateClass::control) {
]==]
[==[  if (what == RateClass::control) what = RateClass::submit;
  if (what != RateClass::control) {
]==])

mutation(reads_in_the_plan "reads count against the plan" api_test
src/api/rates.cc
[==[    case RateClass::read:
      return {.requests = std::max(kReadsPerMinuteLeast, scaled(plan, kReadsOfASubmit, kMinute)),
              .window = seconds(kMinute)};
]==]
[==[    case RateClass::read:
      return plan;
]==])

mutation(no_turns "whoever brought most is served first" ledger_test
src/ledger/inbox.cc
[==[    items.put(owner, std::move(item));
]==]
[==[    items.put("", std::move(item));
]==])

mutation(passed_over_for_ever "a lane may be passed over for ever" ledger_test
src/ledger/inbox.cc
[==[    if (long_enough && turn == first) turn = line;
]==]
[==[    if (long_enough && turn == line) turn = line;
]==])

mutation(heartbeats_without_share "heartbeats are nobody's" ledger_test
src/ledger/loop.cc
[==[  TenantId const tenant = handle.tenant.value_or(TenantId());
]==]
[==[  TenantId const tenant;
]==])

mutation(run_polls_without_share "one tenant may take all places of polls on runs" ledger_test
src/ledger/waits.cc
[==[  bool const full =
      waiters_.size() >= most || share >= std::max<std::size_t>(most / kTenantShare, 1);
]==]
[==[  bool const full = waiters_.size() >= most;
]==])

mutation(tasks_on_their_caller "a task that finds no place is run by who brought it" server_test
src/server/thread_executor.cc
[==[  if (own.stopping || !own.queue.put(std::move(task))) return false;
]==]
[==[  if (!own.stopping && !own.queue.put(std::move(task))) task.run();
]==])

mutation(lane_without_bound "a lane of tasks takes whatever comes" wiring_test
src/server/wiring/lane_queue.cc
[==[if (is_full || has_its_share) {]==]
[==[if (has_its_share) {]==])

mutation(lane_without_shares "one owner may fill a lane of tasks" wiring_test
src/server/wiring/lane_queue.cc
[==[if (is_full || has_its_share) {]==]
[==[if (is_full) {]==])

mutation(probes_wait_for_reads "probes wait in the lane of reads" api_test
src/api/health_handlers.cc
[==[  x->later(TaskLane::probe, [x] {]==]
[==[  x->later(TaskLane::read, [x] {]==])

mutation(no_rest_of_a_stranger "a stranger past its rate is read from as before" platform_test
src/platform/http_session.cc
[==[bool HttpSession::is_resting() const { return !loop_.draining && loop_.now < rest_until_; }
]==]
[==[bool HttpSession::is_resting() const { return false; }
]==])

mutation(buffer_at_once "a connection's whole buffer is begun before another's first request" platform_test
src/platform/http_session.cc
[==[  while (!turn_taken_ && may_begin()) {
]==]
[==[  while (may_begin()) {
]==])

mutation(strangers_keep_their_places "nobody makes room for who comes" platform_test
src/platform/http_worker.cc
[==[  (*found)->abort();
]==]
"")

mutation(unread_without_bound "what nobody reads is kept for ever" platform_test
src/platform/http_worker.cc
[==[  payer->abort();
]==]
[==[  return false;
]==])
