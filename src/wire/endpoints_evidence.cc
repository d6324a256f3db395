#include "wire/endpoints.h"
#include "wire/parameter_messages.h"
#include "wire/why_messages.h"

namespace tally::wire {

namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kOctets = "application/octet-stream";

}  // namespace

constexpr Operation<DecisionPath, Nothing, DecisionEvidence> kGetDecision({
    .method = "GET",
    .pattern = "/v1/decisions/{id}",
    .id = "getDecision",
    .tag = "evidence",
    .scopes = KeyScope::evidence_read,
    .summary = "A decision's events, with what it saw",
    .verb = "decision show ID",
    .replies = {{{200, "The decision"}}},
});

constexpr Operation<WhyParameters, Nothing, Why> kGetExplanation({
    .method = "GET",
    .pattern = "/v1/why",
    .id = "getExplanation",
    .tag = "evidence",
    .scopes = {KeyScope::runs_read, KeyScope::evidence_read},
    .summary = "Why a run, decision, error, correlation, idempotency key or key is as it is",
    .verb = "why",
    .replies = {{{200, "The explanation"}}},
    .problems = {"not_found"},
});

constexpr Operation<EventListParameters, Nothing, EventList> kListEvents({
    .method = "GET",
    .pattern = "/v1/events",
    .id = "listEvents",
    .tag = "evidence",
    .scopes = KeyScope::evidence_read,
    .summary = "Events of the ledger, in order",
    .verb = "event list",
    .replies = {{{200, "A page of events"},
                 {200, "All of them, one a line; the last line says that it is whole", nullptr,
                  kLinesMediaType}}},
});

constexpr Operation<TimelineParameters, Nothing, Timeline> kGetTimeline({
    .method = "GET",
    .pattern = "/v1/timeline/{correlation_id}",
    .id = "getTimeline",
    .tag = "evidence",
    .scopes = KeyScope::evidence_read,
    .summary = "The events of one correlation, in order",
    .verb = "timeline",
    .replies = {{{200, "A page of events"}}},
});

constexpr Operation<ErrorListParameters, Nothing, ErrorList> kListErrors({
    .method = "GET",
    .pattern = "/v1/errors",
    .id = "listErrors",
    .tag = "evidence",
    .scopes = KeyScope::evidence_read,
    .summary = "Errors, newest first",
    .verb = "errors",
    .replies = {{{200, "A page of errors"}}},
});

constexpr Operation<ErrorPath, Nothing, ErrorEnvelope> kGetError({
    .method = "GET",
    .pattern = "/v1/errors/{id}",
    .id = "getError",
    .tag = "evidence",
    .scopes = KeyScope::evidence_read,
    .summary = "One error by its id",
    .verb = "error show ID",
    .replies = {{{200, "The error"}}},
});

constexpr Operation<Nothing, Nothing, Nothing> kGetCheckpoint({
    .method = "GET",
    .pattern = "/ledger/checkpoint",
    .id = "getCheckpoint",
    .tag = "evidence",
    .summary = "The last signed checkpoint (C2SP tlog-checkpoint)",
    .verb = "server checkpoint",
    .replies = {{{200, "The signed note", nullptr, kText}}},
    .problems = {"not_found", "storage_unavailable"},
});

constexpr Operation<TilePath, Nothing, Nothing> kGetEntryBundle({
    .method = "GET",
    .pattern = "/ledger/tile/entries/{path...}",
    .id = "getEntryBundle",
    .tag = "evidence",
    .scopes = KeyScope::evidence_read,
    .summary = "An entry bundle (C2SP tlog-tiles), with ops:read besides",
    .replies = {{{200, "Each entry with its length before it", nullptr, kOctets}}},
});

constexpr Operation<TilePath, Nothing, Nothing> kGetHashTile({
    .method = "GET",
    .pattern = "/ledger/tile/{path...}",
    .id = "getHashTile",
    .tag = "evidence",
    .summary = "A hash tile (C2SP tlog-tiles)",
    .replies = {{{200, "The hashes", nullptr, kOctets}}},
    .problems = {"storage_unavailable"},
});

std::span<Endpoint const* const> evidence_endpoints() {
  static constexpr std::array kAll = std::to_array<Endpoint const*>(
      {&kGetDecision, &kGetExplanation, &kListEvents, &kGetTimeline, &kListErrors, &kGetError,
       &kGetCheckpoint, &kGetEntryBundle, &kGetHashTile});
  return kAll;
}

}  // namespace tally::wire
