#pragma once

// The commands by which a worker reports on its lease, from its start to its end. A report counts
// only while its lease and fence are the run's own: a stale one is refused as lease_lost. Amounts
// are micros, times microseconds that the worker measured.

#include "domain/fields.h"
#include "domain/kinds.h"
#include "domain/run/row.h"

namespace tally::domain::run {

struct RunFacts;

// A lease as a worker names it. `tenant` is that of the worker's key, none for in-process workers.
struct Handle {
  std::int64_t fence = 0;
  LeaseId lease;
  std::optional<TenantId> tenant;
  TALLY_FIELDS(Handle, fence, lease, tenant);
};

struct Start {
  static constexpr CommandType kCommand{"run.start", mode::Mode::safe, 1, mode::Mode::halt};
  using Facts = RunFacts;
  Handle handle;
  TALLY_FIELDS(Start, handle);
};

// What an execution measured about itself.
struct Measured {
  Duration elapsed;
  std::optional<Micros> reported;
  bool rounded_up = false;  // what it reported had a part below a micro
  std::string sandbox;
  TALLY_FIELDS(Measured, elapsed, reported, rounded_up, sandbox);
};

struct Complete {
  static constexpr CommandType kCommand{"run.complete", mode::Mode::stop, 1, mode::Mode::halt};
  using Facts = RunFacts;
  Handle handle;
  Measured measured;
  Document result;
  TALLY_FIELDS(Complete, handle, measured, result);
};

struct Fail {
  static constexpr CommandType kCommand{"run.fail", mode::Mode::stop, 1, mode::Mode::halt};
  using Facts = RunFacts;
  std::string code;
  std::string detail;
  Handle handle;
  Measured measured;
  bool retry = false;
  std::optional<Document> stderr_tail;  // the end of what the work wrote there, redacted
  TALLY_FIELDS(Fail, code, detail, handle, measured, retry, stderr_tail);
};

}  // namespace tally::domain::run
