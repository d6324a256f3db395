#include "platform/http_session.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tally::platform {

using ports::HttpFault;

namespace {

constexpr std::size_t input_room_min = 2 * 1024;            // less room than this is made larger
constexpr std::size_t discard_bytes_max = 4 * 1024 * 1024;  // of a body that was refused
constexpr std::size_t output_bytes_kept = 64 * 1024;        // capacity kept between answers
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void HttpSession::store(std::uint64_t number, ports::HttpResponse response) {
  if (response.rest > Duration() && owner_.empty())
    rest_until_ = loop_.now + loop_.options.tick + response.rest;
  answers_.answer(number, std::move(response));
  note_held();
}

void HttpSession::store_dropped(std::uint64_t number) {
  answers_.answer(number, response_for({HttpFault::internal, 500, "the request got no answer"}));
}

void HttpSession::begin(std::uint64_t number, HttpStreamBegun stream) {
  answers_.begin(number, std::move(stream));
  note_held();
}

void HttpSession::received(std::size_t count) {
  if (input_closed_) {
    discarded_ += count;
    return;
  }
  input_end_ += count;
  pump();
}

void HttpSession::peer_ended() {
  peer_ended_ = true;
  link_->gone.store(true, std::memory_order_relaxed);
  if (finished_) return;
  pump();
}

std::span<char> HttpSession::room() {
  if (peer_ended_) return {};
  if (input_closed_)
    return discarded_ < discard_bytes_max ? std::span<char>(input_) : std::span<char>();
  if (input_begin_ == input_end_) input_begin_ = input_end_ = 0;
  if (input_begin_ > 0 && input_.size() - input_end_ < input_room_min) {
    std::memmove(input_.data(), input_.data() + input_begin_, input_end_ - input_begin_);
    input_end_ -= input_begin_;
    input_begin_ = 0;
  }
  return std::span<char>(input_).subspan(input_end_);
}

void HttpSession::pump() {
  if (moving_ || aborted_) return;
  moving_ = true;
  turn_taken_ = false;
  try {
    move();
  } catch (...) {  // out of memory: this connection pays, not the process
    abort();
  }
  moving_ = false;
  note_held();
  if (!aborted_ && has_more()) come_again();
}

void HttpSession::move() {
  bool moved = true;
  while (moved && !aborted_) {
    bool const parsed = parse();
    bool const sent = send();
    moved = parsed || sent;
  }
  settle();
}

bool HttpSession::is_full() const {
  auto const held = answers_.bytes() + output_.size() - output_sent_;
  return answers_.size() >= loop_.options.requests_pipelined_max ||
         held >= loop_.options.output_bytes_pending_max;
}

bool HttpSession::is_resting() const { return !loop_.draining && loop_.now < rest_until_; }

bool HttpSession::may_begin() const {
  return !input_closed_ && input_begin_ < input_end_ && !is_full() && !is_resting();
}

bool HttpSession::parse() {
  bool moved = false;
  while (!turn_taken_ && may_begin()) {
    std::string_view const unread(input_.data() + input_begin_, input_end_ - input_begin_);
    std::size_t used = 0;
    auto const step = reader_.read(unread, used);
    input_begin_ += used;
    if (step == HttpRequestReader::Step::need_more) {
      if (reader_.take_continue_wanted()) continue_due_ = true;
      break;
    }
    moved = true;
    turn_taken_ = true;
    wait_ = Wait::nothing;  // the next request has its own deadlines
    continue_due_ = false;
    if (step == HttpRequestReader::Step::refused) {
      refuse(reader_.refusal());
    } else {
      dispatch(reader_.take());
    }
  }
  return moved;
}

void HttpSession::dispatch(HttpIncoming incoming) {
  auto const number = answers_.open(incoming.form);
  if (!incoming.form.keep_alive) close_input();
  incoming.request.peer = peer_.address;
  incoming.request.from_loopback = peer_.loopback;
  loop_.counters.requests.fetch_add(1, std::memory_order_relaxed);
  ports::Responder responder(std::make_shared<HttpSink>(link_, number));
  HttpDispatchScope const scope(*link_);
  try {
    loop_.service.handle(std::move(incoming.request), std::move(responder));
  } catch (...) {  // the responder is dropped by now, or stored: 500, or what was stored
  }
}

void HttpSession::refuse(HttpRefusal const& refusal) {
  auto const number = answers_.open(HttpAnswerForm{.keep_alive = false});
  answers_.answer(number, response_for(refusal));
  refused_ = true;
  close_input();
}

ports::HttpResponse HttpSession::response_for(HttpRefusal const& refusal) {
  auto& counter = loop_.counters.faults[static_cast<std::size_t>(refusal.fault)];
  counter.fetch_add(1, std::memory_order_relaxed);
  ports::HttpResponse response;
  response.status = refusal.status;
  try {
    response = loop_.service.refuse(refusal.fault, refusal.status, refusal.detail);
  } catch (...) {  // an answer without a body is better than none
  }
  return response;
}

bool HttpSession::send() {
  bool moved = false;
  while (!aborted_ && !writing_) {
    fill_output();
    if (aborted_ || output_.empty()) break;
    write_output();
    moved = true;
  }
  return moved;
}

void HttpSession::fill_output() {
  bool const nothing_unread =
      input_begin_ == input_end_ && reader_.phase() == HttpRequestReader::Phase::idle;
  auto const taken =
      answers_.take_ready(output_, loop_.date, loop_.options.output_bytes_pending_max,
                          loop_.draining && nothing_unread);
  if (taken.closes) close_input();
  if (taken.is_unframed) unframed_ = true;
  if (taken.cut_off) return abort();
  if (taken.dropped) {
    store_dropped(*taken.dropped);
    return fill_output();
  }
  if (continue_due_ && answers_.empty() && !input_closed_) {
    output_ += continue_line;
    continue_due_ = false;
  }
}

void HttpSession::write_output() {
  while (output_sent_ < output_.size()) {
    auto const sent = ::send(fd_, output_.data() + output_sent_, output_.size() - output_sent_,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      arm_write_deadline();
      await_writable();
      return;
    }
    if (sent < 0) return abort();
    output_sent_ += static_cast<std::size_t>(sent);
    output_progress_ += static_cast<std::size_t>(sent);
  }
  output_.clear();
  if (output_.capacity() > output_bytes_kept) output_.shrink_to_fit();
  output_sent_ = 0;
  output_progress_ = 0;
  write_deadline_ = Duration();
}

void HttpSession::writable() {
  writing_ = false;
  if (aborted_) return;
  write_output();
  pump();
}

// What follows from the state that pump reached.
void HttpSession::settle() {
  if (aborted_) return;
  if (peer_ended_ && !is_full() && !has_more()) close_input();
  bool const all_sent = answers_.empty() && output_.empty();
  if (input_closed_ && all_sent && !finished_) finish();
  if (aborted_) return;
  arm_deadline();
  if (reader_waits_) wake_reader();
}

void HttpSession::finish() {
  finished_ = true;
  link_->gone.store(true, std::memory_order_relaxed);
  if (peer_ended_ || (loop_.draining && !refused_)) return abort();
  ::shutdown(fd_, SHUT_WR);
}

bool HttpSession::is_over() const {
  return aborted_ || (finished_ && (peer_ended_ || discarded_ >= discard_bytes_max));
}

// No request has arrived that is not answered, as far as this side can know.
bool HttpSession::is_quiet() const {
  int unread = 0;
  return answers_.empty() && output_.empty() && input_begin_ == input_end_ &&
         reader_.phase() == HttpRequestReader::Phase::idle &&
         ::ioctl(fd_, FIONREAD, &unread) == 0 && unread == 0;
}

bool HttpSession::owned_by(std::string_view owner) {
  if (!admitted_ || owner == owner_) return true;
  if (!loop_.census.change(peer_.address, owner_, owner)) return false;
  owner_ = owner;
  return true;
}

bool HttpSession::is_displaceable(std::string_view address) const {
  bool const of_it = address.empty() || address == peer_.address;
  return admitted_ && of_it && owner_.empty() && answers_.empty() && output_.empty();
}

void HttpSession::note_held() {
  auto const held = aborted_ ? 0 : answers_.bytes() + output_.size() - output_sent_;
  auto& all = loop_.counters.output_bytes;
  all.fetch_add(held, std::memory_order_relaxed);
  all.fetch_sub(std::exchange(held_, held), std::memory_order_relaxed);
}

bool HttpSession::pays_before(HttpSession const& other) const {
  if (writing_ != other.writing_) return writing_;
  return writing_ ? write_deadline_ < other.write_deadline_ : held_ > other.held_;
}

bool HttpSession::enter() {
  auto& open = loop_.counters.connections_open;
  bool const full = open.load(std::memory_order_relaxed) >= loop_.options.connections_max;
  if (full || !loop_.census.enter(peer_.address)) return false;
  admitted_ = true;
  open.fetch_add(1, std::memory_order_relaxed);
  return true;
}

// Its place is another's from here on.
void HttpSession::leave() {
  if (!std::exchange(admitted_, false)) return;
  loop_.counters.connections_open.fetch_sub(1, std::memory_order_relaxed);
  loop_.census.leave(peer_.address, owner_);
}

void HttpSession::abort() {
  if (aborted_) return;
  aborted_ = true;
  link_->gone.store(true, std::memory_order_relaxed);
  leave();
  note_held();
  if (unframed_ && !(answers_.empty() && output_.empty())) reset_on_close();
  answers_.abandon();
  close_socket();
  wake_reader();
}

}  // namespace tally::platform
