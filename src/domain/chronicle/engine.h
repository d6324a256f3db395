#pragma once

// What the ledger records about itself: its opening, starts, checkpoints, counted refusals, what
// left memory.

#include <string>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/approvers.h"
#include "domain/refusal.h"

namespace tally::domain::chronicle {

// What events hold belongs to it, what facts there are, and what the state's digest is made of: a
// ledger of another format is refused.
inline constexpr std::int64_t kLedgerFormat = 5;

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
  bool operator==(Settings const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("archive_after", self.archive_after);
    visit("audits_before_safe_mode", self.audits_before_safe_mode);
    visit("heartbeat", self.heartbeat);
    visit("idempotency_life", self.idempotency_life);
    visit("lease", self.lease);
    visit("quorum", self.quorum);
    visit("run_retention", self.run_retention);
    visit("runs_live_max", self.runs_live_max);
  }
};

// Command and event ledger.opened, leaf 0: {format, ledger id, vkey, origin}.
struct Opened {
  std::int64_t format = kLedgerFormat;
  IdKey id_key;
  LedgerId ledger;
  std::string origin;
  std::string vkey;
  bool operator==(Opened const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("format", self.format);
    visit("id_key", self.id_key);
    visit("ledger", self.ledger);
    visit("origin", self.origin);
    visit("vkey", self.vkey);
  }
};

// Command and event server.started: versions and build hash stand here once, so a decision can
// say `run@1`. `tail_cut` is what recovery dropped: bytes of a frame that nobody was told of.
struct ServerStarted {
  std::string build;
  std::vector<std::string> engines;
  std::int64_t epoch = 0;
  std::int64_t tail_cut_bytes = 0;
  std::string version;
  bool operator==(ServerStarted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("build", self.build);
    visit("engines", self.engines);
    visit("epoch", self.epoch);
    visit("tail_cut_bytes", self.tail_cut_bytes);
    visit("version", self.version);
  }
};

// Command and event checkpoint.signed: the signed note over the first `size` leaves, and the
// digest of the state folded from them.
struct CheckpointSigned {
  std::string note;
  std::int64_t size = 0;
  std::string state_digest;
  bool operator==(CheckpointSigned const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("note", self.note);
    visit("size", self.size);
    visit("state_digest", self.state_digest);
  }
};

// Command and event refusals.counted: one a tenant, code and minute. `code` is that of the problem
// (RFC 9457), or "idempotent_replay" or "unchanged" for decisions that had nothing to change.
struct RefusalsCounted {
  std::string code;
  std::int64_t count = 0;
  Instant minute;
  TenantId subject;  // "-" for callers that nobody could name
  bool operator==(RefusalsCounted const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("count", self.count);
    visit("minute", self.minute);
    visit("subject", self.subject);
  }
};

// Command and event archive.advanced: runs finished before `finished_before` leave memory, and
// idempotency keys that expired before `keys_before`; keys of a run that lives, or ended less than
// an hour before, are looked at again at `keys_kept_until`.
struct ArchiveAdvanced {
  Instant finished_before;
  Instant keys_before;
  Instant keys_kept_until;
  bool operator==(ArchiveAdvanced const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("finished_before", self.finished_before);
    visit("keys_before", self.keys_before);
    visit("keys_kept_until", self.keys_kept_until);
  }
};

// Command and event config.changed: the settings that are in force from here on.
struct ConfigChanged {
  std::string reason;
  Settings settings;
  bool operator==(ConfigChanged const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("reason", self.reason);
    visit("settings", self.settings);
  }
};

// A person asks for another quorum; it takes an approval, and becomes config.changed.
struct SetQuorum {
  std::optional<KeyId> asked_with = {};
  PersonId person;
  std::int64_t quorum = 0;
  std::string reason;
  bool operator==(SetQuorum const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("asked_with", self.asked_with);
    visit("person", self.person);
    visit("quorum", self.quorum);
    visit("reason", self.reason);
  }
};

// Command and event clock.stepped: wall and ledger time disagree by more than 500 ms.
struct ClockStepped {
  Duration disagreement;  // wall minus ledger
  bool operator==(ClockStepped const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("disagreement", self.disagreement);
  }
};

// Facts of those commands: is there anything to record?
struct Facts {
  std::optional<Approvers> approvers;  // ConfigChanged, SetQuorum
  std::optional<Settings> current;     // ConfigChanged, SetQuorum
  bool opened = false;                 // leaf 0 exists
  bool same = false;                   // checkpoint, archive: nothing would change
  bool operator==(Facts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approvers", self.approvers);
    visit("current", self.current);
    visit("opened", self.opened);
    visit("same", self.same);
  }
};

}  // namespace tally::domain::chronicle
