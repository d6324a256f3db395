#pragma once

// An HTTP response whose body comes in pieces, for what is too large to be held, or not there yet.
//
//     auto stream = responder.begin({.status = 200, .headers = ...});
//     while (there is more)
//       if (stream.write(piece) == 0) return stream.when_room(go on);
//     stream.end();
//
// Handlers are plain calls: nobody waits in a write. What a slow client has not taken is bounded;
// whoever writes stops when there is no room, and is called when there is some again.
//
// A stream that is dropped without `end` is cut off such that no client takes it for complete.

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace tally::ports {

class ResponseStream {
 public:
  // Destroyed before `end`, it cuts the response off.
  struct Sink {
    virtual ~Sink() = default;
    virtual std::size_t write(std::string_view piece) = 0;
    virtual void when_room(std::function<void()> resume) = 0;
    virtual void end() = 0;
    virtual bool gone() const = 0;
  };
  ResponseStream() = default;
  explicit ResponseStream(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}

  // Takes the piece whole and returns how many bytes may be written now; 0: none before `when_room`
  // has called, or for ever where the client is gone. A write without room cuts the response off.
  // Any thread, one at a time.
  std::size_t write(std::string_view piece) { return sink_ ? sink_->write(piece) : 0; }

  // Calls `resume` once, as soon as there is room again or the client is gone; at once if so now.
  // On any thread; it must not block, and may drop or write to the stream.
  void when_room(std::function<void()> resume) {
    if (auto const sink = sink_) sink->when_room(std::move(resume));
  }

  // The body is complete. Nothing can be written afterwards.
  void end() {
    if (auto const sink = std::exchange(sink_, nullptr)) sink->end();
  }

  // Nobody reads what is written: the client has closed the connection or was too slow, the server
  // stops, or the request was HEAD.
  bool gone() const { return !sink_ || sink_->gone(); }

 private:
  std::shared_ptr<Sink> sink_;
};

}  // namespace tally::ports
