#pragma once

// Keys: how they are asked for, what they open, and the codes by which they are claimed.

#include "wire/plan_messages.h"

namespace tally::wire {

inline constexpr std::int64_t kScopesPerKeyMax = 16;
inline constexpr std::string_view kTokenNotKept =
    "this key was created by an earlier request; its token or its claim code was shown then and is "
    "shown no second time; where that answer was lost, revoke this key and create another";
inline constexpr std::array<std::string_view, 5> kKeyStates{"valid", "unclaimed", "expired",
                                                            "revoked", "person_removed"};

struct KeyRequest {
  TenantId tenant;
  std::optional<PersonId> owner;
  std::vector<std::string> scopes;
  std::optional<Instant> expires_at;
  bool operator==(KeyRequest const&) const = default;
  static constexpr std::string_view kName = "KeyRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("tenant", self.tenant);
    visit("owner", self.owner, Rule{.says = "a registered person; the caller when absent"});
    visit("scopes", self.scopes,
          Rule{.min = 1, .max = kScopesPerKeyMax, .one_of = kWords<KeyScope>});
    visit("expires_at", self.expires_at);
  }
};

struct Key {
  KeyId key_id;
  TenantId tenant;
  PersonId owner;
  std::vector<std::string> scopes;
  std::string state = "valid";  // anything else opens nothing
  bool revoked = false;
  std::optional<Instant> expires_at;
  std::optional<std::string> token;  // only in the answer that creates or claims the key
  std::optional<std::string> claim_code;
  std::optional<Instant> claim_expires_at;
  std::optional<Instant> counts_from;
  std::optional<std::string> note;
  bool operator==(Key const&) const = default;
  static constexpr std::string_view kName = "Key";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key_id", self.key_id);
    visit("tenant", self.tenant);
    visit("owner", self.owner);
    visit("scopes", self.scopes);
    visit("state", self.state, Rule{.optional = true, .one_of = kKeyStates});
    visit("revoked", self.revoked);
    visit("expires_at", self.expires_at,
          Rule{.null_when_none = true, .says = "of a key that signed: also when it was revoked"});
    visit("token", self.token, Rule{.says = "shown once, when the key is created or claimed"});
    visit("claim_code", self.claim_code,
          Rule{.says = "shown once: the owner fetches the token with it"});
    visit("claim_expires_at", self.claim_expires_at, Rule{.says = "while nobody claimed the key"});
    visit("counts_from", self.counts_from, Rule{.says = "in approvals"});
    visit("note", self.note,
          Rule{.says = "instead of a token where the creation is repeated; what a revocation "
                       "changes about who counts"});
  }
};

// Of a key that was approved, for its proposer, once.
struct ClaimCode {
  KeyId key_id;
  PersonId owner;
  std::string claim_code;
  Instant expires_at;
  bool operator==(ClaimCode const&) const = default;
  static constexpr std::string_view kName = "ClaimCode";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("key_id", self.key_id);
    visit("owner", self.owner);
    visit("claim_code", self.claim_code);
    visit("expires_at", self.expires_at);
  }
};

struct ClaimRequest {
  std::string code;
  bool operator==(ClaimRequest const&) const = default;
  static constexpr std::string_view kName = "ClaimRequest";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code, Rule{.min = 1, .max = 128});
  }
};

struct KeyList {
  std::vector<Key> keys;
  bool operator==(KeyList const&) const = default;
  static constexpr std::string_view kName = "KeyList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("keys", self.keys);
  }
};

}  // namespace tally::wire
