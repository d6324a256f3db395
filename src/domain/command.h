#pragma once

// All commands, by engine. Closed: what is not in these lists cannot be asked.

#include <variant>

#include "domain/approval/command.h"
#include "domain/budget/engine.h"
#include "domain/chronicle/engine.h"
#include "domain/directory/engine.h"
#include "domain/error/engine.h"
#include "domain/mode/engine.h"
#include "domain/run/command.h"

namespace tally::domain {

using RunCommand =
    std::variant<run::Submit, run::Lease, run::Start, run::Complete, run::Fail, run::Cancel,
                 run::Stop, run::Due, run::Reconcile, run::ProposeResolution>;
using BudgetCommand = std::variant<budget::Grant>;
using DirectoryCommand =
    std::variant<directory::CreateTenant, directory::AddPerson, directory::RemovePerson,
                 directory::CreateKey, directory::ClaimKey, directory::ShowClaimCode,
                 directory::RevokeKey, directory::SetPlan, directory::RegisterJob,
                 directory::RetireJob>;
using ModeCommand = std::variant<mode::Set>;
using ApprovalCommand =
    std::variant<approval::Sign, approval::Withdraw, approval::Expire, approval::End>;
using ChronicleCommand =
    std::variant<chronicle::Opened, chronicle::ServerStarted, chronicle::CheckpointSigned,
                 chronicle::RefusalsCounted, chronicle::ArchiveAdvanced, chronicle::ConfigChanged,
                 chronicle::SetQuorum, chronicle::ClockStepped>;
using ErrorCommand = std::variant<error::Recorded>;
using Command = std::variant<RunCommand, BudgetCommand, DirectoryCommand, ModeCommand,
                             ApprovalCommand, ChronicleCommand, ErrorCommand>;

// The engine that decides each group, with the version that its decisions carry.
inline constexpr std::array<std::string_view, 7> kEngines{
    "run@1", "budget@1", "directory@1", "mode@1", "approval@1", "chronicle@1", "error@1"};

}  // namespace tally::domain
