#pragma once

// Proofs that need no server, in the text form of C2SP tlog-proof v1 (files "*.tlog-proof"):
//
//   c2sp.org/tlog-proof@v1
//   [extra <base64>]
//   index <decimal>
//   <base64 of a hash>          zero or more, the leaf's sibling first
//   <empty line>
//   <checkpoint: a signed note>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "merkle/checkpoint.h"
#include "merkle/proof.h"

namespace tally::merkle {

struct TlogProof {
  std::uint64_t index = 0;
  Proof inclusion;
  std::string checkpoint;      // the signed note, byte for byte
  std::optional<Bytes> extra;  // nobody signs it: never to be trusted
  friend bool operator==(TlogProof const&, TlogProof const&) = default;
};

std::string format_tlog_proof(TlogProof const& proof);
// Checks the form only, the checkpoint's included. Errors "malformed_proof", "malformed_note".
Result<TlogProof> parse_tlog_proof(std::string_view text);

// That `entry`, byte for byte, is the leaf `proof.index` of the log that `log_key` signs for.
// Returns the checkpoint that says so. Errors as open_checkpoint and verify_inclusion.
Result<Checkpoint> verify_tlog_proof(TlogProof const& proof, ByteView entry,
                                     VerifierKey const& log_key);

}  // namespace tally::merkle
