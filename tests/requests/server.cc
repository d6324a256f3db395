#include "requests/server.h"

namespace tally::requests {

namespace {

constexpr Duration kAnswerMost = seconds(60);
constexpr Duration kStartMost = seconds(600);

sim::Swarm quiet_swarm() {
  sim::Swarm swarm;
  swarm.checkpoint_every = milliseconds(100);
  swarm.lease = seconds(120);
  swarm.queue_deadline = hours(1);
  swarm.archive_after = hours(2);
  swarm.work.slow_per_mille = 0;
  swarm.audits_before_safe_mode = 0;
  return swarm;
}

struct Receiver : ports::Responder::Sink, std::enable_shared_from_this<Receiver> {
  void send(ports::HttpResponse response) override {
    answered = true;
    answer = std::move(response);
  }
  std::shared_ptr<ports::ResponseStream::Sink> begin(ports::HttpHead head) override;
  bool gone() const override { return false; }
  bool answered = false;
  ports::HttpResponse answer;
};

// A client that takes everything at once.
class Pieces final : public ports::ResponseStream::Sink {
 public:
  explicit Pieces(std::shared_ptr<Receiver> sink) : sink_(std::move(sink)) {}
  std::size_t write(std::string_view piece) override {
    sink_->answer.body += piece;
    return kRoom;
  }
  void when_room(std::function<void()> resume) override { resume(); }
  void end() override { sink_->answered = true; }
  bool gone() const override { return false; }

 private:
  static constexpr std::size_t kRoom = 64 * 1024;
  std::shared_ptr<Receiver> sink_;
};

std::shared_ptr<ports::ResponseStream::Sink> Receiver::begin(ports::HttpHead head) {
  answer = {.status = head.status, .headers = std::move(head.headers), .body = {}};
  return std::make_shared<Pieces>(shared_from_this());
}

ports::HttpRequest operators(std::string method, std::string path, std::string body) {
  ports::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = {{"authorization", "Bearer " + std::string(sim::kOperatorToken)}};
  if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
  request.body = std::move(body);
  request.peer = "192.0.2.251";
  return request;
}

}  // namespace

std::string_view Answered::header(std::string_view name) const {
  for (auto const& [key, value] : headers)
    if (key == name) return value;
  return {};
}

json::Value Answered::document() const {
  auto value = json::parse(body);
  return value ? std::move(*value) : json::Value();
}

std::string Answered::text(std::string_view member) const {
  json::Value const all = document();
  auto const* found = all.find(member);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

Server::Server(std::uint64_t seed)
    : swarm_(quiet_swarm()), machine_(seed, swarm_, timeline_, clock_, executions_) {
  machine_.watch({.died = [] {},
                  .recovered = [] {},
                  .refused = [this](std::string why) { refused_ = std::move(why); },
                  .ends = [](wiring::Node&) {}});
  machine_.boot();
  step_until(kStartMost, [this] { return machine_.serves(); });
}

template <class Condition>
bool Server::step_until(Duration within, Condition holds) {
  Duration const end = clock_.monotonic() + within;
  timeline_.at(end, [] {});
  while (!holds() && refused_.empty() && clock_.monotonic() < end) machine_.advance();
  return holds();
}

Answered Server::ask(ports::HttpRequest request) {
  if (!step_until(kStartMost, [this] { return machine_.serves(); })) return {};
  auto const sink = std::make_shared<Receiver>();
  machine_.handle(std::move(request), ports::Responder(sink));
  if (!step_until(kAnswerMost, [&] { return sink->answered; })) return {};
  return {.status = sink->answer.status,
          .headers = std::move(sink->answer.headers),
          .body = std::move(sink->answer.body)};
}

Answered Server::get(std::string path) { return ask(operators("GET", std::move(path), {})); }
Answered Server::post(std::string path, std::string body) {
  return ask(operators("POST", std::move(path), std::move(body)));
}

void Server::pass(Duration time) {
  step_until(time, [] { return false; });
}

void Server::crash() {
  if (machine_.runs()) machine_.die(false);
}

void Server::stop() {
  if (!step_until(kStartMost, [this] { return machine_.serves(); })) return;
  machine_.stop();
  step_until(kStartMost, [this] { return machine_.stopped(); });
}

}  // namespace tally::requests
