// How long a connection may take. Each loop has one timer; at its ticks every session compares
// two deadlines with the clock, which costs less than a timer for each operation.

#include <utility>

#include "platform/http_session.h"

namespace tally::platform {

using ports::HttpFault;
using Phase = HttpRequestReader::Phase;

namespace {

constexpr std::size_t write_progress_bytes = 64 * 1024;  // earns the client a new write_timeout

}  // namespace

// For whom we wait: the deadlines bind the client, never the service. A long poll has none.
HttpSession::Wait HttpSession::waiting_for() const {
  if (finished_) return Wait::linger;
  if (peer_ended_) return Wait::half_closed;
  if (input_closed_ || is_full() || is_resting()) return Wait::nothing;
  if (reader_.phase() == Phase::head) return Wait::head;
  if (reader_.phase() == Phase::body) return Wait::body;
  return answers_.empty() && output_.empty() ? Wait::idle : Wait::nothing;
}

Duration HttpSession::allowed(Wait wait) const {
  switch (wait) {
    case Wait::nothing:
      break;
    case Wait::idle:
      return loop_.options.idle_timeout;
    case Wait::head:
      return loop_.options.header_timeout;
    case Wait::body:
      return loop_.options.body_timeout;
    case Wait::half_closed:
      return loop_.options.half_closed_timeout;
    case Wait::linger:
      return loop_.options.linger_timeout;
  }
  return Duration();
}

// The time of the last tick stands in for the present, so one tick is added: no deadline comes
// early.
void HttpSession::arm_deadline() {
  auto const wait = waiting_for();
  if (wait == wait_) return;
  wait_ = wait;
  wait_deadline_ = loop_.now + loop_.options.tick + allowed(wait);
}

void HttpSession::arm_write_deadline() {
  bool const progressed = output_progress_ >= write_progress_bytes;
  if (write_deadline_ != Duration() && !progressed) return;
  output_progress_ = 0;
  write_deadline_ = loop_.now + loop_.options.tick + loop_.options.write_timeout;
}

void HttpSession::on_tick() {
  if (aborted_) return;
  if (answers_.has_streams()) note_held();
  if (writing_ && loop_.now >= write_deadline_) return abort();
  if (rest_until_ != Duration() && !is_resting()) {
    rest_until_ = Duration();
    pump();
    if (aborted_) return;
  }
  if (wait_ != Wait::nothing && loop_.now >= wait_deadline_) return expire();
  // Bytes may already be on their way from the socket to `received`: the second tick is after.
  quiet_ticks_ = loop_.draining && is_quiet() ? quiet_ticks_ + 1 : 0;
  if (quiet_ticks_ > 1) abort();
}

void HttpSession::expire() {
  switch (wait_) {
    case Wait::nothing:
      return;
    case Wait::half_closed:
    case Wait::linger:
      return abort();
    case Wait::idle:
      close_input();
      break;
    case Wait::head:
      refuse({HttpFault::timed_out, 408, "the request line and headers took too long to arrive"});
      break;
    case Wait::body:
      refuse({HttpFault::timed_out, 408, "the request body took too long to arrive"});
      break;
  }
  pump();
}

}  // namespace tally::platform
