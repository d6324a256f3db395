#pragma once

// The configuration file: TOML, every key optional, unknown keys refused with their line.
//
//   [limits]       runs_live_max = 1000000
//   [leases]       lease_s = 120          heartbeat_s = 30
//   [idempotency]  life_s = 604800
//   [archive]      after_s = 86400
//   [runs]         retention_s = 34560000  audits_before_safe_mode = 1
//   [attestor]     every_s = 86400        snapshot_every_events = 200000
//   [approvals]    quorum = 2
//   [first]        grant_usd = "100.00"   origin = "tallystick.local/ledger"
//   [worker]       slots = 2
//   [http]         threads = 1            behind_tls_proxy = false    rate_fields = "draft-11"
//                  open_per_minute = 600  unauthenticated_connections = 64
//                  public_url = "https://tally.example.com"

#include <string>

#include "base/result.h"
#include "domain/system/engine.h"

namespace tally::server {

struct Config {
  domain::system::Settings settings;
  Duration attest_every = hours(24);
  std::uint64_t snapshot_every_events = 200'000;
  Micros first_grant{100'000'000};
  std::string origin = "tallystick.local/ledger";
  std::uint32_t worker_slots = 2;
  std::uint32_t http_threads = 1;
  bool behind_tls_proxy = false;  // needed to listen beyond loopback
  bool rate_fields = true;
  std::int64_t open_per_minute = 600;              // of one address, on open routes
  std::uint32_t unauthenticated_connections = 64;  // of one address
  std::string public_url;  // where callers find the server; empty: where each of them asks
};

// An empty path gives the defaults. Error "configuration": file, line, what is wrong; all that is
// wrong, in order, a line each.
Result<Config> load_config(std::string const& path);

}  // namespace tally::server
