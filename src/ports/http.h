#pragma once

// One HTTP exchange without sockets: the API sees a request and a responder, tests and the
// simulator call it the same way as platform/http_server does.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ports/http_stream.h"

namespace tally::ports {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;   // upper case
  std::string path;     // as sent, before '?'; percent-encoding left alone
  std::string query;    // as sent, after '?'; empty if none
  HttpHeaders headers;  // names in lower case, in order of arrival
  std::string body;     // complete, content and transfer codings removed
  std::string peer;     // remote address without port
  bool from_loopback = false;

  // First value of a header (name in lower case), or an empty view.
  std::string_view header(std::string_view name) const {
    for (auto const& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;  // Content-Length, Date and Connection are the server's
  std::string body;
  // For so long nothing more is read from this client: whoever asks too much is slowed down by its
  // own full socket. Ignored on a connection that has an owner, see Responder::owned_by.
  Duration rest = {};
};

// Of a response whose body follows in pieces.
struct HttpHead {
  int status = 200;
  HttpHeaders headers;  // Content-Length, Transfer-Encoding, Date and Connection are the server's
};

// Answers one request, once, from any thread; dropped unanswered it sends 500. Long polls keep
// it. `gone` says that the client closed the connection, so nobody waits any more.
class Responder {
 public:
  struct Sink {
    virtual ~Sink() = default;
    virtual void send(HttpResponse response) = 0;
    virtual std::shared_ptr<ResponseStream::Sink> begin(HttpHead head) = 0;
    virtual bool gone() const = 0;
    virtual bool owned_by(std::string_view /*owner*/) { return true; }
  };
  explicit Responder(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  void send(HttpResponse response) {
    if (sink_) std::exchange(sink_, nullptr)->send(std::move(response));
  }
  // The answer in pieces, instead of `send`. Where the answer was given already, a stream that
  // nobody reads.
  ResponseStream begin(HttpHead head) {
    auto const sink = std::exchange(sink_, nullptr);
    return sink ? ResponseStream(sink->begin(std::move(head))) : ResponseStream();
  }
  bool gone() const { return sink_ && sink_->gone(); }
  // Says for whom the connection speaks from here on. Until somebody says so it counts among the
  // unauthenticated ones of its address, which may have few; afterwards among those of its owner.
  // False: the owner has as many connections as it may, and this one stays unauthenticated. Only
  // before handle() returns.
  bool owned_by(std::string_view owner) { return !sink_ || sink_->owned_by(owner); }

 private:
  std::shared_ptr<Sink> sink_;
};

// What the server refuses before a request exists.
enum class HttpFault {
  malformed,           // 400: not HTTP, bad framing, missing or doubled Host, obs-fold
  header_too_large,    // 431
  body_too_large,      // 413
  unsupported_coding,  // 501 for a transfer coding, 415 for a content coding
  timed_out,           // 408: head or body took too long
  too_many,            // 503: connection limit
  version,             // 505
  internal,            // 500: the handler dropped the responder
};

class HttpService {
 public:
  virtual ~HttpService() = default;
  // Called on a server thread; must not block. Any number of threads.
  virtual void handle(HttpRequest request, Responder responder) = 0;
  // The problem to send for a fault; `detail` says what and where, without quoting secrets.
  virtual HttpResponse refuse(HttpFault fault, int status, std::string_view detail) = 0;
};

}  // namespace tally::ports
