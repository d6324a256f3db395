#pragma once

// What wiring decides about the API.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/settings.h"
#include "ports/error_sink.h"

namespace tally::projections {
class ErrorIndex;
class Projector;
}  // namespace tally::projections

namespace tally::api {

// Where /v1/errors looks, and who keeps that up with the ledger; both outlive the Api.
struct ErrorSearch {
  projections::ErrorIndex const* index = nullptr;
  projections::Projector* projector = nullptr;
};

// Something that must work before the server is ready. The check may block; its error's detail is
// shown.
struct Probe {
  std::string name;
  std::function<Result<void>()> check;
};

// Which revision of the RateLimit fields answers carry.
enum class RateFields { off, draft_11 };

struct Options {
  // Or an absolute URL that ends so; a path is made absolute with the address that a caller used.
  std::string problem_types = "/problems/";
  std::string address;  // "http://host:port" that the server listens on: for who names no host
  std::string version = "0.1.0";
  std::vector<Probe> probes;
  Bytes pepper;  // 32 secret bytes; salts and fingerprints hang on them for the ledger's life
  // approvals.quorum of the configuration; another may be in force.
  domain::SettingValues settings_in_file = {};
  // Open to who connects from this machine itself: not through a proxy, which hides who asks.
  bool metrics_open_on_loopback = true;
  bool behind_proxy = false;  // a proxy stands in front, and speaks TLS to the callers
  RateFields rate_fields = RateFields::draft_11;
  // Job kinds that are known by name and take no runs since the start, with why: told to callers.
  std::map<JobName, std::string> absent_jobs;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t lease_waiters_max = 1024;           // long polls of workers held at once
  std::int64_t unauthenticated_per_minute = 600;  // failed authentications answered to one address
  std::int64_t claims_per_minute = 20;            // claim codes that one address may try
  // Requests without a key that one address may make on open routes; as many again for /health,
  // /readyz and /metrics.
  std::int64_t open_per_minute = 600;
  // Bytes that may still be written where the ledger lies; none when it cannot be found out.
  std::function<std::optional<std::int64_t>()> disk_free;
  ports::ErrorReporter<Layer::L2> errors;  // what went wrong on our side
  ErrorSearch error_search = {};           // there always is one
  // The bytes of a hash tile by its path below /ledger/tile/; without it there are none. Error
  // "not_ready": not before `read_tree` has returned false.
  std::function<Result<Bytes>(std::string_view path)> hash_tile;
  // Reads a slice of what hash tiles are made of; true while there is more.
  std::function<bool()> read_tree;
};

}  // namespace tally::api
