#pragma once

// Identifiers. Ids that the server gives out are 64-bit numbers shown with a prefix and 16 hex;
// each is a keyed permutation of a counter in the ledger, so two can never be equal.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/strong.h"

namespace tally {

struct RunId : Strong<RunId, std::uint64_t> {
  using Strong::Strong;
};  // run_
struct DecisionId : Strong<DecisionId, std::uint64_t> {
  using Strong::Strong;
};  // dec_
struct LeaseId : Strong<LeaseId, std::uint64_t> {
  using Strong::Strong;
};  // lease_
struct KeyId : Strong<KeyId, std::uint64_t> {
  using Strong::Strong;
};  // key_
struct ApprovalId : Strong<ApprovalId, std::uint64_t> {
  using Strong::Strong;
};  // apr_
struct LedgerId : Strong<LedgerId, std::uint64_t> {
  using Strong::Strong;
};  // ldg_
// What the ids of one ledger are permuted with; no secret. Shown as 16 hex, without a prefix.
struct IdKey : Strong<IdKey, std::uint64_t> {
  using Strong::Strong;
};

// Names chosen by people: lower-case letters, digits, '-', '_', '.'; 1 to 64 characters, and not
// "." or "..", which are no segment of a path: clients and proxies resolve them away (RFC
// 3986 5.2.4).
struct TenantId : Strong<TenantId, std::string> {
  using Strong::Strong;
};
struct PersonId : Strong<PersonId, std::string> {
  using Strong::Strong;
};
struct JobName : Strong<JobName, std::string> {
  using Strong::Strong;
};
struct PlanName : Strong<PlanName, std::string> {
  using Strong::Strong;
};
struct ScheduleName : Strong<ScheduleName, std::string> {
  using Strong::Strong;
};
bool is_name(std::string_view text);

// An error's name: 48 bits, err_ and 12 hex; a keyed permutation of the sequence of the event that
// records it, so the name finds the event and two errors can never share one.
struct ErrorId : Strong<ErrorId, std::uint64_t> {
  using Strong::Strong;
};
std::string to_text(ErrorId id);
std::optional<ErrorId> parse_error_id(std::string_view text);

// W3C trace context: 16 and 8 bytes; all zero is "none" (and invalid on the wire).
struct CorrelationId : Strong<CorrelationId, std::array<std::uint8_t, 16>> {
  using Strong::Strong;
};
struct SpanId : Strong<SpanId, std::array<std::uint8_t, 8>> {
  using Strong::Strong;
};

template <class Id>
struct IdPrefix;
template <>
struct IdPrefix<RunId> {
  static constexpr std::string_view text = "run_";
};
template <>
struct IdPrefix<DecisionId> {
  static constexpr std::string_view text = "dec_";
};
template <>
struct IdPrefix<LeaseId> {
  static constexpr std::string_view text = "lease_";
};
template <>
struct IdPrefix<KeyId> {
  static constexpr std::string_view text = "key_";
};
template <>
struct IdPrefix<ApprovalId> {
  static constexpr std::string_view text = "apr_";
};
template <>
struct IdPrefix<LedgerId> {
  static constexpr std::string_view text = "ldg_";
};
template <>
struct IdPrefix<IdKey> {
  static constexpr std::string_view text = "";
};

std::string id_text(std::string_view prefix, std::uint64_t value);
std::optional<std::uint64_t> id_value(std::string_view prefix, std::string_view text);

template <class Id>
std::string to_text(Id const& id) requires requires {
  IdPrefix<Id>::text;
}
{ return id_text(IdPrefix<Id>::text, id.value()); }
template <class Id>
std::optional<Id> parse_id(std::string_view text) {
  auto value = id_value(IdPrefix<Id>::text, text);
  if (!value) return std::nullopt;
  return Id(*value);
}

inline std::string to_text(CorrelationId const& id) { return to_hex(id.value()); }
inline std::string to_text(SpanId const& id) { return to_hex(id.value()); }
std::optional<CorrelationId> parse_correlation_id(std::string_view hex);
std::optional<SpanId> parse_span_id(std::string_view hex);
// The trace of a W3C traceparent that we wrote ourselves: "00-<trace id>-<span id>-<flags>".
std::optional<CorrelationId> correlation_in(std::string_view traceparent);

// A bijection on 64-bit numbers chosen by `key` (a 6-round Feistel network). It spreads ids so
// that they say nothing of volume; it is not encryption.
std::uint64_t permute(std::uint64_t key, std::uint64_t number);
// The number that permute made this of.
std::uint64_t unpermute(std::uint64_t key, std::uint64_t permuted);

// The same on 48-bit numbers.
inline constexpr std::uint64_t kPermute48Max = (1ull << 48) - 1;
std::uint64_t permute48(std::uint64_t key, std::uint64_t number);
std::uint64_t unpermute48(std::uint64_t key, std::uint64_t permuted);

}  // namespace tally
