#include "platform/http_worker.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "platform/http_response_writer.h"
#include "platform/http_session.h"
#include "platform/system_clock.h"

namespace tally::platform {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t accepts_in_a_row_max = 64;    // then the connections get their turn
constexpr std::size_t refusals_lingering_max = 64;  // past this, excess connections just close

}  // namespace

struct HttpWorker::State {
  State(HttpServerOptions const& options, ports::HttpService& service, HttpCounters& counters,
        HttpCensus& census, SocketHandle listening)
      : listener_fd(listening.get()),
        loop{.io = io,
             .options = options,
             .service = service,
             .counters = counters,
             .census = census,
             .mailbox = std::make_shared<HttpMailbox>([this] { wake(); }),
             .now = clock.monotonic(),
             .date = http_date(clock.wall())},
        listener(io, listening.release()),
        timer(io) {}

  static asio::awaitable<void> accept(State* state);
  static asio::awaitable<void> tick(State* state);
  void run();
  void wake();
  void deliver();
  bool accept_some();
  void report_exhaustion();
  void admit(HttpAccepted accepted);
  bool displace(std::string_view address);
  bool has_place(std::string const& address);
  bool relieve();
  void drain(Duration until);
  void update();
  bool has_ended() const { return loop.draining && loop.sessions.empty(); }

  SystemClock clock;
  int listener_fd;
  asio::io_context io{1};
  HttpLoop loop;
  asio::posix::stream_descriptor listener;
  asio::steady_timer timer;
  Duration drain_until;
  bool accepting = true;
  std::thread thread;
};

// Runs until the worker was told to stop and its last connection has ended.
void HttpWorker::State::run() {
  asio::co_spawn(io, accept(this), asio::detached);
  asio::co_spawn(io, tick(this), asio::detached);
  io.run();
  loop.mailbox->close();
}

asio::awaitable<void> HttpWorker::State::accept(State* state) {
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto const readable = asio::posix::stream_descriptor::wait_read;
  while (state->accepting) {
    auto const [error] = co_await state->listener.async_wait(readable, token);
    if (error || !state->accepting) break;
    bool const accepted = state->accept_some();
    if (accepted) continue;
    // No descriptors are left; the kernel keeps the connections while some are given back.
    state->report_exhaustion();
    asio::steady_timer pause(state->io,
                             std::chrono::microseconds(state->loop.options.tick.value()));
    co_await pause.async_wait(token);
  }
}

// False when the process has run out of descriptors.
bool HttpWorker::State::accept_some() {
  bool exhausted = false;
  for (std::size_t i = 0; i < accepts_in_a_row_max; ++i) {
    auto accepted = accept_from(listener_fd, exhausted);
    if (!accepted) break;
    admit(*std::move(accepted));
  }
  return !exhausted;
}

void HttpWorker::State::report_exhaustion() {
  ports::ErrorReport report;
  report.exception_type = "descriptors_exhausted";
  report.message = "no connection can be accepted: the process has no file descriptors left";
  loop.options.errors.report<ErrorClass::infra_resource_exhausted>(std::move(report));
}

// Ends the oldest connection of this loop that belongs to nobody and is owed no answer, of this
// address or (empty) of any. Whoever has just come is about to ask; whoever is idle is not.
bool HttpWorker::State::displace(std::string_view address) {
  auto const found = std::ranges::find_if(
      loop.sessions, [&](HttpSession* session) { return session->is_displaceable(address); });
  if (found == loop.sessions.end()) return false;
  loop.counters.displaced.fetch_add(1, std::memory_order_relaxed);
  (*found)->abort();
  return true;
}

// Whether there is a place for a connection of `address`; if need be, that of an idle one.
bool HttpWorker::State::has_place(std::string const& address) {
  bool const full = loop.counters.connections_open.load(std::memory_order_relaxed) >=
                    loop.options.connections_max;
  if (full && !displace("")) return false;
  return loop.census.has_room(address) || displace(address);
}

void HttpWorker::State::admit(HttpAccepted accepted) {
  loop.counters.connections.fetch_add(1, std::memory_order_relaxed);
  bool const over = !has_place(accepted.peer.address);
  auto const lingering_max = loop.options.connections_max + refusals_lingering_max;
  if (over && loop.sessions.size() >= lingering_max) return;
  try {
    HttpSession::start(loop, std::move(accepted));
  } catch (...) {  // out of memory: the connection is closed, the others go on
  }
}

asio::awaitable<void> HttpWorker::State::tick(State* state) {
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto const period = std::chrono::microseconds(state->loop.options.tick.value());
  while (!state->has_ended()) {
    state->timer.expires_after(period);
    co_await state->timer.async_wait(token);
    state->update();
  }
}

void HttpWorker::State::update() {
  loop.now = clock.monotonic();
  loop.date = http_date(clock.wall());
  bool const cut_off = loop.draining && loop.now >= drain_until;
  for (auto* const session : loop.sessions) {
    if (cut_off) {
      session->abort();
    } else {
      session->on_tick();
    }
  }
  auto const& waiting = loop.counters.output_bytes;
  while (waiting.load(std::memory_order_relaxed) > loop.options.output_bytes_total_max) {
    if (!relieve()) break;
  }
}

// Ends one connection whose client does not take its answers. What is held at a tick was not sent
// when it could have been. False if this loop has none.
bool HttpWorker::State::relieve() {
  HttpSession* payer = nullptr;
  for (auto* const one : loop.sessions) {
    if (one->held() > 0 && (payer == nullptr || one->pays_before(*payer))) payer = one;
  }
  if (payer == nullptr) return false;
  loop.counters.not_reading.fetch_add(1, std::memory_order_relaxed);
  payer->abort();
  return true;
}

void HttpWorker::State::wake() {
  asio::post(io, [this] { deliver(); });
}

// All answers are stored before the first is sent, so that those of a connection share a write.
void HttpWorker::State::deliver() {
  auto deliveries = loop.mailbox->take();
  for (auto& delivery : deliveries) {
    auto* const session = delivery.link->session;
    if (session == nullptr) {
      abandon(delivery);
    } else if (auto* response = std::get_if<ports::HttpResponse>(&delivery.what)) {
      session->store(delivery.number, std::move(*response));
    } else if (auto* stream = std::get_if<HttpStreamBegun>(&delivery.what)) {
      session->begin(delivery.number, std::move(*stream));
    } else if (std::holds_alternative<HttpDropped>(delivery.what)) {
      session->store_dropped(delivery.number);
    }
  }
  for (auto const& delivery : deliveries) {
    if (delivery.link->session != nullptr) delivery.link->session->pump();
  }
}

// Connections that the kernel has completed for us are taken in first: their clients have been
// told that somebody listens.
void HttpWorker::State::drain(Duration until) {
  accept_some();
  accepting = false;
  error_code ignored;
  listener.close(ignored);
  loop.draining = true;
  drain_until = until;
}

HttpWorker::HttpWorker(HttpServerOptions const& options, ports::HttpService& service,
                       HttpCounters& counters, HttpCensus& census, SocketHandle listener)
    : state_(std::make_unique<State>(options, service, counters, census, std::move(listener))) {
  state_->thread = std::thread(&State::run, state_.get());
}

HttpWorker::~HttpWorker() { join(); }

void HttpWorker::begin_stop(Duration grace) {
  auto const until = state_->clock.monotonic() + grace;
  asio::post(state_->io, [state = state_.get(), until] { state->drain(until); });
}

void HttpWorker::join() {
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace tally::platform
