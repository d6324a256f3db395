#include "platform/http_mailbox.h"

#include <utility>

#include "platform/http_session.h"

namespace tally::platform {

namespace {

thread_local HttpConnectionLink const* dispatching = nullptr;

class StreamSink final : public ports::ResponseStream::Sink {
 public:
  explicit StreamSink(std::shared_ptr<HttpStreamPipe> pipe) : pipe_(std::move(pipe)) {}
  ~StreamSink() override { pipe_->drop(); }
  StreamSink(StreamSink const&) = delete;
  StreamSink& operator=(StreamSink const&) = delete;

  std::size_t write(std::string_view piece) override { return pipe_->write(piece); }
  void when_room(std::function<void()> resume) override { pipe_->when_room(std::move(resume)); }
  void end() override { pipe_->end(); }
  bool gone() const override { return pipe_->gone(); }

 private:
  std::shared_ptr<HttpStreamPipe> pipe_;
};

}  // namespace

void abandon(HttpDelivery const& delivery) {
  if (auto const* begun = std::get_if<HttpStreamBegun>(&delivery.what)) begun->pipe->abandon();
}

void HttpMailbox::deliver(HttpDelivery delivery) {
  {
    std::lock_guard const lock(mutex_);
    if (wake_) {
      waiting_.push_back(std::move(delivery));
      if (waiting_.size() == 1) wake_();
      return;
    }
  }
  abandon(delivery);
}

std::vector<HttpDelivery> HttpMailbox::take() {
  std::lock_guard const lock(mutex_);
  return std::exchange(waiting_, {});
}

void HttpMailbox::close() {
  std::vector<HttpDelivery> unread;
  {
    std::lock_guard const lock(mutex_);
    wake_ = nullptr;
    unread.swap(waiting_);
  }
  for (auto const& delivery : unread) abandon(delivery);
}

HttpSink::~HttpSink() {
  if (!sent_.exchange(true)) link_->mailbox->deliver(HttpDelivery{link_, number_, HttpDropped{}});
}

void HttpSink::send(ports::HttpResponse response) {
  if (sent_.exchange(true)) return;
  if (dispatching == link_.get()) {
    link_->session->store(number_, std::move(response));
  } else {
    link_->mailbox->deliver(HttpDelivery{link_, number_, std::move(response)});
  }
}

std::shared_ptr<ports::ResponseStream::Sink> HttpSink::begin(ports::HttpHead head) {
  auto notify = [link = link_, number = number_] {
    link->mailbox->deliver(HttpDelivery{link, number, HttpStreamMoved{}});
  };
  auto pipe = std::make_shared<HttpStreamPipe>(link_->stream_bytes_max, std::move(notify));
  auto stream = std::make_shared<StreamSink>(pipe);
  HttpStreamBegun begun{std::move(head), std::move(pipe)};
  if (sent_.exchange(true)) {
    begun.pipe->abandon();
  } else if (dispatching == link_.get()) {
    link_->session->begin(number_, std::move(begun));
  } else {
    link_->mailbox->deliver(HttpDelivery{link_, number_, std::move(begun)});
  }
  return stream;
}

bool HttpSink::owned_by(std::string_view owner) {
  return dispatching != link_.get() || link_->session->owned_by(owner);
}

HttpDispatchScope::HttpDispatchScope(HttpConnectionLink const& link) { dispatching = &link; }
HttpDispatchScope::~HttpDispatchScope() { dispatching = nullptr; }

}  // namespace tally::platform
