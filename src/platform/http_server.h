#pragma once

// Serves a ports::HttpService over HTTP/1.1 (RFC 9110, 9112) on TCP, without TLS. One thread and
// one event loop per `threads`; a connection stays on the loop that accepted it. What a request
// may cost is bounded by the options: bytes, time, connections, requests waiting for an answer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "ports/error_sink.h"
#include "ports/http.h"

namespace tally::platform {

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // a name or an address, IPv4 or IPv6
  std::uint16_t port = 0;          // 0: any free port, see HttpServer::port
  unsigned threads = 1;

  std::size_t header_bytes_max = 16 * 1024;  // request line and fields
  std::size_t body_bytes_max = 1024 * 1024;  // as received, and again when unpacked
  std::size_t connections_max = 1024;        // of all threads together
  // Of one owner (ports::Responder::owned_by), so that one tenant cannot take them all.
  std::size_t connections_of_owner_max = 512;
  // Of one address, without an owner yet.
  std::size_t connections_unauthenticated_max = 64;
  std::size_t requests_pipelined_max = 4;         // unanswered ones of a connection
  std::size_t output_bytes_pending_max = 262144;  // past this no further request is begun
  // Of one streamed answer, before whoever writes it has to wait; a piece more may be on its way.
  std::size_t stream_bytes_max = 128 * 1024;
  // Answers that wait for their clients, of all connections together. Past it the connection that
  // has taken nothing for the longest time is ended.
  std::size_t output_bytes_total_max = 64 * 1024 * 1024;

  Duration header_timeout = seconds(10);       // from the first byte of a head to its last
  Duration body_timeout = seconds(30);         // from the end of the head to the last byte
  Duration idle_timeout = seconds(60);         // between requests, and before the first
  Duration write_timeout = seconds(30);        // for the client to take the next 64 KiB
  Duration half_closed_timeout = seconds(30);  // answers due to a client that ended its side
  Duration linger_timeout = seconds(2);        // after our last byte, for the client to close
  Duration tick = milliseconds(100);           // how exact the deadlines are

  ports::ErrorReporter<Layer::L6> errors;
};

constexpr std::size_t http_fault_kinds = static_cast<std::size_t>(ports::HttpFault::internal) + 1;

struct HttpServerCounts {
  std::uint64_t connections = 0;  // accepted since the start, refused ones included
  std::uint64_t connections_open = 0;
  std::uint64_t requests = 0;     // handed to the service
  std::uint64_t displaced = 0;    // ended, unauthenticated and idle, to make room for another
  std::uint64_t not_reading = 0;  // ended because it took no answer and memory was short
  std::array<std::uint64_t, http_fault_kinds> faults{};
  std::uint64_t fault(ports::HttpFault kind) const {
    return faults[static_cast<std::size_t>(kind)];
  }
};

class HttpServer {
 public:
  // Listens before it returns. `service` must outlive the server. Errors: address_in_use,
  // address_invalid, listen_failed.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options,
                                                   ports::HttpService& service);
  ~HttpServer();  // stop() without grace
  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;

  std::uint16_t port() const;

  // Accepts no more, answers the requests that have arrived, closes, and joins the threads; what
  // is unanswered after `grace` is cut off. Responders used later do nothing. Not from a handler.
  void stop(Duration grace);

  HttpServerCounts counts() const;  // from any thread

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tally::platform
