#include "platform/http_server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "platform/http_listener.h"
#include "platform/http_loop.h"
#include "platform/http_worker.h"

namespace tally::platform {

struct HttpServer::State {
  explicit State(HttpServerOptions the_options)
      : options(std::move(the_options)),
        census({.of_address = options.connections_unauthenticated_max,
                .of_owner = options.connections_of_owner_max}) {}

  HttpServerOptions options;
  HttpCounters counters;
  HttpCensus census;
  std::vector<std::unique_ptr<HttpWorker>> workers;
  bool stopped = false;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options,
                                                      ports::HttpService& service) {
  options.threads = std::max(options.threads, 1U);
  TALLY_CHECK(options.requests_pipelined_max > 0, "a connection must be allowed one request");
  TALLY_CHECK(options.tick > Duration(), "deadlines need a tick");
  TRY(listeners, listen_on(options.host, options.port, options.threads));
  options.port = listeners.port;
  auto state = std::make_unique<State>(std::move(options));
  for (auto& socket : listeners.sockets) {
    state->workers.push_back(std::make_unique<HttpWorker>(state->options, service, state->counters,
                                                          state->census, std::move(socket)));
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() { stop(Duration()); }

std::uint16_t HttpServer::port() const { return state_->options.port; }

void HttpServer::stop(Duration grace) {
  if (std::exchange(state_->stopped, true)) return;
  for (auto const& worker : state_->workers) worker->begin_stop(grace);
  for (auto const& worker : state_->workers) worker->join();
}

HttpServerCounts HttpServer::counts() const {
  auto const read = [](std::atomic<std::uint64_t> const& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  HttpServerCounts counts;
  counts.connections = read(state_->counters.connections);
  counts.connections_open = read(state_->counters.connections_open);
  counts.requests = read(state_->counters.requests);
  counts.displaced = read(state_->counters.displaced);
  counts.not_reading = read(state_->counters.not_reading);
  std::transform(state_->counters.faults.begin(), state_->counters.faults.end(),
                 counts.faults.begin(), read);
  return counts;
}

}  // namespace tally::platform
