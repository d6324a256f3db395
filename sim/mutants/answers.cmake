# Mutations of idempotency keys, of fields that must be one, and of what has a leaf.

mutation(grant_without_memory "the answer to a key is not remembered" ledger_test
src/domain/core.cc
[==[  if (header.idempotency) remember_answer(state, header);
]==]
"")

mutation(fingerprint_without_the_path "a key counts for every tenant's grants" api_test
src/api/exchange.cc
[==[  for (std::string const& part : path) asked += part + "\n";
]==]
"")

mutation(fingerprint_without_the_body "a key of the administration counts for every body" api_test
src/api/exchange.cc
[==[  asked += asked_;
]==]
"")

mutation(amounts_do_not_count "a key counts for every amount" api_test
src/wire/by_value.cc
[==[{ return json::Value(format_usd(amount)); }]==]
[==[{ return json::Value(amount.value() > 0); }]==])

mutation(key_of_every_route "a key counts for all routes" api_test
src/wire/idempotency_key.cc
[==[zero, as_bytes(route), zero, as_bytes(key)});]==]
[==[zero, as_bytes(key)});]==])

mutation(token_shown_again "a repeated creation shows a token that opens nothing" api_test
src/api/key_handlers.cc
[==[  if (x.replayed())
]==]
[==[  if (false)
]==])

mutation(repetition_unsaid "a repetition looks like done again" cli_test
src/client/tally_client.cc
[==[reply->header("idempotent-replayed") == "true")]==]
[==[reply->header("idempotent-replayed") == "never")]==])

mutation(no_token_is_a_token "a key without its token is a success" cli_test
src/cli/key_commands.cc
[==[|| opens(*asked->message.done)) return code;]==]
[==[|| true) return code;]==])

mutation(hung_up_poll_unanswered "a poll that hung up is dropped without an answer" api_test
src/api/work_waits.cc
[==[    if (waiter.left) waiter.left();]==]
[==[    if (false) waiter.left();]==])

mutation(two_idempotency_keys "of two Idempotency-Key fields the first counts" api_test
src/api/admission.cc
[==[  if (!is_single(x, "idempotency-key")) {
]==]
[==[  if (false) {
]==])

mutation(joined_idempotency_keys "a list of keys is a key" api_test
src/wire/idempotency_key.cc
[==[  if (bare && field.find(',') != std::string_view::npos)
]==]
[==[  if (false)
]==])

mutation(two_authorizations "of two Authorization fields the first counts" api_test
src/api/admission.cc
[==[bool identify(Exchange& x) {
  if (!has_one_authorization(x)) return false;
]==]
[==[bool identify(Exchange& x) {
]==])

mutation(two_traces "of two traceparent fields the first counts" api_test
src/api/correlation.cc
[==[  bool const alone = parent.empty() || is_single(request, "traceparent");
]==]
[==[  bool const alone = true;
]==])

mutation(key_dies_before_its_run "a key is forgotten while its run lives" domain_test
src/domain/answers.cc
[==[  return run != nullptr && (!run->finished_at || at < *run->finished_at + kKeyAfterRun);
]==]
[==[  return run != nullptr && run->finished_at && at < *run->finished_at + kKeyAfterRun;
]==])

mutation(leaf_without_a_bound "an event may be larger than a leaf" codec_test
src/codec/event_encode.cc
[==[  if (buffer.size() > kLeafBytesMax) return Fit::too_large;
]==]
"")

mutation(unrecordable_is_recorded "a text that is not UTF-8 is written" codec_test
src/codec/fields_json.cc
[==[  if (json::find_fault(literal)) out.spoil();
]==]
"")

mutation(unfit_is_recorded "what has no leaf is recorded all the same" ledger_test
src/ledger/frame_builder.cc
[==[    if (fit != codec::Fit::fits) return tl::unexpected(unfit(fit));
]==]
[==[    if (fit == codec::Fit::unrecordable) return tl::unexpected(unfit(fit));
]==])

mutation(lease_names_all_kinds "the record of a lease names every kind that was asked for" ledger_test
src/domain/core.cc
[==[  if (lease == nullptr || lease->jobs.size() <= run::kLeaseJobsRecorded) return;
]==]
[==[  if (lease == nullptr || lease->jobs.size() > 0) return;
]==])

mutation(instants_without_end "a time that no leaf can hold is taken" api_test
src/wire/reading.cc
[==[  if (*instant < Instant(0) || *instant > kInstantMax)
]==]
[==[  if (*instant < Instant(0))
]==])

mutation(any_wall_is_believed "a wall clock 300 years ahead becomes the ledger's time" ledger_test
src/ledger/ledger_clock.cc
[==[{ return believed(clock_.wall()); }]==]
[==[{ return clock_.wall(); }]==])
