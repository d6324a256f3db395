#pragma once

// Modes: what may happen at all. normal: everything. safe: no new runs, work in flight settles.
// stop: nothing executes; receipts and reads are accepted; the clocks of leases, queues and holds
// stand still. halt: only record, inspect, lift. Scoped; the strictest of the scopes that apply
// is in force.

#include <array>
#include <string>
#include <string_view>

#include "base/closed_words.h"
#include "base/time.h"
#include "domain/fields.h"

namespace tally::domain::mode {

using tally::all_of;
using tally::Mode;
using tally::name_of;
inline constexpr std::size_t kModes = kWords<Mode>.size();

enum class ScopeKind { everything, tenant, job, key, run };
constexpr std::array<ScopeKind, 5> all_of(ScopeKind) {
  using enum ScopeKind;
  return {everything, tenant, job, key, run};
}
constexpr std::string_view name_of(ScopeKind kind) {
  constexpr std::array<std::string_view, 5> names{"everything", "tenant", "job", "key", "run"};
  return names[static_cast<std::size_t>(kind)];
}

struct Scope {
  std::string id;  // tenant, job, key or run; empty for everything
  ScopeKind kind = ScopeKind::everything;
  auto operator<=>(Scope const&) const = default;
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, Scope const& scope) {
    return Hash::combine(std::move(hash), scope.id, scope.kind);
  }
  TALLY_MEMBERS(Scope, id, kind);
};

// Why something is not permitted: the strictest mode on the scopes that it touches. No mode ends by
// itself: a person sets the next one.
struct Standstill {
  Mode mode = Mode::normal;
  std::string reason;
  Scope scope;
  Instant since;
  TALLY_FIELDS(Standstill, mode, reason, scope, since);
};

}  // namespace tally::domain::mode
