#pragma once

// The next id of each kind: a counter in the ledger row, permuted under the ledger's id key. Each
// kind mixes a word of its own into that key, so equal counters give different ids. These functions
// only read; `apply` advances the counter when the event that carries the id is folded.

#include "domain/state.h"

namespace tally::domain {

inline RunId next_run_id(LedgerRow const& ledger) {
  return RunId(permute(ledger.id_key.value() ^ 0x72756e, static_cast<std::uint64_t>(ledger.runs)));
}
inline LeaseId next_lease_id(LedgerRow const& ledger) {
  return LeaseId(
      permute(ledger.id_key.value() ^ 0x6c65617365, static_cast<std::uint64_t>(ledger.leases)));
}
inline ApprovalId next_approval_id(LedgerRow const& ledger) {
  return ApprovalId(
      permute(ledger.id_key.value() ^ 0x617072, static_cast<std::uint64_t>(ledger.approvals)));
}
inline KeyId next_key_id(LedgerRow const& ledger) {
  return KeyId(permute(ledger.id_key.value() ^ 0x6b6579, static_cast<std::uint64_t>(ledger.keys)));
}
// A decision is named after its first event.
inline DecisionId decision_id(LedgerRow const& ledger, std::int64_t seq) {
  return DecisionId(permute(ledger.id_key.value() ^ 0x646563, static_cast<std::uint64_t>(seq)));
}

// The first event of a decision: any id decodes to some sequence, which the caller looks up.
inline std::int64_t decision_seq(LedgerRow const& ledger, DecisionId decision) {
  return static_cast<std::int64_t>(unpermute(ledger.id_key.value() ^ 0x646563, decision.value()));
}

// An error is named after the event that records it.
inline ErrorId error_id(IdKey id_key, std::int64_t seq) {
  return ErrorId(permute48(id_key.value() ^ 0x657272, static_cast<std::uint64_t>(seq)));
}
inline std::int64_t error_seq(IdKey id_key, ErrorId error) {
  return static_cast<std::int64_t>(unpermute48(id_key.value() ^ 0x657272, error.value()));
}

}  // namespace tally::domain
