#pragma once

// A refusal: the domain's "no" to a command. It carries only what the caller may see; the API turns
// it into a problem (RFC 9457) with the status that stands beside each code.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "domain/fields.h"
#include "domain/mode/mode.h"

namespace tally::domain {

enum class RefusalCode {
  budget_exceeded,         // 402: spent, waiting does not help; consumes the key
  budget_held,             // 429: enough money exists but open holds occupy it
  conflict,                // 409: the thing is not in a state that allows this
  forbidden,               // 403
  halted,                  // 503: the mode in force does not permit it
  idempotency_key_reused,  // 422
  lease_lost,              // 409: the fence is stale
  not_found,               // 404
  overloaded,              // 503: a named bound is reached
  payload_too_large,       // 413: its record would be larger than a leaf may be
  rate_limited,            // 429
  unknown_job,             // 422
  validation_error,        // 422
};
constexpr std::array<RefusalCode, 13> all_of(RefusalCode) {
  using enum RefusalCode;
  return {budget_exceeded,        budget_held, conflict,        forbidden,  halted,
          idempotency_key_reused, lease_lost,  not_found,       overloaded, payload_too_large,
          rate_limited,           unknown_job, validation_error};
}
constexpr std::string_view name_of(RefusalCode code) {
  constexpr std::array<std::string_view, 13> names{
      "budget_exceeded",        "budget_held", "conflict",        "forbidden",  "halted",
      "idempotency_key_reused", "lease_lost",  "not_found",       "overloaded", "payload_too_large",
      "rate_limited",           "unknown_job", "validation_error"};
  return names[static_cast<std::size_t>(code)];
}

// What a refusal for money says: every amount that the caller needs to react.
struct Shortage {
  Micros asked;
  Micros available;
  Micros held;
  Micros limit;  // credits granted to the scope
  Micros owed;   // what earlier runs cost above their holds and nobody has paid
  std::string scope;
  Micros spent;
  TALLY_FIELDS(Shortage, asked, available, held, limit, owed, scope, spent);
};

struct Refusal {
  RefusalCode code = RefusalCode::conflict;
  std::string detail;   // a sentence for the caller
  std::string pointer;  // JSON pointer of the member at fault, for validation_error
  std::optional<Shortage> shortage;
  std::optional<Duration> retry_after;  // none: waiting alone does not help
  // Of `halted`; none where everything is halted and the decision did not ask for the row.
  std::optional<mode::Standstill> standstill = {};
  bool operator==(Refusal const&) const = default;
};

}  // namespace tally::domain
