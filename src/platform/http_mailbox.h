#pragma once

// How answers get from any thread to the event loop that owns their connection. Nothing here
// refers to a socket, so a Responder may outlive its connection, its loop and the server.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "ports/http.h"

namespace tally::platform {

class HttpMailbox;
class HttpSession;

// What a connection and the responders of its requests share.
struct HttpConnectionLink {
  std::shared_ptr<HttpMailbox> mailbox;
  std::atomic<bool> gone{false};   // the client ended its side, or the connection is closed
  HttpSession* session = nullptr;  // for the loop's thread only; null once it is closed
};

struct HttpDelivery {
  std::shared_ptr<HttpConnectionLink> link;
  std::uint64_t number = 0;                     // of the request, see HttpAnswerQueue
  std::optional<ports::HttpResponse> response;  // none: the responder was dropped
};

class HttpMailbox {
 public:
  // `wake` makes the loop call `take` soon. It is called with the lock held, and not after close.
  explicit HttpMailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void deliver(HttpDelivery delivery);  // any thread
  std::vector<HttpDelivery> take();     // the loop's thread
  void close();                         // later deliveries are thrown away

 private:
  std::mutex mutex_;
  std::function<void()> wake_;  // empty when closed
  std::vector<HttpDelivery> waiting_;
};

class HttpSink final : public ports::Responder::Sink {
 public:
  HttpSink(std::shared_ptr<HttpConnectionLink> link, std::uint64_t number)
      : link_(std::move(link)), number_(number) {}
  ~HttpSink() override;
  HttpSink(HttpSink const&) = delete;
  HttpSink& operator=(HttpSink const&) = delete;

  void send(ports::HttpResponse response) override;  // the first call counts
  bool gone() const override { return link_->gone.load(std::memory_order_relaxed); }
  bool owned_by(std::string_view owner) override;

 private:
  std::shared_ptr<HttpConnectionLink> link_;
  std::uint64_t number_;
  std::atomic<bool> sent_{false};
};

// While one stands, answers to `session` from this thread are stored at once: the service is
// being called for it and the session looks at its queue afterwards. All others take the mailbox,
// so that no service is ever called again from inside its own send.
class HttpDispatchScope {
 public:
  explicit HttpDispatchScope(HttpConnectionLink const& link);
  ~HttpDispatchScope();
  HttpDispatchScope(HttpDispatchScope const&) = delete;
  HttpDispatchScope& operator=(HttpDispatchScope const&) = delete;
};

}  // namespace tally::platform
