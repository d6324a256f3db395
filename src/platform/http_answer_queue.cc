#include "platform/http_answer_queue.h"

#include <utility>

namespace tally::platform {

std::uint64_t HttpAnswerQueue::open(HttpAnswerForm form) {
  slots_.push_back(Slot{.form = form});
  return first_ + slots_.size() - 1;
}

HttpAnswerQueue::Slot* HttpAnswerQueue::find(std::uint64_t number) {
  bool const is_owed = number >= first_ && number - first_ < slots_.size();
  return is_owed ? &slots_[number - first_] : nullptr;
}

void HttpAnswerQueue::answer(std::uint64_t number, ports::HttpResponse response) {
  Slot* const slot = find(number);
  if (slot == nullptr) return;
  if (slot->response) bytes_ -= slot->response->body.size();
  bytes_ += response.body.size();
  slot->response = std::move(response);
}

void HttpAnswerQueue::begin(std::uint64_t number, HttpStreamBegun stream) {
  Slot* const slot = find(number);
  if (slot == nullptr || !has_body(stream.head.status, slot->form)) stream.pipe->abandon();
  if (slot == nullptr) return;
  if (slot->form.http_1_0) slot->form.keep_alive = false;
  slot->stream = std::move(stream);
  ++streams_;
}

std::size_t HttpAnswerQueue::bytes() const {
  std::size_t all = bytes_;
  if (streams_ == 0) return all;
  for (auto const& slot : slots_)
    if (slot.stream) all += slot.stream->pipe->bytes();
  return all;
}

void HttpAnswerQueue::abandon() {
  if (streams_ == 0) return;
  // Whoever is told may look at this connection again; what it would find is empty.
  streams_ = 0;
  for (auto const& slot : std::exchange(slots_, {}))
    if (slot.stream) slot.stream->pipe->abandon();
}

HttpAnswerQueue::Taken HttpAnswerQueue::take_ready(std::string& out, std::string_view date,
                                                   std::size_t bytes_max, bool last_closes) {
  Taken taken;
  while (!slots_.empty() && out.size() < bytes_max && !taken.cut_off && !taken.dropped) {
    auto& slot = slots_.front();
    if (!slot.response && !slot.stream) break;
    if (last_closes && slots_.size() == 1 && !slot.head_left) slot.form.keep_alive = false;
    auto const owed = slots_.size();
    if (slot.stream)
      take_pieces(out, date, bytes_max, taken);
    else
      take_response(out, date, taken);
    if (slots_.size() == owed) break;  // the stream goes on
    ++taken.answers;
  }
  return taken;
}

void HttpAnswerQueue::take_response(std::string& out, std::string_view date, Taken& taken) {
  Slot const& slot = slots_.front();
  append_response(out, *slot.response, slot.form, date);
  taken.closes = !slot.form.keep_alive;
  pop_front();
}

void HttpAnswerQueue::take_pieces(std::string& out, std::string_view date, std::size_t bytes_max,
                                  Taken& taken) {
  Slot& slot = slots_.front();
  bool const bare = !has_body(slot.stream->head.status, slot.form);
  HttpStreamPipe::Taken piece{.bytes = {}, .state = HttpStreamPipe::State::ended};
  if (!bare) piece = slot.stream->pipe->take(bytes_max - out.size());
  if (piece.state == HttpStreamPipe::State::broken) {
    if (slot.head_left) {
      taken.cut_off = true;
    } else {
      taken.dropped = first_;
      slot.stream.reset();
      --streams_;
    }
    return;
  }
  if (!slot.head_left) {
    append_stream_head(out, slot.stream->head, slot.form, date);
    slot.head_left = true;
    taken.closes = !slot.form.keep_alive;
    taken.is_unframed = !bare && slot.form.http_1_0;
  }
  append_piece(out, piece.bytes, slot.form);
  if (piece.state == HttpStreamPipe::State::open) return;
  if (!bare) append_stream_end(out, slot.form);
  pop_front();
}

// What follows an answer that closes the connection has no answer: the client sends it again.
void HttpAnswerQueue::pop_front() {
  std::size_t const leaving = slots_.front().form.keep_alive ? 1 : slots_.size();
  for (std::size_t i = 0; i < leaving; ++i) {
    Slot const slot = std::move(slots_.front());
    slots_.pop_front();
    ++first_;
    if (slot.response) bytes_ -= slot.response->body.size();
    if (slot.stream) --streams_;
    if (slot.stream && i > 0) slot.stream->pipe->abandon();
  }
}

}  // namespace tally::platform
