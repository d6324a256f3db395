// The part of a connection that waits: two coroutines over Asio. One reads for as long as the
// connection lives and owns the session; the other exists while the socket has no room for output.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "platform/http_session.h"

namespace tally::platform {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t input_slack_bytes = 4 * 1024;  // so that a head is seen to be too long

}  // namespace

struct HttpSession::Io {
  explicit Io(asio::io_context& io) : socket(io), wake(io, asio::steady_timer::time_point::max()) {}

  tcp::socket socket;
  asio::steady_timer wake;  // never expires; cancelling it wakes the reader

  static asio::awaitable<void> serve(std::shared_ptr<HttpSession> session);
  static asio::awaitable<void> read(std::shared_ptr<HttpSession> session);
  static asio::awaitable<void> wait_writable(std::shared_ptr<HttpSession> session);
};

asio::awaitable<void> HttpSession::Io::serve(std::shared_ptr<HttpSession> session) {
  try {
    co_await read(session);
  } catch (...) {  // nothing leaves a connection but its end
  }
  session->abort();
}

asio::awaitable<void> HttpSession::Io::read(std::shared_ptr<HttpSession> session) {
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto& io = *session->io_;
  while (!session->is_over()) {
    auto const room = session->room();
    if (room.empty()) {
      session->reader_waits_ = true;
      co_await io.wake.async_wait(token);
      session->reader_waits_ = false;
      continue;
    }
    auto const buffer = asio::mutable_buffer(room.data(), room.size());
    auto const [error, count] = co_await io.socket.async_read_some(buffer, token);
    if (error == asio::error::eof) {
      session->peer_ended();
    } else if (error) {
      session->abort();
    } else {
      session->received(count);
    }
  }
}

asio::awaitable<void> HttpSession::Io::wait_writable(std::shared_ptr<HttpSession> session) {
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto const writable = tcp::socket::wait_write;
  auto const [error] = co_await session->io_->socket.async_wait(writable, token);
  if (error) session->abort();
  session->writable();
}

void HttpSession::start(HttpLoop& loop, HttpAccepted accepted) {
  auto const protocol = accepted.peer.ipv6 ? tcp::v6() : tcp::v4();
  auto io = std::make_unique<Io>(loop.io);
  error_code error;
  io->socket.assign(protocol, accepted.socket.get(), error);
  if (error) return;
  accepted.socket.release();
  std::shared_ptr<HttpSession> const session(
      new HttpSession(loop, std::move(accepted.peer), std::move(io)));
  session->self_ = session;
  if (!session->enter())
    session->refuse({ports::HttpFault::too_many, 503, "the server has no free connection"});
  session->pump();  // sends the refusal, or arms the first deadline
  asio::co_spawn(loop.io, Io::serve(session), asio::detached);
}

HttpSession::HttpSession(HttpLoop& loop, HttpPeer peer, std::unique_ptr<Io> io)
    : loop_(loop),
      peer_(std::move(peer)),
      fd_(io->socket.native_handle()),
      io_(std::move(io)),
      link_(std::make_shared<HttpConnectionLink>()),
      reader_({loop.options.header_bytes_max, loop.options.body_bytes_max}),
      input_(loop.options.header_bytes_max + input_slack_bytes) {
  link_->mailbox = loop.mailbox;
  link_->session = this;
  link_->stream_bytes_max = loop.options.stream_bytes_max;
  loop_.sessions.push_back(this);
}

HttpSession::~HttpSession() {
  link_->gone.store(true, std::memory_order_relaxed);
  link_->session = nullptr;
  answers_.abandon();
  std::erase(loop_.sessions, this);
  leave();
  aborted_ = true;
  note_held();
}

void HttpSession::close_socket() {
  error_code ignored;
  io_->socket.close(ignored);
}

// Otherwise the end of the connection would look like that of the body.
void HttpSession::reset_on_close() {
  error_code ignored;
  io_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
}

void HttpSession::wake_reader() { io_->wake.cancel(); }

void HttpSession::come_again() {
  if (std::exchange(comes_again_, true)) return;
  asio::post(loop_.io, [self = self_] {
    auto const session = self.lock();
    if (!session) return;
    session->comes_again_ = false;
    session->pump();
  });
}

void HttpSession::await_writable() {
  writing_ = true;
  asio::co_spawn(loop_.io, Io::wait_writable(self_.lock()), asio::detached);
}

}  // namespace tally::platform
