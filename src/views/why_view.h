#pragma once

// Answers "why is it so?" from the ledger's own events: pure, so a server and a command on a copy
// of the ledger say the same. Every number comes from a decision's snapshot or from its event.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "views/why_change.h"
#include "wire/why_messages.h"

namespace tally::views {

// What can be asked about. A word of none of the other forms is an idempotency key.
struct IdempotencyName {
  std::string key;
};
using WhySubject = std::variant<RunId, DecisionId, CorrelationId, KeyId, IdempotencyName, ErrorId>;
inline constexpr std::string_view kWhySubjects =
    "a run (run_...), a decision (dec_...), a key (key_...), the id of an error, a correlation id "
    "(32 hexadecimal digits) or an idempotency key";
WhySubject why_subject(std::string_view text);
// For an id of another kind: that it is no subject, and the command that shows it.
std::optional<std::string> why_not(std::string_view text);
// The word for it, one of wire::Why::kKinds, and its text.
std::string_view kind_of(WhySubject const& subject);
std::string to_text(WhySubject const& subject);

// Where the caller says which: a server tells nobody where its data lies.
inline constexpr std::string_view kSomeDirectory = "DIR";

struct WhyQuestion {
  WhySubject subject;
  // All events of the subject in order, with their snapshots; for an idempotency key those of the
  // run that it led to, or the refusal.
  std::span<domain::Recorded const> events;
  bool truncated = false;  // there are more
  ModeOf mode_of = {};
  std::string_view data = kSomeDirectory;  // that the proving commands name
};
// What follows `asked` where an idempotency key was answered on other routes, too.
std::string other_answers(std::span<DecisionId const> decisions);
// `events` is not empty.
wire::Why why_view(WhyQuestion const& question);

// A key says little by its id: what it may do, and how it ends. `question.events` are those that
// made, gave and ended it.
wire::Why why_view(WhyQuestion const& question, domain::directory::Key const& key,
                   domain::directory::Person const& owner, Instant now);

}  // namespace tally::views
