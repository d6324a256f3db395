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
//
// Turns: a connection begins one request, then all others that are ready come first. Otherwise who
// sends a buffer full of requests would hold the thread for as long as they take.

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
  // Serves the connection on the loop until it ends, or refuses it if there is no place left. The
  // session owns itself (its coroutine does) and is listed in loop.sessions meanwhile; `loop`
  // outlives it.
  static void start(HttpLoop& loop, HttpAccepted accepted);
  ~HttpSession();
  HttpSession(HttpSession const&) = delete;
  HttpSession& operator=(HttpSession const&) = delete;

  // Keeps an answer without sending it yet.
  void store(std::uint64_t number, ports::HttpResponse response);
  void store_dropped(std::uint64_t number);
  void begin(std::uint64_t number, HttpStreamBegun stream);
  // Parses what has arrived and sends what is ready, until neither moves.
  void pump();

  // Counts the connection among those of `owner` from here on; see ports::Responder.
  bool owned_by(std::string_view owner);
  // Whether it may be ended for another's sake: belongs to nobody, is owed nothing, and is of this
  // address (empty: of any).
  bool is_displaceable(std::string_view address) const;
  // Where memory is short: first whoever takes nothing, and has not for the longest time; then
  // whoever has most that waits behind an answer still due.
  bool pays_before(HttpSession const& other) const;
  std::size_t held() const { return held_; }

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
  bool is_resting() const;
  bool may_begin() const;  // another request
  bool has_more() const { return turn_taken_ && may_begin(); }
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
  bool enter();
  void leave();
  void note_held();
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
  void reset_on_close();
  void wake_reader();
  void await_writable();
  void writable();
  void come_again();

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
  std::size_t held_ = 0;             // of these and of answers_, as counted for the whole server

  std::string owner_;          // for whom it speaks; empty while nobody has said so
  bool admitted_ = false;      // counts as an open connection
  bool input_closed_ = false;  // no further request is taken
  bool peer_ended_ = false;    // the client sent its last byte
  bool refused_ = false;       // the client may still be sending what we shall not read
  bool continue_due_ = false;  // "100 Continue" is to be sent after the answers before it
  bool reader_waits_ = false;  // for wake_reader
  bool writing_ = false;       // a coroutine waits for room in the socket
  bool moving_ = false;        // inside pump
  bool turn_taken_ = false;    // this pump has begun a request: the others come first
  bool comes_again_ = false;   // pump is posted
  bool unframed_ = false;      // the last answer is complete where the connection closes
  bool finished_ = false;      // everything is sent and our side is shut down
  bool aborted_ = false;
  unsigned quiet_ticks_ = 0;

  Duration rest_until_;  // nothing is begun before; zero: at once
  Wait wait_ = Wait::nothing;
  Duration wait_deadline_;
  Duration write_deadline_;
};

}  // namespace tally::platform
