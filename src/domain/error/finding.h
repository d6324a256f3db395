#pragma once

// Which error an event speaks of. There is one error memory, the ledger: an event that records a
// failure, a refusal or a fault is read as the envelope of that error, here and nowhere else. L2
// and L5 hand over facts (a code, how a run ended); this file gives them their class.

#include <optional>
#include <string_view>

#include "domain/event.h"

namespace tally::domain::error {

// What is counted beside refusals and is no error: decisions that had nothing to change.
inline constexpr std::string_view kReplayed = "idempotent_replay";
inline constexpr std::string_view kUnchanged = "unchanged";

// The envelope that the event stands for; none for events that record no error.
std::optional<Recorded> finding_of(Event const& event);

// What a failure code of an execution means. Codes of others are infra.dependency, and
// `unclassified` says so.
struct FailureClass {
  Classification classification;
  bool unclassified = false;
};
FailureClass class_of_failure(std::string_view code);

// What a counted refusal means; by the codes of problems (RFC 9457) that the API answers.
Classification class_of_refusal(std::string_view code);

}  // namespace tally::domain::error
