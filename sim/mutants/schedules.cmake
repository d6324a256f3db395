# Mutations of what recurs, and of the runs of the server's own that come of it.

mutation(slot_comes_again "a slot that fired stays the next one" domain_test
src/domain/schedule/schedule.cc
[==[  row.next = next;
]==]
"")

mutation(slot_beside_a_live_run "a slot fires while the last run may still execute" domain_test
src/domain/schedule/schedule.cc
[==[  if (facts.live || !facts.terms) {
]==]
[==[  if (!facts.terms) {
]==])

mutation(missed_slots_are_not_said "slots that nobody decided leave no event" domain_test
src/domain/schedule/schedule.cc
[==[  if (command.missed)
]==]
[==[  if (false)
]==])

mutation(slots_passed_over "a command may pass over slots and not say so" domain_test
src/domain/schedule/schedule.cc
[==[  if (!command.missed) return command.slot == row.next;
]==]
[==[  if (!command.missed) return true;
]==])

mutation(missed_work_is_not_done "what was missed is said, and waits for the next slot" domain_test
src/domain/schedule/schedule.cc
[==[  if (facts.live || !facts.terms) {
]==]
[==[  if (facts.live || !facts.terms || command.missed) {
]==])

mutation(next_slot_from_now "the next slot counts from when the last one was decided" domain_test
src/domain/schedule/schedule.cc
[==[    Fire command{.missed = {}, .name = name, .next = *next, .slot = found->last};
]==]
[==[    Fire command{.missed = {},
                 .name = name,
                 .next = row.rule.every > Duration(0) ? at + row.rule.every : *next,
                 .slot = found->last};
]==])

mutation(retired_kind_fires "a schedule fires a kind that is not loaded any more" domain_test
src/domain/schedule/schedule.cc
[==[  if (job != nullptr && !job->retired) facts.terms]==]
[==[  if (job != nullptr) facts.terms]==])

mutation(halt_holds_the_system_back "a run of the system is not leased while everything is halted" domain_test
src/domain/permits.cc
[==[  if (type.allowed_to_system_in(mode) &&
]==]
[==[  if (type.allowed_in(mode) &&
]==])

mutation(anybody_runs_the_system "a caller submits a kind of the system" domain_test
src/domain/run/gather.cc
[==[ && !job->retired && !is_system(command.job)) facts.job]==]
[==[ && !job->retired) facts.job]==])

mutation(key_of_the_system "a person may make a key of the tenant system" domain_test
src/domain/permits.cc
[==[    return is_system(command.tenant);
]==]
[==[    return false;
]==])

mutation(clocks_of_no_zone "days of a zone are those of UTC" platform_test
src/platform/system_calendar.cc
[==[  absl::CivilDay day(]==]
[==[  zone = absl::UTCTimeZone();
  absl::CivilDay day(]==])

mutation(skipped_time_comes_late "a time that a day skips comes by clocks that have gone forward" platform_test
src/platform/system_calendar.cc
[==[skipped ? found.trans : found.pre]==]
[==[found.pre]==])

mutation(cancel_of_the_system "whoever may see a run of the system may ask to cancel it" api_test
src/api/run_handlers.cc
[==[    if (row.tenant != x->caller().tenant)
      return x->problem("forbidden", "the run is the server's own: nobody cancels it");
]==]
"")

mutation(system_shown_to_all "every key is shown runs of the system" api_test
src/api/run_reading.cc
[==[(domain::is_system(tenant) && x.caller().may(KeyScope::ops_read))]==]
[==[domain::is_system(tenant)]==])

mutation(runs_of_all_tenants "a tenant's key lists the runs of others" api_test
src/api/run_handlers.cc
[==[  if (may_see_runs(x, tenant)) return true;]==]
[==[  if (may_see_runs(x, tenant) || tenant != TenantId("system")) return true;]==])

mutation(slot_fires_while_stopping "a schedule fires while the server stops" wiring_test
src/server/wiring/system_work.cc
[==[    if (stops) return std::nullopt;
]==]
"")

mutation(leases_while_stopping "a server that stops leases to itself what it gave up" wiring_test
src/server/wiring/local_work.cc
[==[  if (shared_.with([](Shared const& shared) { return shared.stopped; }))
]==]
[==[  if (false)
]==])

mutation(missed_slots_lost_with_their_rule "a start sets another rule over slots that are due" wiring_test
src/server/wiring/system_work.cc
[==[    if (changes && row->next <= now) {
]==]
[==[    if (false) {
]==])
