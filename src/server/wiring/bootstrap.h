#pragma once

// The commands that a start begins with. A fresh ledger is opened and given what a first user
// needs; every start records itself and the job kinds that it loaded.

#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "domain/command.h"
#include "domain/run/job_kind.h"
#include "domain/state.h"
#include "ports/job_runner.h"

namespace tally::wiring {

inline constexpr std::string_view kDefaultTenant = "default";
inline constexpr std::string_view kUnlimitedPlan = "unlimited";
inline constexpr std::string_view kFirstPerson = "operator";

struct FreshLedger {
  LedgerId ledger;
  IdKey id_key;
  std::string origin;
  std::string vkey;
  Digest operator_key_sha256;  // of the token in operator.key
  Micros grant;                // to the default tenant; none if zero
};

// ledger.opened, plan `unlimited`, person `operator`, tenant `default`, its key and grant.
std::vector<domain::Command> open_commands(FreshLedger const& fresh);

struct StartNote {
  std::string version;
  std::string build;  // hash of the program
  std::uint64_t epoch = 1;
  std::uint64_t tail_cut_bytes = 0;
  std::vector<ports::JobSpec> jobs;
  bool system_tenant = false;  // it is there
  domain::SettingValues settings;  // of the configuration file, that differ from what is in force
};

// server.started, config.changed for the settings that are open, a proposal for those that are
// guarded (system/engine.h), the tenant of the server's own work where there is none yet, one
// job.registered each; what is already so is no event.
std::vector<domain::Command> start_commands(StartNote const& note);

// Everything into halt mode, in the server's own name.
domain::Command halt_command(std::string reason);

// Whether the schedules can be set: their tenant and their jobs are there, or this start may make
// them.
bool may_set_schedules(domain::State const& state, std::vector<ports::JobSpec> const& jobs);

// Of the values that a file names those that are not in force.
domain::SettingValues differing(domain::SettingValues const& asked,
                                domain::Settings const& settings);

// What was wished for, or half of the lease that is in force or asked for, whichever is sooner: one
// heartbeat may be lost.
Duration heartbeat_within(Duration wished, domain::SettingValues const& asked,
                          domain::Settings const& settings);

// A job kind as the domain knows it.
domain::run::JobKind to_job_kind(ports::JobSpec const& spec);

}  // namespace tally::wiring
