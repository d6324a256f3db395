#pragma once

// How answers get from any thread to the event loop that owns their connection. Nothing here
// refers to a socket, so a Responder may outlive its connection, its loop and the server.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "platform/http_stream_pipe.h"
#include "ports/http.h"

namespace tally::platform {

class HttpMailbox;
class HttpSession;

// What a connection and the responders of its requests share.
struct HttpConnectionLink {
  std::shared_ptr<HttpMailbox> mailbox;
  std::atomic<bool> gone{false};   // the client ended its side, or the connection is closed
  HttpSession* session = nullptr;  // for the loop's thread only; null once it is closed
  std::size_t stream_bytes_max = 0;
};

struct HttpDropped {};  // the responder is gone, and nothing was answered
struct HttpStreamBegun {
  ports::HttpHead head;
  std::shared_ptr<HttpStreamPipe> pipe;
};
struct HttpStreamMoved {};  // there is something to take

struct HttpDelivery {
  std::shared_ptr<HttpConnectionLink> link;
  std::uint64_t number = 0;  // of the request, see HttpAnswerQueue
  std::variant<HttpDropped, ports::HttpResponse, HttpStreamBegun, HttpStreamMoved> what;
};

// Nobody will take it: a stream's writer is told.
void abandon(HttpDelivery const& delivery);

class HttpMailbox {
 public:
  // `wake` makes the loop call `take` soon. It is called with the lock held, and not after close.
  explicit HttpMailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void deliver(HttpDelivery delivery);  // any thread
  std::vector<HttpDelivery> take();     // the loop's thread
  void close();                         // later deliveries are abandoned

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

  void send(ports::HttpResponse response) override;  // the first call counts, of this or the next
  std::shared_ptr<ports::ResponseStream::Sink> begin(ports::HttpHead head) override;
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
