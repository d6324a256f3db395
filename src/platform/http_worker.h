#pragma once

// One thread with one event loop: accepts connections, ticks the deadlines, and hands answers
// that arrive from other threads to their connections.

#include <memory>

#include "base/time.h"
#include "platform/http_listener.h"
#include "platform/http_loop.h"

namespace tally::platform {

class HttpWorker {
 public:
  // Starts at once. All arguments outlive the worker.
  HttpWorker(HttpServerOptions const& options, ports::HttpService& service, HttpCounters& counters,
             HttpCensus& census, SocketHandle listener);
  ~HttpWorker();  // after begin_stop: joins
  HttpWorker(HttpWorker const&) = delete;
  HttpWorker& operator=(HttpWorker const&) = delete;

  void begin_stop(Duration grace);  // any thread; once
  void join();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tally::platform
