#include "api/auth.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tally::api {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenCharactersMax = 256;

// The scheme's name is not case-sensitive (RFC 9110 section 11.1).
std::string_view bearer_token(std::string_view field) {
  constexpr std::string_view scheme = "bearer ";
  if (field.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(field[i])) != scheme[i]) return {};
  }
  field.remove_prefix(scheme.size());
  while (field.starts_with(' ')) field.remove_prefix(1);
  return field;
}

}  // namespace

// Tokens are looked up by their SHA-256. What a comparison's timing could tell of a digest does not
// help to find its preimage, so the look-up need not take constant time.
tl::expected<Caller, AuthFault> authenticate(ports::HttpRequest const& request,
                                             ledger::Directory const& directory, Instant now) {
  auto const field = request.header("authorization");
  if (field.empty()) return tl::unexpected(AuthFault::missing);
  auto const token = bearer_token(field);
  if (!token.starts_with(kTokenPrefix) || token.size() > kTokenCharactersMax)
    return tl::unexpected(AuthFault::invalid);
  auto const found = directory.keys.find(sha256(as_bytes(token)));
  if (found == directory.keys.end()) return tl::unexpected(AuthFault::invalid);
  auto const& [id, key] = found->second;
  bool const expired = key.expires_at && *key.expires_at <= now;
  auto const owner = directory.people.find(key.person);
  bool const removed = owner == directory.people.end() || owner->second.removed_at.has_value();
  if (key.revoked || expired || removed) return tl::unexpected(AuthFault::invalid);
  return Caller{.key = id, .person = key.person, .tenant = key.tenant, .scopes = key.scopes};
}

bool Caller::may(wire::AnyScope any_of) const {
  return std::ranges::any_of(all_of(KeyScope{}), [&](KeyScope scope) {
    return any_of.contains(scope) && scopes.contains(std::string(name_of(scope)));
  });
}

std::string fresh_token(ports::Entropy& entropy) {
  std::array<std::uint8_t, kTokenBytes> secret{};
  entropy.fill(secret);
  return std::string(kTokenPrefix) + to_hex(secret);
}

}  // namespace tally::api
