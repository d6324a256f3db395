#pragma once

// The settings of the service. They are part of the state, because decisions depend on them. This
// table is the only list: the configuration file, its page, the guard and the events are derived
// from it. What belongs to a machine (addresses, threads, paths) is no setting and never stands in
// the ledger.
//
// A setting that nobody set has its standard value. A standard value never changes, since decisions
// in older ledgers were made on it. The state holds only the settings that differ from it.

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "domain/fields.h"

namespace tally::domain {

enum class SettingUnit { count, seconds };
// `guarded`: whoever changes it may not be alone, where two or more people count (approvers.h).
enum class SettingGuard { open, guarded };

struct Setting {
  std::string_view name;  // table and key of the configuration file
  SettingUnit unit;
  std::int64_t standard;
  std::int64_t min;
  std::int64_t max;
  SettingGuard guard;
  std::string_view says;
};

namespace setting {

inline constexpr std::int64_t kDay = 86'400;  // seconds
inline constexpr std::int64_t kYear = 365 * kDay;
using enum SettingUnit;
using enum SettingGuard;

inline constexpr Setting kApproveAudit{
    "approvals.audit_s",
    seconds,
    kDay,
    60,
    30 * kDay,
    guarded,
    "how long the resolution of an audit waits for its signatures"};
inline constexpr Setting kApproveKey{"approvals.key_s",
                                     seconds,
                                     3600,
                                     60,
                                     30 * kDay,
                                     guarded,
                                     "how long a key for an approver waits for its signatures"};
inline constexpr Setting kApprovePeople{
    "approvals.people_s",
    seconds,
    kDay,
    60,
    30 * kDay,
    guarded,
    "how long a change of who decides waits for its signatures"};
inline constexpr Setting kQuorum{"approvals.quorum",
                                 count,
                                 2,
                                 2,
                                 10,
                                 guarded,
                                 "people in all who must agree, the proposer among them"};
inline constexpr Setting kApproveResume{
    "approvals.resume_s",
    seconds,
    1800,
    60,
    30 * kDay,
    guarded,
    "how long the end of a stop or halt waits for its signatures"};
inline constexpr Setting kApproveSettings{
    "approvals.settings_s",
    seconds,
    kDay,
    60,
    30 * kDay,
    guarded,
    "how long a change of guarded settings waits for its signatures"};
inline constexpr Setting kArchiveAfter{
    "archive.after_s", seconds, kDay, 1, kYear, open, "when a finished run leaves memory"};
inline constexpr Setting kIdempotencyLife{"idempotency.life_s",
                                          seconds,
                                          7 * kDay,
                                          1,
                                          kYear,
                                          open,
                                          "how long an idempotency key is remembered"};
inline constexpr Setting kLease{"leases.lease_s",
                                seconds,
                                120,
                                1,
                                kDay,
                                open,
                                "how long a worker may be silent before its lease ends"};
inline constexpr Setting kRunsLiveMax{"limits.runs_live_max",
                                      count,
                                      1'000'000,
                                      1,
                                      10'000'000,
                                      guarded,
                                      "runs that may be unfinished at once"};
inline constexpr Setting kAuditsBeforeSafeMode{
    "runs.audits_before_safe_mode",
    count,
    1,
    0,
    1000,
    guarded,
    "waiting audits of a tenant that put it into safe mode; 0: none does"};
inline constexpr Setting kRunRetention{"runs.retention_s",
                                       seconds,
                                       400 * kDay,
                                       1,
                                       10 * kYear,
                                       guarded,
                                       "how long a finished run can be asked for"};

}  // namespace setting

// In the order of their names.
inline constexpr std::array kSettings{
    setting::kApproveAudit, setting::kApproveKey,           setting::kApprovePeople,
    setting::kQuorum,       setting::kApproveResume,        setting::kApproveSettings,
    setting::kArchiveAfter, setting::kIdempotencyLife,      setting::kLease,
    setting::kRunsLiveMax,  setting::kAuditsBeforeSafeMode, setting::kRunRetention};

// Null: there is none of that name.
constexpr Setting const* find_setting(std::string_view name) {
  for (Setting const& one : kSettings)
    if (one.name == name) return &one;
  return nullptr;
}

struct SettingValue {
  std::string name;
  std::int64_t value = 0;
  auto operator<=>(SettingValue const&) const = default;
  TALLY_MEMBERS(SettingValue, name, value);
};
using SettingValues = std::set<SettingValue>;

struct Settings {
  SettingValues changed;  // those that differ from their standard
  TALLY_FIELDS(Settings, changed);

  std::int64_t of(Setting const& setting) const {
    for (SettingValue const& one : changed)
      if (one.name == setting.name) return one.value;
    return setting.standard;
  }
  // Of a setting in seconds.
  Duration period(Setting const& setting) const { return tally::seconds(of(setting)); }
  void set(std::string_view name, std::int64_t value);
  void reset(std::string_view name);
};

// "24 h", "90 s", "3": a value in its setting's unit.
std::string setting_text(Setting const& setting, std::int64_t value);

}  // namespace tally::domain
