#pragma once

// What the ledger records about itself: its opening, starts, checkpoints, counted refusals, what
// left memory.

#include <string>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/approvers.h"
#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/refusal.h"
#include "domain/settings.h"

namespace tally::domain::system {

struct Facts;
struct SettingsFacts;

// The format covers the members of events, the facts, and what the state's digest is made of. A
// ledger of another format is refused.
inline constexpr std::int64_t kLedgerFormat = 6;

// Command and event ledger.opened, leaf 0: {format, ledger id, vkey, origin}.
struct Opened {
  static constexpr EventType kEvent{"ledger.opened"};
  static constexpr std::array kDirectory{DirectoryPart::identity};
  static constexpr CommandType kCommand{"ledger.open", mode::Mode::halt};
  using Facts = system::Facts;
  std::int64_t format = kLedgerFormat;
  IdKey id_key;
  LedgerId ledger;
  std::string origin;
  std::string vkey;
  TALLY_FIELDS(Opened, format, id_key, ledger, origin, vkey);
};

// Command and event server.started: versions and build hash stand here once, so a decision can
// say `run@1`. `tail_cut` is what recovery dropped: bytes of a frame that nobody was told of.
struct ServerStarted {
  static constexpr EventType kEvent{"server.started"};
  static constexpr CommandType kCommand{"server.start", mode::Mode::halt};
  using Facts = system::Facts;
  std::string build;
  std::vector<std::string> engines;
  std::int64_t epoch = 0;
  std::int64_t tail_cut_bytes = 0;
  std::string version;
  TALLY_FIELDS(ServerStarted, build, engines, epoch, tail_cut_bytes, version);
};

// Command and event checkpoint.signed: the signed note over the first `size` leaves, and the
// digest of the state folded from them.
struct CheckpointSigned {
  static constexpr EventType kEvent{"checkpoint.signed"};
  static constexpr CommandType kCommand{"checkpoint.sign", mode::Mode::halt};
  using Facts = system::Facts;
  std::string note;
  std::int64_t size = 0;
  std::string state_digest;
  TALLY_FIELDS(CheckpointSigned, note, size, state_digest);
};

// Command and event refusals.counted: one a tenant, code and minute. `code` is that of the problem
// (RFC 9457), or "idempotent_replay" or "unchanged" for decisions that had nothing to change.
struct RefusalsCounted {
  static constexpr EventType kEvent{"refusals.counted"};
  static constexpr CommandType kCommand{"refusals.count", mode::Mode::halt};
  using Facts = system::Facts;
  std::string code;
  std::int64_t count = 0;
  Instant minute;
  TenantId subject;  // "-" for callers that nobody could name
  TALLY_FIELDS(RefusalsCounted, code, count, minute, subject);
};

// Command and event archive.advanced: runs finished before `finished_before` leave memory, and
// idempotency keys that expired before `keys_before`; keys of a run that lives, or ended less than
// an hour before, are looked at again at `keys_kept_until`.
struct ArchiveAdvanced {
  static constexpr EventType kEvent{"archive.advanced"};
  static constexpr CommandType kCommand{"archive.advance", mode::Mode::safe};
  using Facts = system::Facts;
  Instant finished_before;
  Instant keys_before;
  Instant keys_kept_until;
  TALLY_FIELDS(ArchiveAdvanced, finished_before, keys_before, keys_kept_until);
};

// Somebody asks for other values of settings: a person, or the configuration file of a start. What
// is guarded takes an approval, and becomes config.changed once the quorum has signed. The file's
// settings that are open become it at once; a start asks for the guarded ones by themselves.
struct ChangeSettings {
  static constexpr CommandType kCommand{"config.change", mode::Mode::stop};
  using Facts = SettingsFacts;
  static constexpr Setting const& kWaits = setting::kApproveSettings;
  std::optional<KeyId> asked_with = {};
  PersonId person;  // empty: the configuration file
  std::string reason;
  SettingValues values;
  TALLY_FIELDS(ChangeSettings, asked_with, person, reason, values);
};

struct SettingsFacts {
  static constexpr std::string_view kKind = "system.settings_facts";
  std::optional<Approvers> approvers;
  Settings current;
  std::optional<ApprovalId> proposed;  // an open approval of this very command
  TALLY_FIELDS(SettingsFacts, approvers, current, proposed);
};

struct SettingChange {
  std::int64_t from = 0;
  std::string name;
  bool standard = false;  // `to` is the setting's standard value
  std::int64_t to = 0;
  TALLY_FIELDS(SettingChange, from, name, standard, to);
};

// Event config.changed: the settings that have another value from here on.
struct ConfigChanged {
  static constexpr EventType kEvent{"config.changed"};
  static constexpr std::array kDirectory{DirectoryPart::settings};
  std::vector<SettingChange> changes;  // in the order of their names
  PersonId person;                     // empty: the configuration file
  std::string reason;
  TALLY_FIELDS(ConfigChanged, changes, person, reason);
};

// Command and event clock.stepped: wall and ledger time disagree by more than 500 ms.
struct ClockStepped {
  static constexpr EventType kEvent{"clock.stepped"};
  static constexpr CommandType kCommand{"clock.step", mode::Mode::halt};
  using Facts = system::Facts;
  Duration disagreement;  // wall minus ledger
  TALLY_FIELDS(ClockStepped, disagreement);
};

// Facts of the others: is there anything to record?
struct Facts {
  static constexpr std::string_view kKind = "system.facts";
  bool opened = false;  // leaf 0 exists
  bool same = false;    // checkpoint, archive: nothing would change
  TALLY_FIELDS(Facts, opened, same);
};

using Commands = std::variant<Opened, ServerStarted, CheckpointSigned, RefusalsCounted,
                              ArchiveAdvanced, ChangeSettings, ClockStepped>;
struct Engine {
  static constexpr EngineType kType{"system"};
  using Commands = std::variant<Opened, ServerStarted, CheckpointSigned, RefusalsCounted,
                                ArchiveAdvanced, ChangeSettings, ClockStepped>;
};

using Events = std::variant<Opened, ServerStarted, CheckpointSigned, RefusalsCounted,
                            ArchiveAdvanced, ConfigChanged, ClockStepped>;

}  // namespace tally::domain::system
