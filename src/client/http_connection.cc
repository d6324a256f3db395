#include "client/http_connection.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <optional>

#include "client/http_connection_socket.h"

namespace tally::client {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;
// An unfinished chunked body still lacks "0 CRLF CRLF" at least, and Beast 1.81 asserts that it is
// not called with less when it comes back to a last chunk.
constexpr std::size_t chunked_rest_bytes_min = 5;
constexpr std::uint16_t default_port = 80;  // RFC 9110 section 4.2.1
constexpr std::string_view scheme = "http://";

using Parser = beast_http::response_parser<beast_http::string_body>;

tl::unexpected<Error> malformed(std::string detail, std::string inside = {}) {
  return fail("malformed", std::move(detail), std::move(inside));
}

tl::unexpected<Error> bad_url() {
  return malformed("a server URL looks like http://127.0.0.1:7070, without a path");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// What could break out of its line in the request.
bool is_sendable(std::string_view method, std::string_view target, HttpHeaders const& headers) {
  auto const has_space = [](std::string_view text) { return text.find(' ') != text.npos; };
  bool const line = !method.empty() && !target.empty() && !has_space(method) &&
                    !has_space(target) && !has_control(method) && !has_control(target);
  return line && std::all_of(headers.begin(), headers.end(), [&](auto const& header) {
           return !header.first.empty() && !has_space(header.first) && !has_control(header.first) &&
                  !has_control(header.second) && header.first.find(':') == header.first.npos;
         });
}

bool implies_length(std::string_view method, std::string_view body) {
  return !body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
}

HttpReply reply_from(Parser::value_type message) {
  HttpReply reply;
  reply.status = static_cast<int>(message.result_int());
  for (auto const& field : message.base()) {
    auto& [name, value] = reply.headers.emplace_back();
    name.assign(field.name_string().data(), field.name_string().size());
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    value.assign(field.value().data(), field.value().size());
  }
  reply.body = std::move(message.body());
  return reply;
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  for (auto const& [key, value] : headers)
    if (key == name) return value;
  return {};
}

Result<ServerUrl> parse_server_url(std::string_view text) {
  if (text.substr(0, scheme.size()) != scheme) return bad_url();
  text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  auto const host_end = text.starts_with('[') ? text.find(']') : text.find(':');
  bool const bracketed = text.starts_with('[');
  if (bracketed && host_end == text.npos) return bad_url();
  ServerUrl url;
  url.host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
  url.port = default_port;
  text.remove_prefix(std::min(text.size(), bracketed ? host_end + 1 : host_end));
  bool const host_valid = !url.host.empty() && !has_control(url.host) &&
                          url.host.find_first_of("/?#@ []\\") == url.host.npos;
  if (!host_valid) return bad_url();
  if (text.empty()) return url;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data() + 1, end, url.port);
  if (text.front() != ':' || error != std::errc() || stop != end || url.port == 0) {
    return bad_url();
  }
  return url;
}

struct HttpConnection::State {
  std::string host;
  std::uint16_t port = 0;
  TcpSocket socket;
  std::string unread;  // received beyond what the parser took

