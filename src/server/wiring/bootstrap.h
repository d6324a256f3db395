#pragma once

// The commands that a start begins with. A fresh ledger is opened and given what a first user
// needs; every start records itself and the job kinds that it loaded.

#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "domain/command.h"
#include "domain/run/job_kind.h"
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
  std::optional<domain::system::Settings> settings;  // of the config file
};

// server.started, config.changed, one job.registered each; what is already so is no event.
std::vector<domain::Command> start_commands(StartNote const& note);

// A job kind as the domain knows it.
domain::run::JobKind to_job_kind(ports::JobSpec const& spec);

}  // namespace tally::wiring
