#pragma once

// The answers that a connection owes, in the order of its requests (RFC 9112 section 9.3.2). They
// may become ready in any order; what leaves is always the ready front of the queue.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http_response_writer.h"
#include "ports/http.h"

namespace tally::platform {

class HttpAnswerQueue {
 public:
  // Owes one more answer; the number names it in `answer`.
  std::uint64_t open(HttpAnswerForm form);

  // Ignores numbers that have left already.
  void answer(std::uint64_t number, ports::HttpResponse response);

  struct Taken {
    std::size_t answers = 0;
    bool closes = false;  // the last one said Connection: close
  };
  // Appends ready answers to `out` while it holds less than `bytes_max`. With `last_closes` the
  // answer that empties the queue says Connection: close.
  Taken take_ready(std::string& out, std::string_view date, std::size_t bytes_max,
                   bool last_closes);

  std::size_t size() const { return slots_.size(); }
  // Of the bodies that are ready and have not left.
  std::size_t bytes() const { return bytes_; }
  bool empty() const { return slots_.empty(); }

 private:
  struct Slot {
    HttpAnswerForm form;
    std::optional<ports::HttpResponse> response;
  };
  std::deque<Slot> slots_;
  std::uint64_t first_ = 0;  // number of slots_.front()
  std::size_t bytes_ = 0;
};

}  // namespace tally::platform
