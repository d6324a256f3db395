#pragma once

// A kind of work: who executes it, what it costs, how long it may take.

#include <array>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"
#include "domain/fields.h"

namespace tally::domain::run {

enum class Runner { command, worker, caller };
constexpr std::array<Runner, 3> all_of(Runner) {
  return {Runner::command, Runner::worker, Runner::caller};
}
constexpr std::string_view name_of(Runner runner) {
  constexpr std::array<std::string_view, 3> names{"command", "worker", "caller"};
  return names[static_cast<std::size_t>(runner)];
}

// Charged when a run fails by its own fault: the larger of `floor` and `ppm` of the hold, at most
// `cap` and never more than the hold. All zero: nothing.
struct MinimumFee {
  Micros cap;
  Micros floor;
  std::int64_t ppm = 0;  // parts per million of the hold
  TALLY_FIELDS(MinimumFee, cap, floor, ppm);
};

// Either the work reports its cost, or it is fixed + per_second x elapsed (rounded up).
struct Price {
  Micros fixed;
  MinimumFee minimum_fee;
  Micros per_second;
  bool reported = false;
  TALLY_FIELDS(Price, fixed, minimum_fee, per_second, reported);
};

struct JobKind {
  std::int64_t attempts_max = 1;
  bool deterministic = false;
  ContentRef hash;  // of the job's folder
  JobName name;
  std::int64_t output_bytes_max = 0;
  Price price;
  Duration queue_deadline;  // a run still queued after this expires, at no charge
  bool retired = false;     // not among those loaded at the last start: takes no new runs
  Runner runner = Runner::command;
  Duration timeout;  // the longest that one attempt may take
  std::string version;
  TALLY_FIELDS(JobKind, attempts_max, deterministic, hash, name, output_bytes_max, price,
               queue_deadline, retired, runner, timeout, version);
};

// The terms of a job kind that a run keeps from its submit on: a later change of the job kind does
// not touch the run.
struct Terms {
  std::int64_t attempts_max = 1;
  ContentRef hash;
  Price price;
  Duration queue_deadline;
  Runner runner = Runner::command;
  Duration timeout;
  TALLY_FIELDS(Terms, attempts_max, hash, price, queue_deadline, runner, timeout);
};

}  // namespace tally::domain::run
