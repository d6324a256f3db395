#pragma once

// What the connections of one event loop share. Touched by the loop's thread only, except for
// the counters.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "platform/http_census.h"
#include "platform/http_mailbox.h"
#include "platform/http_server.h"
#include "ports/http.h"

namespace boost::asio {
class io_context;
}

namespace tally::platform {

// Of all loops of a server. Reported, and looked at where a bound is of the server as a whole.
struct HttpCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> displaced{0};
  std::atomic<std::uint64_t> not_reading{0};
  std::atomic<std::uint64_t> output_bytes{0};  // of answers that wait for their clients
  std::array<std::atomic<std::uint64_t>, http_fault_kinds> faults{};
};

struct HttpLoop {
  boost::asio::io_context& io;
  HttpServerOptions const& options;
  ports::HttpService& service;
  HttpCounters& counters;
  HttpCensus& census;
  std::shared_ptr<HttpMailbox> mailbox;
  Duration now;      // monotonic, as of the last tick
  std::string date;  // for the Date header, as of the last tick
  bool draining = false;
  std::vector<HttpSession*> sessions{};  // in order of arrival
};

}  // namespace tally::platform
