#include "platform/http_mailbox.h"

#include <utility>

#include "platform/http_session.h"

namespace tally::platform {

namespace {

thread_local HttpConnectionLink const* dispatching = nullptr;

}  // namespace

void HttpMailbox::deliver(HttpDelivery delivery) {
  std::lock_guard const lock(mutex_);
  if (!wake_) return;
  waiting_.push_back(std::move(delivery));
  if (waiting_.size() == 1) wake_();
}

std::vector<HttpDelivery> HttpMailbox::take() {
  std::lock_guard const lock(mutex_);
  return std::exchange(waiting_, {});
}

void HttpMailbox::close() {
  std::vector<HttpDelivery> unread;
  std::lock_guard const lock(mutex_);
  wake_ = nullptr;
  unread.swap(waiting_);
}

HttpSink::~HttpSink() {
  if (!sent_.exchange(true)) link_->mailbox->deliver(HttpDelivery{link_, number_, std::nullopt});
}

void HttpSink::send(ports::HttpResponse response) {
  if (sent_.exchange(true)) return;
  if (dispatching == link_.get()) {
    link_->session->store(number_, std::move(response));
  } else {
    link_->mailbox->deliver(HttpDelivery{link_, number_, std::move(response)});
  }
}

bool HttpSink::owned_by(std::string_view owner) {
  return dispatching != link_.get() || link_->session->owned_by(owner);
}

HttpDispatchScope::HttpDispatchScope(HttpConnectionLink const& link) { dispatching = &link; }
HttpDispatchScope::~HttpDispatchScope() { dispatching = nullptr; }

}  // namespace tally::platform
