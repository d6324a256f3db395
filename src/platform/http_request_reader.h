#pragma once

// Reads HTTP/1.1 requests from a stream of bytes, without a socket: bytes in, requests or one
// refusal out. Framing is Beast's parser; what it lets pass and RFC 9112 does not is checked here
// (Host, obs-fold, transfer codings, targets), and the codings are removed.
//
//   idle --first byte--> head --complete--> body --complete--> idle
//                          \-- no body -------------------------^
//   any --fault--> refused, for good

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http_response_writer.h"
#include "ports/http.h"

namespace tally::platform {

struct HttpRequestLimits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
};

struct HttpRefusal {
  ports::HttpFault fault = ports::HttpFault::malformed;
  int status = 400;
  std::string detail;
};

struct HttpIncoming {
  ports::HttpRequest request;  // without peer; HEAD has become GET
  HttpAnswerForm form;
};

class HttpRequestReader {
 public:
  enum class Phase { idle, head, body, refused };
  enum class Step { need_more, request, refused };

  explicit HttpRequestReader(HttpRequestLimits limits);
  ~HttpRequestReader();
  HttpRequestReader(HttpRequestReader const&) = delete;
  HttpRequestReader& operator=(HttpRequestReader const&) = delete;

  // Reads from the front of `bytes` and says in `used` how many are done with; the others must
  // be there again in the next call, followed by more.
  Step read(std::string_view bytes, std::size_t& used);

  HttpIncoming take();                 // after Step::request
  HttpRefusal const& refusal() const;  // after Step::refused
  Phase phase() const;

  // True once per request: the client waits for "100 Continue" before it sends the body.
  bool take_continue_wanted();

 private:
  class Parser;
  Step read_head(std::string_view bytes, std::size_t& used);
  Step read_body(std::string_view bytes, std::size_t& used);
  Step parse_head(std::string_view head);
  Step finish();
  Step refuse(HttpRefusal refusal);
  std::optional<HttpRefusal> unpack_body();

  HttpRequestLimits limits_;
  std::unique_ptr<Parser> parser_;
  Phase phase_ = Phase::idle;
  std::size_t scanned_ = 0;
  bool blank_line_skipped_ = false;
  bool continue_wanted_ = false;
  HttpRefusal refusal_;
};

}  // namespace tally::platform
