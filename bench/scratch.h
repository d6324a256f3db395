#pragma once

// A directory of its own for one benchmark, removed afterwards. It must lie on a real disk: on a
// memory file system a sync costs nothing and every figure would flatter.

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tally::bench {

class Scratch {
 public:
  // Below `parent`. Errors: "io_error", "not_a_disk".
  static Result<Scratch> make(std::string const& parent);
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  std::string path(std::string const& inside) const { return path_ + "/" + inside; }
  // Bytes of all files below `inside`.
  std::uint64_t bytes(std::string const& inside) const;

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct SyncLatency {
  double p50_us = 0;
  double p99_us = 0;
  double cpu_us = 0;  // of one write
};
// Of durable 4 KiB overwrites, one in flight, the way the ledger writes.
Result<SyncLatency> measure_sync(Scratch const& scratch);

}  // namespace tally::bench
