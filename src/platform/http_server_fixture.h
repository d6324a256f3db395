#pragma once

// For the tests of the HTTP server: a service whose answers the test controls, and a server that
// serves it.

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "platform/http_peer_fixture.h"
#include "platform/http_server.h"
#include "ports/http.h"

namespace tally::platform {

// /echo returns the body, /who the request, /hold keeps the responder for the test, /drop lets it
// go, /throw throws, /large sends `large_bytes`, /own/NAME says whose the connection is, /rest and
// /nap let it rest for long and for a moment. /mark/NAME is remembered, and /gate holds the
// server's thread until the test opens it. /stream begins a stream and leaves it to the test,
// /begin drops one at once.
class TestService final : public ports::HttpService {
 public:
  static constexpr std::size_t large_bytes = 8 * 1024 * 1024;

  void handle(ports::HttpRequest request, ports::Responder responder) override {
    if (request.path == "/drop") return;
    if (request.path == "/throw") throw std::runtime_error("on purpose");
    if (request.path == "/hold") return hold(std::move(responder));
    if (request.path == "/stream") return stream(std::move(responder));
    if (request.path == "/begin") return void(responder.begin({.status = 200, .headers = {}}));
    if (request.path == "/gate") wait_at_the_gate();
    if (request.path.starts_with("/mark/")) note(request.path.substr(6));
    ports::HttpResponse response;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = request.path == "/who" ? describe(request) : std::move(request.body);
    if (request.path == "/large") response.body.assign(large_bytes, 'x');
    if (request.path.starts_with("/own/"))
      response.body = responder.owned_by(request.path.substr(5)) ? "owned" : "too many";
    if (request.path == "/rest" || request.path == "/nap") {
      response.status = 429;
      response.rest = request.path == "/rest" ? hours(1) : milliseconds(20);
    }
    responder.send(std::move(response));
  }

  ports::HttpResponse refuse(ports::HttpFault, int status, std::string_view detail) override {
    auto body =
        "{\"status\":" + std::to_string(status) + ",\"detail\":\"" + std::string(detail) + "\"}";
    return {status, {{"Content-Type", "application/problem+json"}}, std::move(body)};
  }

  // The responders of /hold, in the order of arrival, as soon as there are `count`.
  std::vector<ports::Responder> held(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::microseconds(test_patience.value()),
                      [&] { return held_.size() >= count; });
    return std::exchange(held_, {});
  }

  // The next stream of /stream.
  ports::ResponseStream streamed() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::microseconds(test_patience.value()),
                      [&] { return !streams_.empty(); });
    if (streams_.empty()) return {};
    auto stream = std::move(streams_.front());
    streams_.erase(streams_.begin());
    return stream;
  }

  // For one request of /gate, which may come later.
  void open_gate() {
    std::lock_guard const lock(mutex_);
    gate_open_ = true;
    changed_.notify_all();
  }
  std::string marks() {
    std::lock_guard const lock(mutex_);
    return marks_;
  }

 private:
  void wait_at_the_gate() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::microseconds(test_patience.value()),
                      [&] { return gate_open_; });
  }
  void note(std::string const& mark) {
    std::lock_guard const lock(mutex_);
    marks_ += mark;
  }
  static std::string describe(ports::HttpRequest const& request) {
    auto text = request.method + " " + request.path + " ? " + request.query + " from " +
                request.peer + (request.from_loopback ? " (loopback)" : "") + "\n";
    for (auto const& [name, value] : request.headers) text += name + "=" + value + "\n";
    return text + request.body;
  }
  void stream(ports::Responder responder) {
    auto stream = responder.begin({.status = 200,
                                   .headers = {{"content-type", "text/plain"},
                                               {"content-length", "7"},
                                               {"transfer-encoding", "gzip"}}});
    {
      std::lock_guard const lock(mutex_);
      streams_.push_back(std::move(stream));
    }
    changed_.notify_all();
  }
  void hold(ports::Responder responder) {
    {
      std::lock_guard const lock(mutex_);
      held_.push_back(std::move(responder));
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ports::Responder> held_;
  std::vector<ports::ResponseStream> streams_;
  bool gate_open_ = false;
  std::string marks_;
};

// Long deadlines, so that none passes by accident, and a short tick.
inline HttpServerOptions test_options() {
  HttpServerOptions options;
  options.tick = milliseconds(5);
  return options;
}

class HttpServerFixture : public ::testing::Test {
 protected:
  void start(HttpServerOptions options = test_options()) {
    auto started = HttpServer::start(std::move(options), service);
    ASSERT_TRUE(started) << started.error().detail;
    server = *std::move(started);
  }
  std::uint16_t port() const { return server->port(); }

  TestService service;
  std::unique_ptr<HttpServer> server;
};

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

inline std::string post(std::string_view path, std::string_view body,
                        std::string_view fields = "") {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}

inline int status_of(std::string_view response) {
  if (response.substr(0, 9) != "HTTP/1.1 ") return 0;
  return std::stoi(std::string(response.substr(9, 3)));
}

inline std::string_view body_of(std::string_view response) {
  auto const end = response.find("\r\n\r\n");
  return end == response.npos ? std::string_view{} : response.substr(end + 4);
}

}  // namespace tally::platform
