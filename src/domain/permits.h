#pragma once

// Which command may be decided in which mode. `gather` demands a Permit, and only permit_for makes
// one, from this table; a command without a row does not compile (PV-003).

#include <string_view>

#include "domain/command.h"
#include "domain/refusal.h"
#include "domain/state.h"
#include "tl/expected.hpp"

namespace tally::domain {

struct CommandType {
  std::string_view name;
  std::array<bool, mode::kModes> allowed;  // normal, safe, stop, halt
};

template <class C>
inline constexpr std::enable_if_t<sizeof(C) != 0, CommandType> kCommandType;  // no default
#define TALLY_COMMAND(type, name, normal, safe, stop, halt) \
  template <>                                               \
  inline constexpr CommandType kCommandType<type> {         \
    name, { normal, safe, stop, halt }                      \
  }
// clang-format off
//            command                       name                      normal safe   stop   halt
TALLY_COMMAND(run::Submit,                  "run.submit",             true,  false, false, false);
TALLY_COMMAND(run::Lease,                   "run.lease",              true,  true,  false, false);
TALLY_COMMAND(run::Start,                   "run.start",              true,  true,  false, false);
TALLY_COMMAND(run::Complete,                "run.complete",           true,  true,  true,  false);
TALLY_COMMAND(run::Fail,                    "run.fail",               true,  true,  true,  false);
TALLY_COMMAND(run::Cancel,                  "run.cancel",             true,  true,  true,  false);
TALLY_COMMAND(run::Stop,                    "run.stop",               true,  true,  true,  true);
TALLY_COMMAND(run::Due,                     "run.due",                true,  true,  false, false);
TALLY_COMMAND(run::Reconcile,               "run.reconcile",          true,  true,  true,  false);
TALLY_COMMAND(run::ProposeResolution,       "run.propose_resolution", true,  true,  true,  false);
TALLY_COMMAND(budget::Grant,                "budget.grant",           true,  true,  true,  false);
TALLY_COMMAND(directory::CreateTenant,      "tenant.create",          true,  true,  true,  false);
TALLY_COMMAND(directory::AddPerson,         "person.add",             true,  true,  true,  false);
TALLY_COMMAND(directory::RemovePerson,      "person.remove",          true,  true,  true,  false);
TALLY_COMMAND(directory::CreateKey,         "key.create",             true,  true,  true,  false);
TALLY_COMMAND(directory::ClaimKey,          "key.claim",              true,  true,  true,  false);
TALLY_COMMAND(directory::ShowClaimCode,     "key.show_claim_code",    true,  true,  true,  false);
TALLY_COMMAND(directory::RevokeKey,         "key.revoke",             true,  true,  true,  true);
TALLY_COMMAND(directory::SetPlan,           "plan.set",               true,  true,  true,  false);
TALLY_COMMAND(directory::RegisterJob,       "job.register",           true,  true,  true,  false);
TALLY_COMMAND(directory::RetireJob,         "job.retire",             true,  true,  true,  false);
TALLY_COMMAND(mode::Set,                    "mode.set",               true,  true,  true,  true);
TALLY_COMMAND(approval::Sign,               "approval.sign",          true,  true,  true,  true);
TALLY_COMMAND(approval::Withdraw,           "approval.withdraw",      true,  true,  true,  true);
TALLY_COMMAND(approval::Expire,             "approval.expire",        true,  true,  true,  true);
TALLY_COMMAND(approval::End,                "approval.end",           true,  true,  true,  true);
TALLY_COMMAND(chronicle::Opened,            "ledger.open",            true,  true,  true,  true);
TALLY_COMMAND(chronicle::ServerStarted,     "server.start",           true,  true,  true,  true);
TALLY_COMMAND(chronicle::CheckpointSigned,  "checkpoint.sign",        true,  true,  true,  true);
TALLY_COMMAND(chronicle::RefusalsCounted,   "refusals.count",         true,  true,  true,  true);
TALLY_COMMAND(chronicle::ArchiveAdvanced,   "archive.advance",        true,  true,  false, false);
TALLY_COMMAND(chronicle::ConfigChanged,     "config.change",          true,  true,  true,  false);
TALLY_COMMAND(chronicle::SetQuorum,         "quorum.set",             true,  true,  true,  false);
TALLY_COMMAND(chronicle::ClockStepped,      "clock.step",             true,  true,  true,  true);
TALLY_COMMAND(error::Recorded,              "error.record",           true,  true,  true,  true);
// clang-format on
#undef TALLY_COMMAND

CommandType type_of(Command const& command);

// The refusal of a command, by its name in the table, while that stands. It says the scope, the
// mode, why and since when; no time to try again, because only a person ends it.
Refusal standing_still(mode::Standstill why, std::string_view command);

class Permit {
 public:
  mode::Mode mode() const { return mode_; }

 private:
  explicit Permit(mode::Mode mode) : mode_(mode) {}
  friend tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command,
                                                  Instant at);
  mode::Mode mode_;
};

// The strictest mode among the scopes that the command touches: everything, and where the command
// names them its tenant, job, key and run.
tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command, Instant at);

}  // namespace tally::domain
