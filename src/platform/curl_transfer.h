#pragma once

// One answer as libcurl hands it over, piece by piece, held to the bounds of its request; and what
// a transfer that failed tells. Without libcurl's headers: its types are plain ones here.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ports/outbound.h"

namespace tally::platform {

class CurlTransfer {
 public:
  explicit CurlTransfer(ports::OutboundRequest const& request) : request_(request) {}

  // libcurl is about to send the request. False: it would be the second time, and must not be.
  // libcurl 7.88 repeats every request, a POST too, if a kept connection ends without an answer.
  bool begin();
  // One line of a head, with its line break. False: past the bound, or the answer is none.
  bool take_head_line(std::string_view line);
  // False: past the bound.
  bool take_body(std::string_view piece);

  // Whether a final head is complete. libcurl 7.88 calls a transfer a success whose connection ends
  // in the middle of the head.
  bool is_answered() const { return head_complete_; }
  std::string body() { return std::move(body_); }
  ports::OutboundFate fate() const;
  // Why it failed: what is known here goes before `error`, which is libcurl's reason.
  ports::OutboundFailure failure(Error error) const;

 private:
  ports::OutboundRequest const& request_;
  int begun_ = 0;
  bool refused_repeat_ = false;
  std::size_t head_bytes_ = 0;
  int status_ = 0;  // of the head that was begun last
  bool head_complete_ = false;
  std::optional<Error> own_;  // the reason that libcurl does not know: a callback stopped it
  std::string body_;
};

// libcurl's CURLcode in our words. `told` is its own sentence.
Error error_of_curl(int code, std::string told);

}  // namespace tally::platform