  std::string host_field() const;
  std::string head_of(std::string_view method, std::string_view target, HttpHeaders const& headers,
                      std::string_view body) const;
  Result<bool> make_ready(Deadline const& deadline);
  Result<bool> send_all(std::string_view bytes, Deadline const& deadline);
  Result<HttpReply> receive(bool has_body, Deadline const& deadline);
  Result<bool> receive_into(Parser& parser, Deadline const& deadline);
};

std::string HttpConnection::State::host_field() const {
  bool const ipv6 = host.find(':') != host.npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string HttpConnection::State::head_of(std::string_view method, std::string_view target,
                                           HttpHeaders const& headers,
                                           std::string_view body) const {
  auto head = std::string(method) + " " + std::string(target) +
              " HTTP/1.1\r\nHost: " + host_field() + "\r\n";
  if (implies_length(method, body)) {
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  for (auto const& [name, value] : headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

// A server may close an idle connection at any time; nothing has been sent yet, so a new one is
// safe to use.
Result<bool> HttpConnection::State::make_ready(Deadline const& deadline) {
  if (socket.is_open() && unread.empty() && !socket.is_stale()) return true;
  socket.close();
  unread.clear();
  TRY(opened, TcpSocket::connect(host, port, deadline));
  socket = std::move(opened);
  return true;
}

Result<bool> HttpConnection::State::send_all(std::string_view bytes, Deadline const& deadline) {
  while (!bytes.empty()) {
    TRY(sent, socket.send_some(bytes, deadline));
    bytes.remove_prefix(sent);
  }
  return true;
}

Result<bool> HttpConnection::State::receive_into(Parser& parser, Deadline const& deadline) {
  std::array<char, receive_bytes> piece{};
  while (!parser.is_done()) {
    error_code error;
    std::size_t used = 0;
    bool const too_little =
        parser.is_header_done() && parser.chunked() && unread.size() < chunked_rest_bytes_min;
    if (!too_little) {
      used = parser.put(boost::asio::const_buffer(unread.data(), unread.size()), error);
    }
    unread.erase(0, used);
    bool const wants_more = !error || error == beast_http::error::need_more;
    if (!wants_more) return malformed("the answer is not valid HTTP", error.message());
    if (parser.is_done()) break;
    if (used > 0 && !unread.empty()) continue;
    TRY(got, socket.receive_some(piece, deadline));
    unread.append(piece.data(), got);
    if (got > 0) continue;
    socket.close();
    if (!parser.got_some()) return fail("unreachable", "the server closed without an answer");
    parser.put_eof(error);
    if (error) return fail("unreachable", "the connection ended in the middle of the answer");
  }
  return true;
}

// Interim answers (1xx) are read over; the next one counts.
Result<HttpReply> HttpConnection::State::receive(bool has_body, Deadline const& deadline) {
  for (;;) {
    Parser parser;
    parser.eager(true);
    parser.header_limit(reply_head_bytes_max);
    parser.body_limit(reply_body_bytes_max);
    if (!has_body) parser.skip(true);
    TRY_VOID(receive_into(parser, deadline));
    if (parser.get().result_int() / 100 == 1) continue;
    if (!parser.keep_alive()) socket.close();
    return reply_from(parser.release());
  }
}

Result<HttpConnection> HttpConnection::open(std::string host, std::uint16_t port,
                                            Duration timeout) {
  auto state = std::make_unique<State>();
  state->host = std::move(host);
  state->port = port;
  TRY_VOID(state->make_ready(Deadline::after(timeout)));
  return HttpConnection(std::move(state));
}

HttpConnection::HttpConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpConnection::HttpConnection(HttpConnection&&) noexcept = default;
HttpConnection& HttpConnection::operator=(HttpConnection&&) noexcept = default;
HttpConnection::~HttpConnection() = default;

Result<HttpReply> HttpConnection::exchange(std::string_view method, std::string_view target,
                                           HttpHeaders const& headers, std::string_view body,
                                           Duration timeout) {
  if (!is_sendable(method, target, headers)) {
    return malformed("the request contains a space or a line break where HTTP allows none");
  }
  auto const deadline = Deadline::after(timeout);
  TRY_VOID(state_->make_ready(deadline));
  auto request = state_->head_of(method, target, headers, body);
  request += body;
  auto const sent = state_->send_all(request, deadline);
  if (!sent && sent.error().code == "timed_out") {
    state_->socket.close();
    return tl::unexpected<Error>(sent.error());
  }
  // A server that refuses a body answers and stops reading; its answer tells more than the break.
  auto reply = state_->receive(method != "HEAD", deadline);
  if (!reply) state_->socket.close();
  if (!reply && !sent) return tl::unexpected<Error>(sent.error());
  return reply;
}

}  // namespace tally::client
