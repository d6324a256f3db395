#pragma once

// Events of versions that are written no more. Each has the shape that it had, says its name and
// version, and goes both ways:
//
//   struct GrantedV1 {
//     static constexpr domain::EventType kEvent{"budget.granted", 1};
//     using Today = domain::budget::Granted;
//     static GrantedV1 of(Today const& event);  // what that version says of it
//     domain::Event today() &&;                 // what it would be today
//     ...
//     TALLY_FIELDS(GrantedV1, ...);
//   };
//
// What is read is what was published: a struct here never changes. `of` is for replays, which
// compare what was recorded with what today's code decides: of that the old version said a part.

#include <variant>

#include "codec/fields_read.h"
#include "domain/event.h"

namespace tally::codec {

// Without `detail`.
struct AuditRequiredV1 {
  static constexpr domain::EventType kEvent{"run.audit_required", 1};
  using Today = domain::run::AuditRequired;
  std::optional<Micros> claimed;
  std::string reason;
  std::string reconcile_type;
  std::optional<domain::Document> result;
  RunId run;
  std::optional<domain::Document> stderr_tail;

  static AuditRequiredV1 of(Today const& event) {
    return {.claimed = event.claimed,
            .reason = event.reason,
            .reconcile_type = event.reconcile_type,
            .result = event.result,
            .run = event.run,
            .stderr_tail = event.stderr_tail};
  }
  domain::Event today() && {
    Today event;
    event.claimed = claimed;
    event.reason = std::move(reason);
    event.reconcile_type = std::move(reconcile_type);
    event.result = std::move(result);
    event.run = run;
    event.stderr_tail = std::move(stderr_tail);
    return domain::run::Events(std::move(event));
  }
  TALLY_FIELDS(AuditRequiredV1, claimed, reason, reconcile_type, result, run, stderr_tail);
};

using OldEvents = std::variant<AuditRequiredV1>;

// The body of an old event, as what it would be today. False: as Reader::read.
template <class Old>
bool read_old(Reader& reader, domain::Event& to) {
  Old old;
  if (!reader.read(old)) return false;
  to = std::move(old).today();
  return true;
}

}  // namespace tally::codec
