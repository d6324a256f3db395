#pragma once

// All events, by engine. An event type is registered here with its class and version; a raw string
// cannot become one (PV-001). A published (type, version) never changes its meaning.

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

using RunEvent =
    std::variant<run::Submitted, run::Refused, run::Leased, run::Started, run::Requeued,
                 run::Reconciling, run::CancelRequested, run::StopRequested, run::Settled,
                 run::AuditRequired, run::Unaccounted>;
using BudgetEvent = std::variant<budget::Granted>;
using DirectoryEvent =
    std::variant<directory::TenantCreated, directory::PersonAdded, directory::PersonRemoved,
                 directory::KeyCreated, directory::KeyClaimed, directory::ClaimCodeShown,
                 directory::KeyRevoked, directory::PlanSet, directory::JobRegistered,
                 directory::JobRetired>;
using ModeEvent = std::variant<mode::Changed>;
using ApprovalEvent = std::variant<approval::Proposed, approval::Signed, approval::Aborted>;
using ChronicleEvent =
    std::variant<chronicle::Opened, chronicle::ServerStarted, chronicle::CheckpointSigned,
                 chronicle::RefusalsCounted, chronicle::ArchiveAdvanced, chronicle::ConfigChanged,
                 chronicle::ClockStepped>;
using ErrorEvent = std::variant<error::Recorded>;
using Event = std::variant<RunEvent, BudgetEvent, DirectoryEvent, ModeEvent, ApprovalEvent,
                           ChronicleEvent, ErrorEvent>;

// Evidence is durable before anybody hears of it and never shed; telemetry may be.
enum class EventClass { evidence, telemetry };

struct EventType {
  std::string_view name;
  std::int64_t version;
  EventClass event_class;
};

// No default: an unregistered type does not compile.
template <class E>
inline constexpr std::enable_if_t<sizeof(E) != 0, EventType> kEventType;
#define TALLY_EVENT(type, name)                 \
  template <>                                   \
  inline constexpr EventType kEventType<type> { \
    name, 1, EventClass::evidence               \
  }
TALLY_EVENT(run::Submitted, "run.submitted");
TALLY_EVENT(run::Refused, "run.refused");
TALLY_EVENT(run::Leased, "run.leased");
TALLY_EVENT(run::Started, "run.started");
TALLY_EVENT(run::Requeued, "run.requeued");
TALLY_EVENT(run::Reconciling, "run.reconciling");
TALLY_EVENT(run::CancelRequested, "run.cancel_requested");
TALLY_EVENT(run::StopRequested, "run.stop_requested");
TALLY_EVENT(run::Settled, "run.settled");
TALLY_EVENT(run::AuditRequired, "run.audit_required");
TALLY_EVENT(run::Unaccounted, "run.unaccounted");
TALLY_EVENT(budget::Granted, "budget.granted");
TALLY_EVENT(directory::TenantCreated, "tenant.created");
TALLY_EVENT(directory::PersonAdded, "person.added");
TALLY_EVENT(directory::PersonRemoved, "person.removed");
TALLY_EVENT(directory::KeyCreated, "key.created");
TALLY_EVENT(directory::KeyClaimed, "key.claimed");
TALLY_EVENT(directory::ClaimCodeShown, "key.claim_code_shown");
TALLY_EVENT(directory::KeyRevoked, "key.revoked");
TALLY_EVENT(directory::PlanSet, "plan.set");
TALLY_EVENT(directory::JobRegistered, "job.registered");
TALLY_EVENT(directory::JobRetired, "job.retired");
TALLY_EVENT(mode::Changed, "mode.changed");
TALLY_EVENT(approval::Proposed, "approval.proposed");
TALLY_EVENT(approval::Signed, "approval.signed");
TALLY_EVENT(approval::Aborted, "approval.aborted");
TALLY_EVENT(chronicle::Opened, "ledger.opened");
TALLY_EVENT(chronicle::ServerStarted, "server.started");
TALLY_EVENT(chronicle::CheckpointSigned, "checkpoint.signed");
TALLY_EVENT(chronicle::RefusalsCounted, "refusals.counted");
TALLY_EVENT(chronicle::ArchiveAdvanced, "archive.advanced");
TALLY_EVENT(chronicle::ConfigChanged, "config.changed");
TALLY_EVENT(chronicle::ClockStepped, "clock.stepped");
TALLY_EVENT(error::Recorded, "error.recorded");
#undef TALLY_EVENT

EventType type_of(Event const& event);

// The checkpoint that the event is, or nothing.
inline chronicle::CheckpointSigned const* checkpoint_in(Event const& event) {
  auto const* group = std::get_if<ChronicleEvent>(&event);
  return group == nullptr ? nullptr : std::get_if<chronicle::CheckpointSigned>(group);
}

inline bool begins_a_run(Event const& event) {
  auto const* group = std::get_if<RunEvent>(&event);
  return group != nullptr && std::holds_alternative<run::Submitted>(*group);
}

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

struct Recorded {
  Header header;
  // Whoever makes one says which at once; until then the smallest, since the first has lists and
  // texts, which every event would make and throw away.
  Event event = RunEvent(run::Started());
  std::optional<Snapshot> snapshot;
  bool operator==(Recorded const&) const = default;
};

}  // namespace tally::domain
