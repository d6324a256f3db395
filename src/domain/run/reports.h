#pragma once

// What a worker says of its lease, from its start to its end.

#include "domain/run/row.h"

namespace tally::domain::run {

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
  bool rounded_up = false;  // what it reported had a part below a micro
  std::string sandbox;
  bool operator==(Measured const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("elapsed", self.elapsed);
    visit("reported", self.reported);
    visit("rounded_up", self.rounded_up);
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
  std::optional<Enclosure> stderr_tail;  // the end of what the work wrote there, redacted
  bool operator==(Fail const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("detail", self.detail);
    visit("handle", self.handle);
    visit("measured", self.measured);
    visit("retry", self.retry);
    visit("stderr_tail", self.stderr_tail);
  }
};

}  // namespace tally::domain::run
