#include "merkle/tlog_proof.h"

#include "merkle/lines.h"
#include "merkle/tree.h"

namespace tally::merkle {

namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

auto malformed(std::string detail) { return fail("malformed_proof", std::move(detail)); }

// The hashes up to the empty line, which is taken too.
Result<Proof> take_hashes(std::string_view& rest) {
  Proof hashes;
  while (true) {
    auto const line = take_line(rest);
    if (!line) return malformed("no empty line stands before the checkpoint");
    if (line->empty()) return hashes;
    auto const hash = digest_from_base64(*line);
    if (!hash) return malformed("a line of the proof must be base64 of 32 bytes");
    if (hashes.size() == kInclusionHashesMax) return malformed("the proof has over 63 hashes");
    hashes.push_back(*hash);
  }
}

}  // namespace

std::string format_tlog_proof(TlogProof const& proof) {
  std::string text;
  text.append(kFirstLine).append("\n");
  if (proof.extra) text.append(kExtra).append(to_base64(*proof.extra)).append("\n");
  text.append(kIndex).append(std::to_string(proof.index)).append("\n");
  for (Digest const& hash : proof.inclusion) text.append(digest_to_base64(hash)).append("\n");
  return text.append("\n").append(proof.checkpoint);
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  TlogProof proof;
  if (take_line(text) != kFirstLine) return malformed("line 1 must be " + std::string(kFirstLine));
  auto line = take_line(text);
  if (line && line->starts_with(kExtra)) {
    proof.extra = from_base64(line->substr(kExtra.size()));
    if (!proof.extra) return malformed("the extra data must be base64");
    line = take_line(text);
  }
  if (!line || !line->starts_with(kIndex))
    return malformed("the line \"index <decimal>\" is missing");
  auto const index = parse_decimal(line->substr(kIndex.size()));
  if (!index) return malformed("the index must be decimal digits without leading zeros");
  proof.index = *index;
  TRY(hashes, take_hashes(text));
  proof.inclusion = std::move(hashes);
  TRY_VOID(parse_note(text));
  proof.checkpoint = text;
  return proof;
}

Result<Checkpoint> verify_tlog_proof(TlogProof const& proof, ByteView entry,
                                     VerifierKey const& log_key) {
  TRY(checkpoint, open_checkpoint(proof.checkpoint, log_key));
  TRY_VOID(verify_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.inclusion,
                            checkpoint.root));
  return checkpoint;
}

}  // namespace tally::merkle
