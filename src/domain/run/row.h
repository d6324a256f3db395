#pragma once

// A run and its life:
//
//                    submit                 lease              start
//     (nothing) ───────────────► queued ───────────► leased ───────────► running
//                                 │  ▲                 │ expired or        │ │ │
//              queue deadline,    │  └─────────────────┘ returned          │ │ │ lease expired
//              cancel             ▼                                        │ │ ▼
//                             expired, cancelled ◄── cancel ───────────────┘ │ reconciling
//                                                                 receipt    │ │   │   │
//     succeeded, failed ◄────────────────────────────────────────────────────┘ │   │   │ receipt
//             ▲  ▲                  receipt found, or none and no retry left   │   │   │ damaged
//             │  └─────────────────────────────────────────────────────────────┘   │   ▼
//             │                                         retry: queued ◄────────────┘ audit_required
//             └────────── resolved by two people ──────────────────────────────────────┘
//
// Phase is the only stored state; status and money state are read off it, so no illegal triple can
// be written down.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/money.h"
#include "domain/run/job_kind.h"

namespace tally::domain::run {

enum class Phase {
  queued,
  leased,
  running,
  reconciling,
  audit_required,
  succeeded,
  failed,
  expired,
  cancelled
};
inline constexpr std::size_t kPhases = 9;
constexpr std::array<Phase, kPhases> all_of(Phase) {
  using enum Phase;
  return {queued,    leased, running, reconciling, audit_required,
          succeeded, failed, expired, cancelled};
}
constexpr std::string_view name_of(Phase phase) {
  constexpr std::array<std::string_view, kPhases> names{
      "queued",    "leased", "running", "reconciling", "audit_required",
      "succeeded", "failed", "expired", "cancelled"};
  return names[static_cast<std::size_t>(phase)];
}
constexpr bool is_final(Phase phase) { return phase >= Phase::succeeded; }
// What callers see.
constexpr std::string_view status_of(Phase phase) {
  if (phase == Phase::leased) return "queued";
  if (phase == Phase::reconciling) return "running";
  return name_of(phase);
}
// The hold is there until the run is final; then it is settled, once.
constexpr bool is_held(Phase phase) { return !is_final(phase); }

// A payload beside the leaf: its salted digest, and where the encrypted bytes are. Without `blob`
// they lie in the frame of the event that carries this.
struct Enclosure {
  std::optional<ContentRef> blob;
  std::int64_t bytes = 0;
  std::string digest;  // lower-case hex of SHA-256(salt || payload)
  std::string salt;    // hex; an HMAC under the tenant's pepper, so the same payload repeats it
  bool operator==(Enclosure const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("blob", self.blob);
    visit("bytes", self.bytes);
    visit("digest", self.digest);
    visit("salt", self.salt);
  }
};

struct Hold {
  Micros amount;
  std::vector<std::string> scopes{std::string(kTenantScope)};
  Unit unit = Unit::usd;
  bool operator==(Hold const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("amount", self.amount);
    visit("scopes", self.scopes);
    visit("unit", self.unit);
  }
};

// How the money of a run ended. charged + released = hold; cost = charged + overrun.
struct Charge {
  Micros charged;
  Micros cost;
  Micros overrun;
  Micros released;
  bool operator==(Charge const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charged", self.charged);
    visit("cost", self.cost);
    visit("overrun", self.overrun);
    visit("released", self.released);
  }
};

// A row of the run table. Instants of deadlines are on the work clock.
struct Row {
  std::int64_t attempt = 0;  // of the current or last lease; 0 before the first
  std::int64_t attempts_max = 1;
  bool cancel_requested = false;
  std::optional<Charge> charge;
  std::optional<CorrelationId> correlation;
  Micros cost_so_far;  // reported by earlier attempts; settled with the last
  Instant created_at;
  std::string error_code;
  std::string error_detail;
  std::int64_t fence = 0;
  std::optional<Instant> finished_at;
  Hold hold;
  JobName job;
  ContentRef job_hash;
  std::optional<KeyId> key;  // that submitted it
  std::optional<LeaseId> lease;
  std::optional<RunId> parent;
  Phase phase = Phase::queued;
  Price price;
  Instant queue_deadline;
  Duration queue_wait;  // from each time that it is queued to that deadline
  std::string reason;   // of the last change, e.g. "completed", "lease_expired"
  std::optional<Enclosure> result;
  std::int64_t result_seq = 0;  // event whose frame holds the result
  Runner runner = Runner::command;
  std::string sandbox;
  std::optional<Instant> started_at;
  std::int64_t submit_seq = 0;  // event whose frame holds the input
  TenantId tenant;
  Duration timeout;
  bool operator==(Row const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("attempt", self.attempt);
    visit("attempts_max", self.attempts_max);
    visit("cancel_requested", self.cancel_requested);
    visit("charge", self.charge);
    visit("correlation", self.correlation);
    visit("cost_so_far", self.cost_so_far);
    visit("created_at", self.created_at);
    visit("error_code", self.error_code);
    visit("error_detail", self.error_detail);
    visit("fence", self.fence);
    visit("finished_at", self.finished_at);
    visit("hold", self.hold);
    visit("job", self.job);
    visit("job_hash", self.job_hash);
    visit("key", self.key);
    visit("lease", self.lease);
    visit("parent", self.parent);
    visit("phase", self.phase);
    visit("price", self.price);
    visit("queue_deadline", self.queue_deadline);
    visit("queue_wait", self.queue_wait);
    visit("reason", self.reason);
    visit("result", self.result);
    visit("result_seq", self.result_seq);
    visit("runner", self.runner);
    visit("sandbox", self.sandbox);
    visit("started_at", self.started_at);
    visit("submit_seq", self.submit_seq);
    visit("tenant", self.tenant);
    visit("timeout", self.timeout);
  }
};

}  // namespace tally::domain::run
