#pragma once

// All events, by engine, and what is recorded with each.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/approval/engine.h"
#include "domain/command.h"
#include "domain/facts.h"
#include "domain/fields.h"
#include "domain/run/event.h"

namespace tally::domain {

using AllEvents = std::variant<run::Events, budget::Events, directory::Events, mode::Events,
                               approval::Events, system::Events, error::Events, schedule::Events>;
struct Event : AllEvents {
  TALLY_VARIANT(Event, AllEvents);
  // From the events of one engine.
  template <class Group>
  requires kIsAlternative<Group, Variant> Event(Group group);
};

EventType type_of(Event const& event);

// The checkpoint that the event is, or nothing.
inline system::CheckpointSigned const* checkpoint_in(Event const& event) {
  auto const* group = std::get_if<system::Events>(&event);
  return group == nullptr ? nullptr : std::get_if<system::CheckpointSigned>(group);
}

inline bool begins_a_run(Event const& event) {
  auto const* group = std::get_if<run::Events>(&event);
  return group != nullptr && std::holds_alternative<run::Submitted>(*group);
}

// The key whose life the event is a part of: made, claimed, revoked. A key that was only used is
// named by the event's actor.
std::optional<KeyId> key_in(Event const& event);

// The answer to an idempotency key, on the first event of the decision that gave it (answers.h).
struct Answered {
  Instant expires_at;  // as published to the caller; a key is never forgotten sooner
  Digest fingerprint;
  Digest key;
  TALLY_FIELDS(Answered, expires_at, fingerprint, key);
};

// What every event says beside its own members.
struct Header {
  std::string actor;  // "key_...", "server", "worker:..."
  Instant at;         // ledger time; never goes backwards
  std::optional<CorrelationId> correlation;
  std::optional<DecisionId> decision;
  std::optional<Answered> idempotency;
  LedgerId ledger;
  std::optional<RunId> run;
  std::array<std::uint8_t, 16> salt{};  // makes a leaf's hash say nothing of a guessable leaf
  std::int64_t seq = 0;                 // 0-based leaf index
  std::optional<SpanId> span;
  std::optional<TenantId> tenant;
  std::int64_t tenant_seq = 0;  // 0-based among the tenant's events; only with `tenant`
  bool operator==(Header const&) const = default;
};

// Why an event came about: the snapshot on the first event of its decision.
struct Snapshot {
  Command command;
  Facts facts;
  bool operator==(Snapshot const&) const = default;
};

// A decision of an engine, or a version of one, that this build does not have: its snapshot as it
// was written. This build cannot replay it; the events of the decision are valid all the same.
struct ForeignSnapshot {
  std::string engine;  // "run@7"
  std::string json;    // canonical: {"command":...,"engine":...,"facts":...}
  bool operator==(ForeignSnapshot const&) const = default;
};

struct Recorded {
  Header header;
  // The writer sets it right after construction. Until then it is the smallest alternative: the
  // default, the first one, has lists and texts that each event would build and throw away.
  Event event = run::Events(run::Started());
  std::optional<Snapshot> snapshot;
  std::optional<ForeignSnapshot> foreign = {};  // in its place
  bool operator==(Recorded const&) const = default;
};

}  // namespace tally::domain
