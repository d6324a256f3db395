#pragma once

// Checkpoints of C2SP tlog-checkpoint v1.0.0: a log's promise of its size and root, three lines of
// text that a signed note carries.
//
//   <origin>
//   <size, decimal>
//   <base64 of the root hash>
//   [extension lines, not empty; discouraged]

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "merkle/note.h"

namespace tally::merkle {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;
  std::vector<std::string> extensions = {};
  friend bool operator==(Checkpoint const&, Checkpoint const&) = default;
};

// The text of a note, not the note. Strict: what format_checkpoint writes and nothing else. Error
// "malformed_checkpoint".
Result<Checkpoint> parse_checkpoint(std::string_view text);
std::string format_checkpoint(Checkpoint const& checkpoint);

// The checkpoint in a note that `log_key` signed. Its origin must be the key's name, as the format
// advises and as this log does. Errors as open_note, "malformed_checkpoint", "wrong_origin".
Result<Checkpoint> open_checkpoint(std::string_view note, VerifierKey const& log_key);

}  // namespace tally::merkle
