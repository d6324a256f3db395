# Mutations of what callers are told, and of who may look.

mutation(dot_is_a_name "a tenant may be called . and never be found under its path" base_test
src/base/ids.cc
[==[  if (text == "." || text == "..") return false;
]==]
"")

mutation(token_prefixes_unknown "tokens of letters alone pass the redaction" base_test
src/base/redact.cc
[==[  if (holds_a_token(word)) return true;
]==]
"")

mutation(token_behind_a_slash "a token passes the redaction where it stands in a path" base_test
src/base/redact.cc
[==[    word.remove_prefix(std::min(length + 1, word.size()));
]==]
[==[    return false;
]==])

mutation(halt_ends_by_time "who was stopped by a person is told to try again soon" wire_test
src/wire/problem_catalog.cc
[==[     EndedBy::person},]==]
[==[     EndedBy::time},]==])

mutation(retry_never_unsaid "an answer does not say that a retry cannot help" api_test
src/api/retry_fields.cc
[==[      headers.emplace_back("x-should-retry", "false");
]==]
"")

mutation(standstill_without_reason "a refusal does not say why everything stands still" domain_test
src/domain/permits.cc
[==[          .standstill = std::move(why)};]==]
[==[          .standstill = {}};]==])

mutation(metrics_through_a_proxy "the metrics are open to whoever asks through a local proxy" api_test
src/api/admission.cc
[==[ && !came_through_a_proxy(x);]==]
[==[;]==])

mutation(modes_of_others "a product key reads why other tenants are stopped" api_test
src/api/ops_handlers.cc
[==[      return scope.id == x.caller().tenant.value();]==]
[==[      return true;]==])

mutation(refusal_402_uncounted "a refusal for money is in no metric" api_test
src/api/exchange.cc
[==[services.refusals.note(problem.code);]==]
[==[return;]==])

mutation(type_of_any_host "a problem's type repeats whatever the caller calls a host" api_test
src/api/exchange.cc
[==[!is_authority(host)]==]
[==[host.empty()]==])

mutation(why_of_other_tenants "anybody's run is explained to anybody" api_test
src/api/why_handler.cc
[==[  if (may_see(x, entry.recorded.header)) found.events.push_back(std::move(entry.recorded));
  return {};]==]
[==[  found.events.push_back(std::move(entry.recorded));
  return {};]==])

mutation(label_unfiltered "a list of runs by label shows all runs" api_test
src/api/run_handlers.cc
[==[page.wants(row) && page.wants(labels_of(submitted.recorded))]==]
[==[page.wants(row)]==])

mutation(metric_without_a_bound "a metric grows with every new series" metrics_test
src/metrics/registry.cc
[==[  if (shard.series.at(number) >= kSeriesMax) key = all_other(key);
]==]
"")

mutation(label_without_a_bound "a label grows with every new name" metrics_test
src/metrics/registry.cc
[==[    if (all.names.size() >= max) return 0;
]==]
"")

mutation(unknown_parameter_passed "a misspelt query parameter is passed over" wire_test
src/wire/parameters.cc
[==[    if (std::ranges::find(known_, name) != known_.end()) continue;
]==]
[==[    continue;
]==])

mutation(submit_without_a_key "a run is accepted under no idempotency key" api_test
src/wire/endpoints_runs.cc
[==[Keyed::required]==]
[==[Keyed::optional]==])

mutation(events_of_everybody "a page of events shows every tenant's" lives
src/api/evidence_handlers.cc
[==[  if (!may_see(x, entry.recorded.header)) return {};
]==]
"")

mutation(page_skips_an_event "the next page begins one event too late" lives
src/api/evidence_handlers.cc
[==[list.next = next;]==]
[==[list.next = next + 1;]==])

mutation(run_of_a_stranger "an archived run is shown to every tenant" lives
src/api/run_reading.cc
[==[  if (absent || (row && !may_see_runs(*x, row->tenant))) return no_such_run(*x);]==]
[==[  if (absent) return no_such_run(*x);]==])

mutation(held_for_ever "a run that ended is shown with its hold" lives
src/views/run_view.cc
[==[  if (domain::run::is_held(row.phase)) cost.held_usd = row.hold.amount;]==]
[==[  cost.held_usd = row.hold.amount;]==])
