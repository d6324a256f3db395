#include "merkle/note.h"

#include <algorithm>

#include "base/check.h"
#include "merkle/lines.h"

namespace tally::merkle {

namespace {

constexpr std::string_view kSignatureStart = "\u2014 ";
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;

auto malformed(std::string detail) { return fail("malformed_note", std::move(detail)); }

std::uint64_t read_big_endian(ByteView bytes) {
  std::uint64_t number = 0;
  for (std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

void append_big_endian(Bytes& out, std::uint64_t number, std::size_t size) {
  for (std::size_t left = size; left > 0; --left)
    out.push_back(static_cast<std::uint8_t>(number >> (8 * (left - 1))));
}

// UTF-8 without control characters below U+0020 except line feed.
bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    auto const c = take_character(text);
    if (!c || (*c < 0x20 && *c != '\n')) return false;
  }
  return true;
}

Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignatureStart))
    return malformed("a signature line must start with an em dash and a space");
  line.remove_prefix(kSignatureStart.size());
  auto const space = line.find(' ');
  if (space == std::string_view::npos) return malformed("a signature line has no signature");
  std::string_view const name = line.substr(0, space);
  if (!is_key_name(name)) return malformed("a signature line has no valid key name");
  auto const bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kIdBytes)
    return malformed("a signature must be base64 of a 4-byte key id and more");
  ByteView const view(*bytes);
  ByteView const body = view.subspan(kIdBytes);
  return NoteSignature{std::string(name),
                       static_cast<std::uint32_t>(read_big_endian(view.first(kIdBytes))),
                       Bytes(body.begin(), body.end())};
}

Signature as_signature(ByteView bytes) {
  Signature signature{};
  std::copy(bytes.begin(), bytes.end(), signature.begin());
  return signature;
}

// Nothing if the signature is not by `key` over `text`.
std::optional<VerifiedSignature> check(VerifierKey const& key, NoteSignature const& signature,
                                       std::string_view text) {
  ByteView const body(signature.body);
  if (key.type == KeyType::ed25519) {
    if (body.size() != sizeof(Signature)) return std::nullopt;
    if (!verify(key.key, as_bytes(text), as_signature(body))) return std::nullopt;
    return VerifiedSignature{key, std::nullopt};
  }
  if (body.size() != kTimeBytes + sizeof(Signature)) return std::nullopt;
  std::uint64_t const time = read_big_endian(body.first(kTimeBytes));
  std::string const message = cosignature_message(text, time);
  if (!verify(key.key, as_bytes(message), as_signature(body.subspan(kTimeBytes))))
    return std::nullopt;
  return VerifiedSignature{key, time};
}

bool names(NoteSignature const& signature, VerifierKey const& key) {
  return signature.name == key.name && signature.id == key.id;
}

}  // namespace

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kNoteBytesMax) return malformed("the note is larger than 64 KiB");
  if (!is_note_text(bytes))
    return malformed("a note must be UTF-8 without control characters except line feed");
  auto const empty_line = bytes.rfind("\n\n");
  if (empty_line == std::string_view::npos)
    return malformed("no empty line separates text and signatures");
  Note note{std::string(bytes.substr(0, empty_line + 1)), {}};
  std::string_view rest = bytes.substr(empty_line + 2);
  if (rest.empty()) return malformed("the note has no signature");
  while (!rest.empty()) {
    auto const line = take_line(rest);
    if (!line) return malformed("the last line has no line feed");
    if (note.signatures.size() == kNoteSignaturesMax)
      return malformed("the note has more than 16 signatures");
    TRY(signature, parse_signature(*line));
    note.signatures.push_back(std::move(signature));
  }
  return note;
}

std::string format_note(Note const& note) {
  std::string out = note.text + "\n";
  for (NoteSignature const& signature : note.signatures) {
    Bytes bytes;
    append_big_endian(bytes, signature.id, kIdBytes);
    bytes.insert(bytes.end(), signature.body.begin(), signature.body.end());
    out += std::string(kSignatureStart) + signature.name + " " + to_base64(bytes) + "\n";
  }
  return out;
}

NoteSignature ed25519_signature(VerifierKey const& key, Signature const& signature) {
  TALLY_CHECK(key.type == KeyType::ed25519, "this key signs cosignatures only");
  return {key.name, key.id, Bytes(signature.begin(), signature.end())};
}

std::string cosignature_message(std::string_view text, std::uint64_t unix_seconds) {
  return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" + std::string(text);
}

NoteSignature cosignature(VerifierKey const& key, std::uint64_t unix_seconds,
                          Signature const& signature) {
  TALLY_CHECK(key.type == KeyType::cosignature, "this key signs no cosignatures");
  Bytes body;
  append_big_endian(body, unix_seconds, kTimeBytes);
  body.insert(body.end(), signature.begin(), signature.end());
  return {key.name, key.id, std::move(body)};
}

Result<OpenedNote> open_note(std::string_view bytes, std::span<VerifierKey const> keys) {
  TRY(note, parse_note(bytes));
  OpenedNote opened{note.text, {}};
  for (NoteSignature const& signature : note.signatures) {
    auto const key = std::find_if(keys.begin(), keys.end(), [&](VerifierKey const& candidate) {
      return names(signature, candidate);
    });
    if (key == keys.end()) continue;
    auto verified = check(*key, signature, note.text);
    if (!verified) return fail("invalid_signature", "the signature of " + key->name + " is wrong");
    bool const seen = std::any_of(opened.signatures.begin(), opened.signatures.end(),
                                  [&](VerifiedSignature const& s) { return s.key == *key; });
    if (!seen) opened.signatures.push_back(*std::move(verified));
  }
  if (opened.signatures.empty())
    return fail("unknown_signer", "none of the known keys signed this note");
  return opened;
}

}  // namespace tally::merkle
