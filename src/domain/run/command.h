#pragma once

// What can be asked of the run engine.

#include "domain/run/row.h"

namespace tally::domain::run {

// The idempotency key as the ledger knows it: a digest of (tenant, route, key), and the HMAC of the
// canonical body under the tenant's pepper.
struct IdempotencyKey {
  Digest fingerprint;
  Digest key;
  bool operator==(IdempotencyKey const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fingerprint", self.fingerprint);
    visit("key", self.key);
  }
};

struct Submit {
  bool dry_run = false;
  IdempotencyKey idempotency;
  Enclosure input;
  JobName job;
  KeyId key;
  std::map<std::string, std::string> labels;
  Micros max_cost;
  std::optional<RunId> parent;
  TenantId tenant;
  std::optional<Duration> timeout;
  bool operator==(Submit const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("dry_run", self.dry_run);
    visit("idempotency", self.idempotency);
    visit("input", self.input);
    visit("job", self.job);
    visit("key", self.key);
    visit("labels", self.labels);
    visit("max_cost", self.max_cost);
    visit("parent", self.parent);
    visit("tenant", self.tenant);
    visit("timeout", self.timeout);
  }
};

// One run for a worker; a worker that wants ten asks ten times within one frame.
struct Lease {
  std::vector<JobName> jobs;
  std::optional<TenantId> tenant;  // of the worker's key; none: any (in-process workers)
  std::string worker;
  bool operator==(Lease const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("jobs", self.jobs);
    visit("tenant", self.tenant);
    visit("worker", self.worker);
  }
};

// A lease as a worker names it. `tenant` is that of the worker's key, none for in-process workers.
struct Handle {
  std::int64_t fence = 0;
  LeaseId lease;
  std::optional<TenantId> tenant;
  bool operator==(Handle const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence);
    visit("lease", self.lease);
    visit("tenant", self.tenant);
  }
};

struct Start {
  Handle handle;
  bool operator==(Start const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("handle", self.handle);
  }
};

// What an execution measured about itself.
struct Measured {
  Duration elapsed;
  std::optional<Micros> reported;
  std::string sandbox;
  bool operator==(Measured const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("elapsed", self.elapsed);
    visit("reported", self.reported);
    visit("sandbox", self.sandbox);
  }
};

struct Complete {
  Handle handle;
  Measured measured;
  Enclosure result;
  bool operator==(Complete const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("handle", self.handle);
    visit("measured", self.measured);
    visit("result", self.result);
  }
};

struct Fail {
  std::string code;
  std::string detail;
  Handle handle;
  Measured measured;
  bool retry = false;
  bool operator==(Fail const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("detail", self.detail);
    visit("handle", self.handle);
    visit("measured", self.measured);
    visit("retry", self.retry);
  }
};

struct Cancel {
  RunId run;
  TenantId tenant;
  bool operator==(Cancel const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("run", self.run);
    visit("tenant", self.tenant);
  }
};

// A deadline came due: the queue's (on the work clock) or the lease's (in the liveness table).
enum class DueKind { lease, queue };
constexpr std::array<DueKind, 2> all_of(DueKind) { return {DueKind::lease, DueKind::queue}; }
constexpr std::string_view name_of(DueKind kind) {
  return kind == DueKind::lease ? "lease" : "queue";
}
struct Due {
  DueKind kind = DueKind::lease;
  RunId run;
  bool operator==(Due const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("run", self.run);
  }
};

// What was found of an execution whose worker went silent.
enum class Receipt { none, valid, damaged };
constexpr std::array<Receipt, 3> all_of(Receipt) {
  return {Receipt::none, Receipt::valid, Receipt::damaged};
}
constexpr std::string_view name_of(Receipt receipt) {
  constexpr std::array<std::string_view, 3> names{"none", "valid", "damaged"};
  return names[static_cast<std::size_t>(receipt)];
}
struct Reconcile {
  std::int64_t fence = 0;
  Measured measured;
  Receipt receipt = Receipt::none;
  std::optional<Enclosure> result;
  RunId run;
  bool operator==(Reconcile const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("fence", self.fence);
    visit("measured", self.measured);
    visit("receipt", self.receipt);
    visit("result", self.result);
    visit("run", self.run);
  }
};

// A person proposes how an audit ends: what is charged; the rest is released.
struct ProposeResolution {
  Micros charge;
  PersonId person;
  std::string reason;
  RunId run;
  bool operator==(ProposeResolution const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("charge", self.charge);
    visit("person", self.person);
    visit("reason", self.reason);
    visit("run", self.run);
  }
};

}  // namespace tally::domain::run
