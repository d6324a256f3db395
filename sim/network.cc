#include "sim/network.h"

#include <fmt/format.h>

namespace tally::sim {

namespace {

constexpr Duration kTravelLeast = microseconds(50);

}  // namespace

struct Network::Open {
  Call call;
  bool over = false;
  void finish(std::optional<Answer> outcome) {
    if (std::exchange(over, true)) return;
    call.done(std::move(outcome));
  }
};

// One response in pieces. Like TCP it keeps their order, and whoever writes can be ahead of the
// client by a window only; unlike it, the window is small, so that it is full often.
struct Network::Stream {
  std::shared_ptr<Open> open;
  ports::HttpResponse response;  // what has arrived
  std::size_t window = 0;
  std::size_t on_the_way = 0;
  Duration last_arrival;
  bool cut = false;  // the connection broke, or the process ended
  std::function<void()> resume;

  bool gone() const { return cut || open->over; }
  std::size_t room() const { return on_the_way < window ? window - on_the_way : 0; }
  void call_back() {
    if (auto const go_on = std::exchange(resume, nullptr)) go_on();
  }
};

class Network::StreamSink final : public ports::ResponseStream::Sink {
 public:
  StreamSink(Network& network, std::shared_ptr<Stream> stream)
      : network_(network), stream_(std::move(stream)) {}
  ~StreamSink() override {
    if (ended_) return;
    stream_->cut = true;
    network_.cut_off(stream_->open);
  }
  StreamSink(StreamSink const&) = delete;
  StreamSink& operator=(StreamSink const&) = delete;

  std::size_t write(std::string_view piece) override {
    if (gone()) return 0;
    network_.verdicts_.require(stream_->room() > 0, "a stream is written only where there is room",
                               stream_->open->call.request.path);
    stream_->on_the_way += piece.size();
    network_.arrive(stream_, piece);
    return gone() ? 0 : stream_->room();
  }
  void when_room(std::function<void()> resume) override {
    if (gone() || stream_->room() > 0) return resume();
    stream_->resume = std::move(resume);
  }
  void end() override {
    ended_ = true;
    network_.end(stream_);
  }
  bool gone() const override { return stream_->gone() || network_.machine_.disk().power_is_cut(); }

 private:
  Network& network_;
  std::shared_ptr<Stream> stream_;
  bool ended_ = false;
};

class Network::Sink final : public ports::Responder::Sink {
 public:
  Sink(Network& network, std::shared_ptr<Open> open) : network_(network), open_(std::move(open)) {}
  ~Sink() override {
    if (sent_) return;
    // A power cut in the middle of a step ends the machine behind that step.
    bool const cut = network_.machine_.is_dying() || network_.machine_.disk().power_is_cut();
    if (!cut && !gone()) {
      network_.verdicts_.broken("a request was dropped without an answer: " +
                                open_->call.request.path);
    }
    network_.cut_off(open_);
  }
  void send(ports::HttpResponse response) override {
    // With the power the network card goes too.
    if (network_.machine_.disk().power_is_cut()) return;
    sent_ = true;
    network_.answer(open_, response);
  }
  std::shared_ptr<ports::ResponseStream::Sink> begin(ports::HttpHead head) override {
    sent_ = true;
    return network_.begin(open_, std::move(head));
  }
  bool gone() const override { return open_->over; }

 private:
  Network& network_;
  std::shared_ptr<Open> open_;
  bool sent_ = false;
};

Duration Network::travel() {
  auto const most = static_cast<std::uint64_t>(faults_.delay_max.value()) + 1;
  // Mostly near the short end, so that few overtake many.
  std::uint64_t const range = prng_.chance(800) ? most / 20 + 1 : most;
  return kTravelLeast + Duration(static_cast<std::int64_t>(prng_.below(range)));
}

void Network::call(Call call) {
  auto const open = std::make_shared<Open>();
  open->call = std::move(call);
  timeline_.at(clock_.monotonic() + open->call.patience, [open] { open->finish(std::nullopt); });
  int const copies = prng_.chance(faults_.doubled_per_mille) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (prng_.chance(faults_.request_lost_per_mille)) continue;
    timeline_.at(clock_.monotonic() + travel(), [this, open] { deliver(open); });
  }
}

