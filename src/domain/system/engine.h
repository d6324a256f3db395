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

namespace tally::domain::system {

struct Facts;

// What events hold belongs to it, what facts there are, and what the state's digest is made of: a
// ledger of another format is refused.
inline constexpr std::int64_t kLedgerFormat = 6;

// Settings with their defaults; changed by config.changed only.
struct Settings {
  Duration archive_after = hours(24);        // finished runs leave memory after this
  std::int64_t audits_before_safe_mode = 1;  // of one tenant, waiting; 0: they change no mode
  Duration heartbeat = seconds(30);
  Duration idempotency_life = hours(24 * 7);
  Duration lease = seconds(120);
  std::int64_t quorum = 2;
  Duration run_retention = hours(24 * 400);  // a finished run answers 410 after this
  std::int64_t runs_live_max = 1'000'000;
  TALLY_FIELDS(Settings, archive_after, audits_before_safe_mode, heartbeat, idempotency_life, lease,
               quorum, run_retention, runs_live_max);
};

// Command and event ledger.opened, leaf 0: {format, ledger id, vkey, origin}.
struct Opened {
  static constexpr EventType kEvent{"ledger.opened"};
  static constexpr bool kDirectory = true;
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

// Command and event config.changed: the settings that are in force from here on.
struct ConfigChanged {
  static constexpr EventType kEvent{"config.changed"};
  static constexpr bool kDirectory = true;
  static constexpr CommandType kCommand{"config.change", mode::Mode::stop};
  using Facts = system::Facts;
  std::string reason;
  Settings settings;
  TALLY_FIELDS(ConfigChanged, reason, settings);
};

// A person asks for another quorum; it takes an approval, and becomes config.changed.
struct SetQuorum {
  static constexpr CommandType kCommand{"quorum.set", mode::Mode::stop};
  using Facts = system::Facts;
  std::optional<KeyId> asked_with = {};
  PersonId person;
  std::int64_t quorum = 0;
  std::string reason;
  TALLY_FIELDS(SetQuorum, asked_with, person, quorum, reason);
};

// Command and event clock.stepped: wall and ledger time disagree by more than 500 ms.
struct ClockStepped {
  static constexpr EventType kEvent{"clock.stepped"};
  static constexpr CommandType kCommand{"clock.step", mode::Mode::halt};
  using Facts = system::Facts;
  Duration disagreement;  // wall minus ledger
  TALLY_FIELDS(ClockStepped, disagreement);
};

// Facts of those commands: is there anything to record?
struct Facts {
  static constexpr std::string_view kKind = "system.facts";
  std::optional<Approvers> approvers;  // ConfigChanged, SetQuorum
  std::optional<Settings> current;     // ConfigChanged, SetQuorum
  bool opened = false;                 // leaf 0 exists
  bool same = false;                   // checkpoint, archive: nothing would change
  TALLY_FIELDS(Facts, approvers, current, opened, same);
};

using Commands = std::variant<Opened, ServerStarted, CheckpointSigned, RefusalsCounted,
                              ArchiveAdvanced, ConfigChanged, SetQuorum, ClockStepped>;
struct Engine {
  static constexpr EngineType kType{"system"};
  using Commands = system::Commands;
};

using Events = std::variant<Opened, ServerStarted, CheckpointSigned, RefusalsCounted,
                            ArchiveAdvanced, ConfigChanged, ClockStepped>;

}  // namespace tally::domain::system
