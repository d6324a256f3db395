#pragma once

// A closed-loop HTTP/1.1 client: each connection has one request under way, and sends the next when
// the answer is there. One thread, epoll, no pipelining; it does as little as it can, because it
// shares the processors with the server that it measures.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tally::bench {

struct LoadPlan {
  std::uint16_t port = 0;
  std::size_t connections = 1;
  double seconds_max = 60;
  // Writes the next whole request of a connection; false: it has no more.
  std::function<bool(std::size_t connection, std::string& request)> next;
  // An answer came. May be empty.
  std::function<void(std::size_t connection, int status, std::string_view body)> heard;
};

struct LoadReport {
  double wall_us = 0;
  double own_cpu_us = 0;
  std::vector<double> latencies_us;
  std::map<int, std::uint64_t> statuses;
  bool out_of_time = false;
  std::uint64_t count(int status) const {
    auto const at = statuses.find(status);
    return at == statuses.end() ? 0 : at->second;
  }
};

// Errors: "unreachable", "malformed" (an answer without Content-Length).
Result<LoadReport> run_load(LoadPlan const& plan);

// A whole POST request with a JSON body; `fields` are header lines, each with its CRLF.
void write_post(std::string& request, std::string_view path, std::string_view fields,
                std::string_view body);

}  // namespace tally::bench
