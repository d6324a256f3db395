# Mutations of who may do what, and how often.

mutation(quorum_plus_one "an approval needs one person more than its quorum" domain_test
src/domain/approval/approval.cc
[==[facts.row->missing() <= 1]==]
[==[facts.row->missing() <= 0]==])

mutation(proposer_signs "a proposer may sign the own approval" domain_test
src/domain/approval/approval.cc
[==[command.person == row.proposer || ]==]
"")

mutation(signed_too_late "an approval may be signed at its deadline" domain_test
src/domain/approval/approval.cc
[==[  if (at >= facts.row->expires_at)
]==]
[==[  if (at > facts.row->expires_at)
]==])

mutation(newcomer_counts "a person counts as soon as a key of theirs is claimed" domain_test
src/domain/directory/keys.cc
[==[at + kNewcomerPeriod]==]
[==[at]==])

mutation(lost_keys_count "who lost every key that signs counts for ever" domain_test
src/domain/who_counts.cc
[==[at < *key.expires_at + kNewcomerPeriod]==]
[==[at < *key.expires_at + hours(87'600)]==])

mutation(revoked_makes_alone "who revokes the other's key decides alone at once" domain_test
src/domain/who_counts.cc
[==[at < *key.expires_at + kNewcomerPeriod]==]
[==[at < *key.expires_at]==])

mutation(any_key_counts "a person counts by a key that cannot sign" domain_test
src/domain/who_counts.cc
[==[  if (!may_sign(key) || key.claim || !key.counts_from) return false;
]==]
[==[  if (key.claim || !key.counts_from) return false;
]==])

mutation(forged_lines "a text of one line may hold several" api_test
src/wire/reading.cc
[==[  if (strict() && !rule.lines && !is_one_line(*from.string()))
]==]
[==[  if (false)
]==])

mutation(young_key_signs "a key that was claimed a minute ago signs for a person who counts" domain_test
src/domain/approval/approval.cc
[==[  if (!facts.key_counts) return]==]
[==[  if (false) return]==])

mutation(latecomer_signs "who counts only since the proposal may sign it" domain_test
src/domain/approval/approval.cc
[==[  if (!row.counted.contains(command.person))
]==]
[==[  if (false)
]==])

mutation(newcomer_proposes "who does not count yet may propose" domain_test
src/domain/approval/propose.cc
[==[  if (!people.counted.contains(asked.person)) {]==]
[==[  if (false) {]==])

mutation(code_used_twice "a claim code works again after it was used" domain_test
src/domain/directory/keys.cc
[==[  row.claim.reset();
]==]
"")

mutation(code_for_ever "a claim code does not expire" domain_test
src/domain/directory/keys.cc
[==[at < facts.key->claim->expires_at && !facts.key->revoked]==]
[==[!facts.key->revoked]==])

mutation(maker_has_the_token "a key for another person is made with a secret of its maker's" domain_test
src/domain/directory/keys.cc
[==[command.claim.has_value() == (command.owner == command.person)]==]
[==[false && command.owner == command.person]==])

mutation(key_for_an_approver_alone "one person alone makes a key for an approver" domain_test
src/domain/directory/keys.cc
[==[  if (for_another && may_approve(*facts.subject) && !facts.approvers->approved)
]==]
[==[  if (false)
]==])

mutation(own_key_counts_at_once "a key of one's own counts at once, whatever key made it" domain_test
src/domain/directory/keys.cc
[==[used != nullptr ? used->counts_from : owner->counts_from]==]
[==[used == nullptr ? owner->counts_from : std::optional(moment.at)]==])

mutation(file_sets_the_quorum "a configuration file changes the quorum while two people count" domain_test
src/domain/system/settings.cc
[==[people.counted.size() >= 2]==]
[==[people.counted.size() >= 3]==])

mutation(file_joins_nothing "each start proposes what the file asks for anew" domain_test
src/domain/system/settings.cc
[==[  if (facts.proposed) {
]==]
[==[  if (facts.proposed && facts.approvers->quorum > 100) {
]==])

mutation(file_needs_one_less "a proposal of the file counts as somebody's" domain_test
src/domain/approval/approval.cc
[==[facts.row->missing() <= 1;]==]
[==[facts.row->missing() <= (facts.row->proposer.value().empty() ? 2 : 1);]==])

mutation(standard_is_kept "a setting that is back at its standard stays in the state" domain_test
src/domain/system/settings.cc
[==[    if (one.standard)
]==]
[==[    if (one.standard && one.to < 0)
]==])

mutation(quorum_above_the_named "a quorum above the people who are named is taken" domain_test
src/domain/system/settings.cc
[==[named >= 2 && one.to > named]==]
[==[named >= 100 && one.to > named]==])

mutation(grant_is_kept "what was granted stays for the next one who asks the same" domain_test
src/domain/core.cc
[==[    state.ledger.granted.reset();
]==]
"")

mutation(removed_person_enters "the key of a person who was removed still opens" api_test
src/api/auth.cc
[==[key.revoked || expired || removed]==]
[==[key.revoked || expired]==])

mutation(hopeless_stays "a proposal that can come to nothing stays open" ledger_test
src/ledger/loop_decide.cc
[==[  if (!std::exchange(approvals_in_doubt, false)) return;
]==]
[==[  if (now >= Instant(0)) return;
]==])

mutation(work_while_stopped "leases are permitted in stop" domain_test
src/domain/permits.cc
[==[  CommandType const type = type_of(command);
]==]
[==[  CommandType type = type_of(command);
  if (type.name == "run.lease") type.strictest = mode::Mode::stop;
]==])

mutation(halt_to_normal "a halt may be lifted to normal at once" domain_test
src/domain/mode/mode.cc
[==[  if (current.mode == Mode::halt && mode != Mode::safe)
    return "a halt is lifted to safe mode, which then stands for 48 h, and to nothing else";
]==]
"")

mutation(class_lock_open "a layer may speak of errors of any class" domain_test
src/domain/error/error.cc
[==[  if (!may_emit(command.layer, command.error_class))
]==]
[==[  if (false)
]==])

mutation(revoked_key_opens "a revoked key still opens" api_test
src/api/auth.cc
[==[key.revoked || expired]==]
[==[expired]==])

mutation(one_request_more "the rate limit lets one request more than its quota through" api_test
src/api/rate_limit.cc
[==[window.used < rate.requests]==]
[==[window.used <= rate.requests]==])

mutation(whole_lane_for_one "one tenant may fill a lane of the inbox" ledger_test
src/ledger/inbox.cc
[==[items.size_of(owner) >= share]==]
[==[items.size_of(owner) >= lane_max_ * share]==])
