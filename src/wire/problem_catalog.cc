#include "wire/problem_catalog.h"

#include <algorithm>
#include <array>

namespace tally::wire {

namespace {

constexpr std::array<ProblemKind, 33> kKinds{{
    {"auth_invalid", 401, "The key is not valid",
     "The token names no key of this server, or a key that was revoked or has expired.",
     "Use another key, or ask an administrator for a new one."},
    {"auth_missing", 401, "A key is required", "The request carries no key.",
     "Send the header 'Authorization: Bearer tk_...'."},
    {"budget_exceeded", 402, "The budget is spent",
     "The tenant has no credits left for this run. Waiting does not help. The answer stays with "
     "its idempotency key.",
     "Have the budget topped up, then submit with a new idempotency key."},
    {"budget_held", 429, "The budget is held by other runs",
     "There is enough money, but open runs hold it.",
     "Try again with the same key after the time in Retry-After, when runs have settled."},
    {"conflict", 409, "The state does not allow this",
     "The thing exists but is not in a state that allows the request.",
     "Read its present state and decide again."},
    {"erased", 410, "The content was erased",
     "The key that encrypted this content was destroyed, so nobody can read it any more. The "
     "ledger's proofs still hold.",
     "Nothing brings it back; submit the work again if it is still needed."},
    {"forbidden", 403, "The key may not do this", "The key is valid but lacks the right.",
     "The detail says what is missing: a scope of the key, or another tenant."},
    {"halted", 503, "Stopped on purpose",
     "The mode in force does not permit this: somebody, or a check, stopped it, and only a person "
     "lets it go on.",
     "Read which scope and why in the detail, or at /v1/halt, which also says which mode may come "
     "next: a halt is lifted to safe mode, which then stands for 48 h. Try again when a person has "
     "ended it.",
     EndedBy::person},
    {"header_too_large", 431, "The headers are too large",
     "The request line and headers exceed the server's limit.", "Send fewer or shorter headers."},
    {"http_version", 505, "The HTTP version is not supported", "The server speaks HTTP/1.1.",
     "Use HTTP/1.1."},
    {"idempotency_key_missing", 400, "An idempotency key is required",
     "A run is accepted only with an Idempotency-Key, so that a retry can never pay twice; where "
     "other requests have one, it must be a key as well.",
     "Send the header Idempotency-Key, 1 to 255 characters, and keep it for retries."},
    {"idempotency_key_reused", 422, "The idempotency key belongs to another request",
     "The key was used before with another path or body.",
     "Repeat the first request as it was for its answer, or choose a new key for a new request."},
    {"internal", 500, "The server failed", "Something went wrong on our side.",
     "Try again with the same idempotency key; quote the correlation id when you report it."},
    {"lease_lost", 409, "The lease is lost",
     "The lease expired, was taken over, or its run has ended. Nothing that this worker reports "
     "counts any more.",
     "Stop the work and lease again."},
    {"malformed", 400, "The request is not readable",
     "The bytes are not what they claim to be, for example not JSON.",
     "Correct the request; the detail says where it breaks."},
    {"method_not_allowed", 405, "The method is not allowed here",
     "The path exists, but not with this method.", "Use a method of the header Allow."},
    {"not_acceptable", 406, "No acceptable form",
     "The header Accept excludes every form that this answer has.",
     "Accept the media type that the detail names."},
    {"not_found", 404, "There is nothing here",
     "The path or the thing does not exist for this key.", "Check the path, the id and the key."},
    {"not_implemented", 501, "Not supported", "The request uses a coding that the server lacks.",
     "Send the body with Content-Length or chunked, without other codings."},
    {"not_ready", 503, "Not ready", "A dependency that the server needs does not work.",
     "Read 'dependencies' for its name; try again after the time in Retry-After."},
    {"outcome_unknown", 503, "The outcome is not known yet",
     "The ledger could not confirm the request; it may or may not have happened.",
     "Try again with the same idempotency key: it cannot happen twice."},
    {"overloaded", 503, "Too busy", "A named bound is reached; nothing was done.",
     "Try again after the time in Retry-After."},
    {"payload_too_large", 413, "The body is too large", "The body exceeds the server's limit.",
     "Send less, or a reference to the content."},
    {"rate_limited", 429, "Too many requests", "The plan's rate is used up.",
     "Wait for the time in Retry-After."},
    {"request_timeout", 408, "The request took too long",
     "The request did not arrive completely in time.", "Send it again, without pauses."},
    {"result_not_ready", 409, "There is no result yet", "The run has not succeeded so far.",
     "Wait for its end with GET /v1/runs/{id}?wait_s=30."},
    {"no_result", 404, "The run has no result",
     "The run ended without a result; its error says why.", "Read the run at /v1/runs/{id}."},
    {"run_gone", 410, "The run is past its retention",
     "The run ended longer ago than runs are shown. The ledger still holds its evidence.",
     "Read its events with a key that may read evidence."},
    {"storage_unavailable", 503, "The storage does not answer",
     "Content could not be read or written; nothing was decided.",
     "Try again after the time in Retry-After."},
    {"unknown_job", 422, "No such job kind", "The server has no job kind of this name.",
     "List the job kinds at /v1/jobs."},
    {"unsupported_coding", 415, "The content coding is not supported",
     "The body is encoded in a way that the server does not read.", "Send it plain or with gzip."},
    {"unsupported_media_type", 415, "The body must be JSON",
     "The header Content-Type names something else.", "Send 'Content-Type: application/json'."},
    {"validation_error", 422, "The request is not valid",
     "The body is readable, but members are missing, unknown or out of range.",
     "Correct what 'errors' lists, each by its JSON pointer."},
}};

}  // namespace

std::span<ProblemKind const> problem_kinds() { return kKinds; }

ProblemKind const* find_problem_kind(std::string_view code) {
  auto const at = std::ranges::find(kKinds, code, &ProblemKind::code);
  return at == kKinds.end() ? nullptr : &*at;
}

ProblemKind const& problem_kind(std::string_view code) {
  auto const* kind = find_problem_kind(code);
  return kind ? *kind : *find_problem_kind("internal");
}

}  // namespace tally::wire
