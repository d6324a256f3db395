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
#include "platform/http_mailbox.h"
#include "platform/http_server.h"
#include "ports/http.h"

namespace boost::asio {
class io_context;
}

namespace tally::platform {

// Of all loops of a server; the numbers are only ever reported.
struct HttpCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> requests{0};
  std::array<std::atomic<std::uint64_t>, http_fault_kinds> faults{};
};

struct HttpLoop {
  boost::asio::io_context& io;
  HttpServerOptions const& options;
  ports::HttpService& service;
  HttpCounters& counters;
  std::shared_ptr<HttpMailbox> mailbox;
  Duration now;      // monotonic, as of the last tick
  std::string date;  // for the Date header, as of the last tick
  bool draining = false;
  std::vector<HttpSession*> sessions{};  // in no order
};

}  // namespace tally::platform
