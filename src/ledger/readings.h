#pragma once

// What the loop answers to questions, which decide nothing.

#include <cstdint>
#include <optional>

#include "domain/directory/rows.h"
#include "domain/run/limits.h"

namespace tally::ledger {

// How a request ended. `decided`: `reply` says it, and what it says is durable. `overloaded`,
// `stopping`: nothing happened. `unknown`: may or may not have happened; the same idempotency key
// is safe to retry.
enum class PostStatus { decided, overloaded, stopping, unknown };

struct RunReading {
  PostStatus fate = PostStatus::decided;
  std::optional<domain::run::Row> row;  // none: no such run of this tenant in memory
};

struct BudgetReading {
  PostStatus fate = PostStatus::decided;
  std::optional<domain::directory::Tenant> tenant;
};

struct AnswerReading {
  PostStatus fate = PostStatus::decided;
  std::optional<std::int64_t> seq;  // event that answered; none: no such key, or it is forgotten
};

// What a worker hears when it says that it is alive. `stopping`: this server is; ask the next one.
struct Heartbeat {
  enum class Action { go_on, stop, lost, stopping };
  Action action = Action::lost;
  std::optional<domain::run::StopReason> reason;  // with `stop`
  Duration remaining;                             // until the run's limit, with `go_on` and `stop`
  bool operator==(Heartbeat const&) const = default;
};

// Runs of one job and tenant that wait in the queue.
struct QueuedRuns {
  JobName job;
  TenantId tenant;
  std::int64_t runs = 0;
};
// A tenant's money and its live runs.
struct TenantFigures {
  TenantId tenant;
  domain::Balances balances;
  std::int64_t runs_live = 0;
};
// More tenants than this, in the order of their names, are not told apart.
inline constexpr std::size_t kTenantRowsMax = 1'000;

// More pairs of job and tenant than this are not told apart.
inline constexpr std::size_t kQueueRowsMax = 1'000;

}  // namespace tally::ledger
