#pragma once

// The bucket that a request is counted in. The plan says how many runs a tenant may submit. Reads,
// work and control have rates of their own, so that none of them uses up another's:
//
//   submit       the plan's rate                                        by tenant
//   read         ten times the plan's, at least 600 a minute            by tenant
//   work         twenty times the plan's, at least 50 a second          by tenant
//   control      600 a minute, whatever the plan says: with a plan of   by key
//                0 somebody must still be able to stop a run, or to
//                give the tenant another plan
//   open, probe  Options::open_per_minute, each                         by address
//
// A tenant whose plan has no rate submits, reads and works without one.

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/directory/rows.h"

namespace tally::api {

enum class RateClass { submit, read, work, control, open, probe, unauthenticated, claim };

inline constexpr std::int64_t kReadsOfASubmit = 10;
inline constexpr std::int64_t kReadsPerMinuteLeast = 600;
inline constexpr std::int64_t kWorkCallsOfASubmit = 20;
inline constexpr std::int64_t kWorkCallsPerSecondLeast = 50;
inline constexpr std::int64_t kControlsPerMinute = 600;

// What a plan's rate is worth for requests of this class; for submit, read, work and control.
domain::directory::Rate rate_of(RateClass what, domain::directory::Rate const& plan);

// The policy's name in RateLimit fields: "starter", "starter.read", "control", "open".
std::string policy_of(RateClass what, std::string_view plan);

}  // namespace tally::api
