#pragma once

// Who asks: a bearer token (RFC 6750) whose SHA-256 names a key of the directory. Any thread.

#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "ledger/directory.h"
#include "ports/entropy.h"
#include "ports/http.h"
#include "wire/endpoint.h"

namespace tally::api {

struct Caller {
  KeyId key;
  PersonId person;
  TenantId tenant;
  std::set<std::string> scopes;
  bool may(wire::AnyScope any_of) const;
};

// missing: no Authorization field. invalid: not a bearer token, no such key, revoked or expired;
// the answer does not say which.
enum class AuthFault { missing, invalid };

tl::expected<Caller, AuthFault> authenticate(ports::HttpRequest const& request,
                                             ledger::Directory const& directory, Instant now);

inline constexpr std::string_view kTokenPrefix = "tk_";
// A new token: "tk_" and 256 random bits in hexadecimal.
std::string fresh_token(ports::Entropy& entropy);

}  // namespace tally::api
