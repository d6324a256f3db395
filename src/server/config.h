#pragma once

// The configuration file: TOML, every key optional, unknown keys refused with their line.
//
//   [leases]       heartbeat_s = 30, and the settings of domain/settings.h
//   [attestor]     every_s = 3600         snapshot_every_events = 200000
//   [first]        grant_usd = "100.00"   origin = "tallystick.local/ledger"
//   [worker]       slots = 2
//   [http]         threads = 1            behind_tls_proxy = false    rate_fields = "draft-11"
//                  open_per_minute = 600  unauthenticated_connections = 64
//                  public_url = "https://tally.example.com"

#include <optional>
#include <string>

#include "base/result.h"
#include "base/money.h"
#include "domain/settings.h"

namespace tally::server {

struct Config {
  domain::SettingValues settings;  // those that the file names; the table is domain/settings.h
  Duration heartbeat = seconds(30);
  std::optional<Duration> attest_every;  // none: daily at 03:00 UTC
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
