#pragma once

// What wiring decides about the API.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/error_sink.h"

namespace tally::api {

// Something that must work before the server is ready. The check may block; its error's detail is
// shown.
struct Probe {
  std::string name;
  std::function<Result<void>()> check;
};

// Which revision of the RateLimit fields answers carry.
enum class RateFields { off, draft_11 };

struct Options {
  std::string problem_types = "/problems/";  // or an absolute URL that ends so
  std::string version = "0.1.0";
  std::vector<Probe> probes;
  Bytes pepper;  // 32 secret bytes; salts and fingerprints hang on them for the ledger's life
  bool metrics_open_on_loopback = true;
  RateFields rate_fields = RateFields::draft_11;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t lease_waiters_max = 1024;           // long polls of workers held at once
  std::int64_t unauthenticated_per_minute = 600;  // failed authentications answered to one peer
  // Runs a task that may block (log, vault, blobs) away from the loop's thread; by default at
  // once.
  std::function<void(std::function<void()>)> later;
  ports::ErrorReporter<Layer::L2> errors;  // what went wrong on our side
  // The bytes of a hash tile by its path below /ledger/tile/; without it there are none.
  std::function<Result<Bytes>(std::string_view path)> hash_tile;
};

}  // namespace tally::api
