# Mutations of who may do what, and how often.

mutation(quorum_plus_one "an approval needs one person more than its quorum" domain_test
src/domain/approval/approval.cc
[==[people >= facts.row->quorum]==]
[==[people > facts.row->quorum]==])

mutation(proposer_signs "a proposer may sign the own approval" domain_test
src/domain/approval/approval.cc
[==[command.person == facts.row->proposer || ]==]
"")

mutation(signed_too_late "an approval may be signed at its deadline" domain_test
src/domain/approval/approval.cc
[==[  if (at >= facts.row->expires_at)
]==]
[==[  if (at > facts.row->expires_at)
]==])

mutation(work_while_stopped "the table of modes permits leases in stop" domain_test
src/domain/permits.cc
[==[  CommandType const type = type_of(command);
]==]
[==[  CommandType type = type_of(command);
  if (type.name == "run.lease") type.allowed[static_cast<std::size_t>(mode::Mode::stop)] = true;
]==])

mutation(halt_to_normal "a halt may be lifted to normal at once" domain_test
src/domain/mode/mode.cc
[==[  if (current.mode == Mode::halt && mode != Mode::safe)
    return "a halt is lifted to safe mode, to nothing else";
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
[==[      if (share >= std::max<std::size_t>(lane_max_ / kTenantShare, 1)) return Put::full;
]==]
"")
