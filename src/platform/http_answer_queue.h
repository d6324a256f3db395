#pragma once

// The answers that a connection owes, in the order of its requests (RFC 9112 section 9.3.2). They
// may become ready in any order; what leaves is always the ready front of the queue. A streamed
// answer stays at the front until its last piece has left.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http_mailbox.h"
#include "platform/http_response_writer.h"
#include "ports/http.h"

namespace tally::platform {

class HttpAnswerQueue {
 public:
  // Owes one more answer; the number names it in `answer`.
  std::uint64_t open(HttpAnswerForm form);

  // Both ignore numbers that have left already.
  void answer(std::uint64_t number, ports::HttpResponse response);
  void begin(std::uint64_t number, HttpStreamBegun stream);

  struct Taken {
    std::size_t answers = 0;
    bool closes = false;                     // a head said Connection: close
    bool is_unframed = false;                // the body is complete where the connection closes
    bool cut_off = false;                    // a stream was dropped after its head
    std::optional<std::uint64_t> dropped{};  // a stream that was dropped before its head
  };
  // Appends ready answers to `out` while it holds less than `bytes_max`. With `last_closes` the
  // answer that empties the queue says Connection: close.
  Taken take_ready(std::string& out, std::string_view date, std::size_t bytes_max,
                   bool last_closes);

  std::size_t size() const { return slots_.size(); }
  // Of the bodies that are ready and have not left, and of the streams' pieces that wait.
  std::size_t bytes() const;
  bool empty() const { return slots_.empty(); }
  bool has_streams() const { return streams_ > 0; }
  // The connection has ended: who writes a stream is told.
  void abandon();

 private:
  struct Slot {
    HttpAnswerForm form;
    std::optional<ports::HttpResponse> response{};
    std::optional<HttpStreamBegun> stream{};
    bool head_left = false;  // of the stream
  };
  Slot* find(std::uint64_t number);
  void take_response(std::string& out, std::string_view date, Taken& taken);
  void take_pieces(std::string& out, std::string_view date, std::size_t bytes_max, Taken& taken);
  void pop_front();

  std::deque<Slot> slots_;
  std::uint64_t first_ = 0;  // number of slots_.front()
  std::size_t bytes_ = 0;    // of whole bodies
  std::size_t streams_ = 0;
};

}  // namespace tally::platform
