#pragma once

// Signed notes of C2SP signed-note v1.0.0:
//
//   <text, ends in a line feed>
//   <empty line>
//   — <key name> <base64 of 4-byte key id, big-endian, and signature>
//   ... one line for each signature
//
// The last empty line is the one that separates. Signed is the text with its last line feed.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "merkle/vkey.h"

namespace tally::merkle {

// The format wants at least 16 accepted and some limit.
inline constexpr std::size_t kNoteSignaturesMax = 16;
inline constexpr std::size_t kNoteBytesMax = std::size_t{64} << 10;

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  Bytes body;  // 64 bytes for Ed25519; 8 of time and 64 for a cosignature; unknown types: any
  friend bool operator==(NoteSignature const&, NoteSignature const&) = default;
};

// A note whose signatures nobody has checked: its text must not be believed.
struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;
  friend bool operator==(Note const&, Note const&) = default;
};

// Checks the form only. Error "malformed_note".
Result<Note> parse_note(std::string_view bytes);
std::string format_note(Note const& note);

// `signature` is of the note's text, by the owner of `key`, whose type is ed25519.
NoteSignature ed25519_signature(VerifierKey const& key, Signature const& signature);

// What a witness signs: the text of a checkpoint, seen at `unix_seconds` (C2SP tlog-cosignature
// v1, "Format").
std::string cosignature_message(std::string_view text, std::uint64_t unix_seconds);
// `signature` is of that message, by the owner of `key`, whose type is cosignature.
NoteSignature cosignature(VerifierKey const& key, std::uint64_t unix_seconds,
                          Signature const& signature);

struct VerifiedSignature {
  VerifierKey key;
  std::optional<std::uint64_t> unix_seconds;  // of a cosignature
};

struct OpenedNote {
  std::string text;
  std::vector<VerifiedSignature> signatures;  // by known keys, each key once; never empty
};

// The text, if at least one of `keys` signed it and no signature that bears the name and id of one
// of them fails. Signatures by others are ignored. Errors "malformed_note", "invalid_signature",
// "unknown_signer".
Result<OpenedNote> open_note(std::string_view bytes, std::span<VerifierKey const> keys);

}  // namespace tally::merkle
