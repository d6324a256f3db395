#include "platform/http_answer_queue.h"

#include <utility>

namespace tally::platform {

std::uint64_t HttpAnswerQueue::open(HttpAnswerForm form) {
  slots_.push_back(Slot{form, std::nullopt});
  return first_ + slots_.size() - 1;
}

void HttpAnswerQueue::answer(std::uint64_t number, ports::HttpResponse response) {
  if (number < first_ || number - first_ >= slots_.size()) return;
  auto& slot = slots_[number - first_];
  if (slot.response) bytes_ -= slot.response->body.size();
  bytes_ += response.body.size();
  slot.response = std::move(response);
}

HttpAnswerQueue::Taken HttpAnswerQueue::take_ready(std::string& out, std::string_view date,
                                                   std::size_t bytes_max, bool last_closes) {
  Taken taken;
  while (!slots_.empty() && slots_.front().response && out.size() < bytes_max && !taken.closes) {
    auto form = slots_.front().form;
    if (last_closes && slots_.size() == 1) form.keep_alive = false;
    append_response(out, *slots_.front().response, form, date);
    bytes_ -= slots_.front().response->body.size();
    taken.closes = !form.keep_alive;
    ++taken.answers;
    slots_.pop_front();
    ++first_;
  }
  return taken;
}

}  // namespace tally::platform