void Network::deliver(std::shared_ptr<Open> const& open) {
  auto const& request = open->call.request;
  machine_.note([&] {
    return fmt::format("request {} {}?{} {}", request.method, request.path, request.query,
                       sha256(as_bytes(request.body)).hex().substr(0, 16));
  });
  if (!machine_.serves()) return cut_off(open);
  if (open->call.delivered) open->call.delivered();
  machine_.handle(open->call.request, ports::Responder(std::make_shared<Sink>(*this, open)));
}

// What the client would see: its status, its fields, its body.
std::string Network::text_of(Open const& open, ports::HttpResponse const& response) {
  std::string seen = response.body;
  for (auto const& [name, value] : response.headers) seen += "\n" + name + ": " + value;
  return fmt::format("answer {} {} {}", open.call.request.path, response.status,
                     sha256(as_bytes(seen)).hex().substr(0, 16));
}

void Network::answer(std::shared_ptr<Open> const& open, ports::HttpResponse const& response) {
  machine_.note([&] { return text_of(*open, response); });
  machine_.happened(Moment::answer);
  if (prng_.chance(faults_.answer_lost_per_mille)) return;
  timeline_.at(clock_.monotonic() + travel(), [open, answer = Answer::read(response)] {
    if (open->call.saw) open->call.saw(answer);
    open->finish(answer);
  });
}

std::shared_ptr<ports::ResponseStream::Sink> Network::begin(std::shared_ptr<Open> const& open,
                                                            ports::HttpHead head) {
  constexpr std::uint64_t kWindowMost = 32 * 1024;
  auto const stream = std::make_shared<Stream>();
  stream->open = open;
  stream->response.status = head.status;
  stream->response.headers = std::move(head.headers);
  stream->window = 1 + prng_.below(kWindowMost);
  stream->last_arrival = clock_.monotonic();
  std::erase_if(streams_, [](auto const& one) { return one.expired(); });
  streams_.push_back(stream);
  return std::make_shared<StreamSink>(*this, stream);
}

// A broken connection is noticed by both sides.
void Network::arrive(std::shared_ptr<Stream> const& stream, std::string_view piece) {
  machine_.note([&] {
    return fmt::format("piece {} {}", stream->open->call.request.path,
                       sha256(as_bytes(piece)).hex().substr(0, 16));
  });
  if (prng_.chance(faults_.answer_lost_per_mille)) {
    stream->cut = true;
    cut_off(stream->open);
    return;
  }
  stream->last_arrival = std::max(stream->last_arrival, clock_.monotonic() + travel());
  timeline_.at(stream->last_arrival, [stream, piece = std::string(piece)] {
    if (!stream->cut) stream->response.body += piece;
    stream->on_the_way -= piece.size();
    if (stream->gone() || stream->on_the_way <= stream->window / 2) stream->call_back();
  });
}

void Network::end(std::shared_ptr<Stream> const& stream) {
  if (machine_.disk().power_is_cut()) return cut_off(stream->open);
  machine_.happened(Moment::answer);
  timeline_.at(std::max(stream->last_arrival, clock_.monotonic()), [stream] {
    if (stream->cut) return;
    auto const answer = Answer::read(stream->response);
    if (stream->open->call.saw) stream->open->call.saw(answer);
    stream->open->finish(answer);
  });
}

void Network::cut_streams() {
  for (auto const& one : std::exchange(streams_, {})) {
    auto const stream = one.lock();
    if (stream == nullptr) continue;
    stream->cut = true;
    cut_off(stream->open);
    std::function<void()> const unused = std::exchange(stream->resume, nullptr);
  }
}

void Network::cut_off(std::shared_ptr<Open> const& open) {
  timeline_.at(clock_.monotonic() + travel(), [open] { open->finish(std::nullopt); });
}

}  // namespace tally::sim
