#include "client/http_connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace tally::client {
namespace {

constexpr Duration patience = seconds(20);  // only a broken program lets it pass

using Reply = std::vector<std::string>;
using Replies = std::vector<Reply>;
using Script = std::vector<Replies>;

template <class... Piece>
Reply reply(Piece... pieces) {
  return Reply{std::string(pieces)...};
}
template <class... Each>
Replies connection_with(Each... replies) {
  return Replies{replies...};
}
template <class... Each>
Script script(Each... connections) {
  return Script{connections...};
}

// Plays a fixed part: for each connection in turn it reads a request and sends the next reply,
// then closes. Keeps what it was sent. A reply may be in pieces, each in its own packet.
class ScriptedServer {
 public:
  explicit ScriptedServer(Script connections)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, name, length), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, name, &length), 0);
    port_ = ntohs(address.sin_port);
    player_ = std::thread([this, connections = std::move(connections)] {
      for (auto const& replies : connections) play(replies);
    });
  }
  ~ScriptedServer() {
    finish();
    ::close(listener_);
  }
  ScriptedServer(ScriptedServer const&) = delete;
  ScriptedServer& operator=(ScriptedServer const&) = delete;

  std::uint16_t port() const { return port_; }
  // Until so many connections have been closed on this side.
  void await_closed(std::size_t count) const {
    for (auto seen = closed_.load(); seen < count; seen = closed_.load()) closed_.wait(seen);
  }
  // After the script has ended.
  std::vector<std::string> const& requests() {
    finish();
    return requests_;
  }

 private:
  void finish() {
    if (player_.joinable()) player_.join();
  }
  void play(Replies const& replies) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.value() / 1000)) <= 0) return;
    int const fd = ::accept(listener_, nullptr, nullptr);
    for (auto const& pieces : replies) {
      requests_.push_back(read_request(fd));
      for (auto const& piece : pieces) ::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
    }
    ::close(fd);
    closed_.fetch_add(1);
    closed_.notify_all();
  }
  static std::string read_request(int fd) {
    std::string got;
    std::array<char, 4096> piece{};
    for (;;) {
      auto const end = got.find("\r\n\r\n");
      auto const at = got.find("Content-Length: ");
      auto const body = at < end ? std::stoul(got.substr(at + 16)) : 0;
      if (end != got.npos && got.size() >= end + 4 + body) return got;
      auto const count = ::recv(fd, piece.data(), piece.size(), 0);
      if (count <= 0) return got;
      got.append(piece.data(), static_cast<std::size_t>(count));
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::vector<std::string> requests_;
  std::atomic<std::size_t> closed_{0};
  std::thread player_;
};

std::string ok(std::string const& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpConnection open_to(ScriptedServer const& server) {
  auto opened = HttpConnection::open("127.0.0.1", server.port(), patience);
  EXPECT_TRUE(opened);
  return *std::move(opened);
}

TEST(HttpConnection, KeepsItsConnectionBetweenExchanges) {
  ScriptedServer server(script(connection_with(reply(ok("one")), reply(ok("two")))));
  auto connection = open_to(server);
  EXPECT_EQ(connection.exchange("GET", "/a?b", {}, "", patience).value().body, "one");
  EXPECT_EQ(connection.exchange("POST", "/c", {{"X-Key", "k"}}, "body", patience).value().body,
            "two");
  auto const host = "127.0.0.1:" + std::to_string(server.port());
  auto const& requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0], "GET /a?b HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  EXPECT_EQ(requests[1],
            "POST /c HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 4\r\nX-Key: k\r\n\r\nbody");
}

// The server's FIN may, rarely, be still on its way when the next request leaves; without a look
// at the old connection every second exchange would fail.
TEST(HttpConnection, OpensANewConnectionWhenTheServerHasClosedTheOldOne) {
  constexpr std::size_t rounds = 20;
  ScriptedServer server(Script(rounds, connection_with(reply(ok("fresh")))));
  auto connection = open_to(server);
  std::size_t failures = 0;
  for (std::size_t round = 1; round <= rounds; ++round) {
    auto got = connection.exchange("GET", "/", {}, "", patience);
    if (!got && ++failures > 0) got = connection.exchange("GET", "/", {}, "", patience);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->body, "fresh");
    server.await_closed(round);
  }
  EXPECT_LT(failures, rounds / 2);
}

TEST(HttpConnection, HandsOverStatusAndHeaders) {
  ScriptedServer server(
      {{{"HTTP/1.1 404 Not Found\r\nX-One: 1\r\nX-ONE: 2\r\n"
         "Connection: close\r\nContent-Length: 2\r\n\r\nno"}}});
  auto connection = open_to(server);
  auto const got = connection.exchange("GET", "/", {}, "", patience);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 404);
  EXPECT_EQ(got->header("x-one"), "1");
  EXPECT_EQ(got->header("absent"), "");
  EXPECT_EQ(got->body, "no");
}

