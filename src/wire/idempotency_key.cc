#include "wire/idempotency_key.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tally::wire {

namespace {

bool is_printable(char c) { return c >= 0x20 && c <= 0x7E; }

// RFC 9651 section 3.3.3: between quotes, with \" and \\ as the only escapes.
std::optional<std::string> unquoted(std::string_view field) {
  std::string text;
  for (std::size_t i = 1; i + 1 < field.size(); ++i) {
    if (field[i] == '"') return std::nullopt;
    if (field[i] == '\\') {
      ++i;
      if (i + 1 >= field.size() || (field[i] != '"' && field[i] != '\\')) return std::nullopt;
    }
    text.push_back(field[i]);
  }
  return text;
}

}  // namespace

bool is_idempotency_key(std::string_view key) {
  return !key.empty() && key.size() <= kIdempotencyKeyCharactersMax &&
         std::ranges::all_of(key, is_printable);
}

std::string idempotency_key_field(std::string_view key) {
  bool const blank_at_an_end = key.starts_with(' ') || key.ends_with(' ');
  if (!blank_at_an_end && !key.starts_with('"') && key.find(',') == std::string_view::npos)
    return std::string(key);
  std::string field(1, '"');
  for (char const c : key) {
    if (c == '"' || c == '\\') field.push_back('\\');
    field.push_back(c);
  }
  return field + '"';
}

Result<std::string> parse_idempotency_key(std::string_view field) {
  constexpr auto code = "idempotency_key_missing";
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  if (field.empty()) return fail(code, std::string(kIdempotencyKeyWanted));
  bool const bare = field.front() != '"';
  if (bare && field.find(',') != std::string_view::npos)
    return fail(
        "malformed",
        "send one Idempotency-Key: the field holds a list, as a proxy makes of two fields; a "
        "key with a comma in it is sent in quotes");
  std::optional<std::string> key(field);
  if (!bare) {
    bool const closed = field.size() >= 2 && field.back() == '"';
    key = closed ? unquoted(field) : std::nullopt;
  }
  if (!key) return fail(code, "the header Idempotency-Key has a quote that does not match");
  if (!is_idempotency_key(*key))
    return fail(code, "the header Idempotency-Key " + std::string(kIdempotencyKeyRule));
  return std::move(*key);
}

Digest idempotency_digest(TenantId const& tenant, std::string_view route, std::string_view key) {
  Bytes const zero{0};
  return sha256({as_bytes(tenant.value()), zero, as_bytes(route), zero, as_bytes(key)});
}

}  // namespace tally::wire
