#pragma once

// One connection. Its coroutine reads; answers leave as soon as the front of the queue is ready,
// several in one write. Reading goes on while answers are awaited, because the end of the input
// is the only sign that the client has left.
//
//   reading --last request read, refusal, or stop--> discarding --all sent--> lingering --> closed
//      \-- a deadline for which no answer is due, or a broken connection ----------------> closed
//
// Lingering: after a refusal the client may still be sending; closing at once would make the
// kernel reset the connection and destroy the answer on its way (RFC 9112 section 9.6). So the
// output is shut down and input is thrown away until the client closes, or a limit is reached.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "platform/http_answer_queue.h"
#include "platform/http_listener.h"
#include "platform/http_loop.h"
#include "platform/http_request_reader.h"

namespace tally::platform {

class HttpSession {
 public:
  enum class Admission { admitted, over_limit };

  // Serves the connection on the loop until it ends. The session owns itself (its coroutine
  // does) and is listed in loop.sessions meanwhile; `loop` outlives it.
  static void start(HttpLoop& loop, HttpAccepted accepted, Admission admission);
  ~HttpSession();
  HttpSession(HttpSession const&) = delete;
  HttpSession& operator=(HttpSession const&) = delete;

  // Keeps an answer without sending it yet.
  void store(std::uint64_t number, ports::HttpResponse response);
  void store_dropped(std::uint64_t number);
  // Parses what has arrived and sends what is ready, until neither moves.
  void pump();

  void on_tick();  // looks at the deadlines; while the loop drains, closes what is idle
  void abort();    // closes now

 private:
  struct Io;  // the socket and a timer, see http_session_io.cc
  enum class Wait { nothing, idle, head, body, half_closed, linger };

  HttpSession(HttpLoop& loop, HttpPeer peer, std::unique_ptr<Io> io);

  // Input: http_session.cc.
  void received(std::size_t count);
  void peer_ended();
  std::span<char> room();  // where to read to; empty when nothing shall be read now
  bool is_full() const;
  bool parse();
  void dispatch(HttpIncoming incoming);
  void refuse(HttpRefusal const& refusal);
  ports::HttpResponse response_for(HttpRefusal const& refusal);
  void close_input() { input_closed_ = true; }

  // Output: http_session.cc.
  void move();
  bool send();
  void fill_output();
  void write_output();
  void settle();
  void finish();
  bool is_quiet() const;
  bool is_over() const;

  // Deadlines: http_session_deadlines.cc.
  Wait waiting_for() const;
  Duration allowed(Wait wait) const;
  void arm_deadline();
  void arm_write_deadline();
  void expire();

  // What waits: http_session_io.cc.
  void close_socket();
  void wake_reader();
  void await_writable();
  void writable();

  HttpLoop& loop_;
  HttpPeer peer_;
  int fd_;  // of the socket in io_
  std::unique_ptr<Io> io_;
  std::weak_ptr<HttpSession> self_;
  std::shared_ptr<HttpConnectionLink> link_;

  HttpRequestReader reader_;
  std::vector<char> input_;  // [input_begin_, input_end_) is unread; moves only between reads
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::size_t discarded_ = 0;  // bytes thrown away after the last request

  HttpAnswerQueue answers_;
  std::string output_;
  std::size_t output_sent_ = 0;
  std::size_t output_progress_ = 0;  // bytes the client took since the write deadline was set

  bool admitted_ = false;      // counts as an open connection
  bool input_closed_ = false;  // no further request is taken
  bool peer_ended_ = false;    // the client sent its last byte
  bool refused_ = false;       // the client may still be sending what we shall not read
  bool continue_due_ = false;  // "100 Continue" is to be sent after the answers before it
  bool reader_waits_ = false;  // for wake_reader
  bool writing_ = false;       // a coroutine waits for room in the socket
  bool moving_ = false;        // inside pump
  bool finished_ = false;      // everything is sent and our side is shut down
  bool aborted_ = false;
  unsigned quiet_ticks_ = 0;

  Wait wait_ = Wait::nothing;
  Duration wait_deadline_;
  Duration write_deadline_;
};

}  // namespace tally::platform