TEST(HttpConnection, ReadsChunksHoweverTheyAreCut) {
  std::string const chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < chunked.size(); ++cut) {
    ScriptedServer server(
        script(connection_with(reply(chunked.substr(0, cut), chunked.substr(cut)))));
    auto connection = open_to(server);
    auto const got = connection.exchange("GET", "/", {}, "", patience);
    ASSERT_TRUE(got) << cut;
    EXPECT_EQ(got->body, "abcde");
  }
}

TEST(HttpConnection, ReadsABodyThatEndsWithTheConnection) {
  ScriptedServer server(script(connection_with(reply("HTTP/1.1 200 OK\r\n\r\nall", " of it"))));
  auto connection = open_to(server);
  EXPECT_EQ(connection.exchange("GET", "/", {}, "", patience).value().body, "all of it");
}

TEST(HttpConnection, ReadsOverInterimAnswers) {
  ScriptedServer server(
      script(connection_with(reply("HTTP/1.1 100 Continue\r\n\r\n" + ok("final")))));
  auto connection = open_to(server);
  EXPECT_EQ(connection.exchange("POST", "/", {}, "x", patience).value().body, "final");
}

TEST(HttpConnection, ExpectsNoBodyAfterHead) {
  ScriptedServer server(script(
      connection_with(reply("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"), reply(ok("next")))));
  auto connection = open_to(server);
  EXPECT_EQ(connection.exchange("HEAD", "/", {}, "", patience).value().body, "");
  EXPECT_EQ(connection.exchange("GET", "/", {}, "", patience).value().body, "next");
}

TEST(HttpConnection, SaysWhatWentWrong) {
  struct Case {
    std::string bytes;
    char const* code;
  };
  std::vector<Case> const cases{
      {"220 mail ready\r\n\r\n", "malformed"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "unreachable"},
      {"HTTP/1.1 200 OK\r\nConte", "unreachable"},
      {"", "unreachable"},
  };
  for (auto const& [bytes, code] : cases) {
    ScriptedServer server(script(connection_with(reply(bytes))));
    auto connection = open_to(server);
    auto const failed = connection.exchange("GET", "/", {}, "", patience);
    ASSERT_FALSE(failed) << bytes;
    EXPECT_EQ(failed.error().code, code) << bytes;
  }
}

TEST(HttpConnection, GivesUpAtTheDeadline) {
  int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, name, length), 0);
  ASSERT_EQ(::listen(listener, 8), 0);  // the kernel connects, nobody answers
  ASSERT_EQ(::getsockname(listener, name, &length), 0);
  auto connection = HttpConnection::open("127.0.0.1", ntohs(address.sin_port), patience);
  ASSERT_TRUE(connection);
  auto const late = connection->exchange("GET", "/", {}, "", milliseconds(30));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "timed_out");
  ::close(listener);
  auto const refused = HttpConnection::open("127.0.0.1", ntohs(address.sin_port), patience);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "unreachable");
}

TEST(HttpConnection, SendsNothingThatCouldBecomeAnotherRequest) {
  ScriptedServer server(script(connection_with(reply(ok("untouched")))));
  auto connection = open_to(server);
  HttpHeaders const none;
  EXPECT_EQ(connection.exchange("GET", "/a b", none, "", patience).error().code, "malformed");
  EXPECT_EQ(connection.exchange("GET", "", none, "", patience).error().code, "malformed");
  EXPECT_EQ(connection.exchange("G\r\n", "/", none, "", patience).error().code, "malformed");
  HttpHeaders const split{{"X", "a\r\nY: b"}};
  EXPECT_EQ(connection.exchange("GET", "/", split, "", patience).error().code, "malformed");
  EXPECT_EQ(connection.exchange("GET", "/", none, "", patience).value().body, "untouched");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(ServerUrl, IsReadFromItsText) {
  EXPECT_EQ(parse_server_url("http://127.0.0.1:7070").value(), (ServerUrl{"127.0.0.1", 7070}));
  EXPECT_EQ(parse_server_url("http://localhost:7070/").value(), (ServerUrl{"localhost", 7070}));
  EXPECT_EQ(parse_server_url("http://example.org").value(), (ServerUrl{"example.org", 80}));
  EXPECT_EQ(parse_server_url("http://[::1]:7070").value(), (ServerUrl{"::1", 7070}));
  EXPECT_EQ(parse_server_url("http://[::1]").value(), (ServerUrl{"::1", 80}));
}

TEST(ServerUrl, RefusesWhatItCannotReach) {
  for (auto const* const text :
       {"", "127.0.0.1:7070", "https://a", "http://", "http://:7070", "http://a:", "http://a:0",
        "http://a:65536", "http://a:7x", "http://a:-1", "http://a/b", "http://a?b", "http://u@a",
        "http://[::1", "http://[::1]7", "http://a b", "http://a\nb", "http://a:1/b"}) {
    auto const url = parse_server_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, "malformed");
  }
}

}  // namespace
}  // namespace tally::client
