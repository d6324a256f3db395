// What the server refuses, each over a real socket: the client must see the problem whole, and
// then the end of the connection.

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

using ports::HttpFault;

struct Refusal {
  char const* name;
  std::string bytes;
  int status;
  HttpFault fault;
};

std::string head(std::string_view fields) {
  return "POST /echo HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input(text);
  std::string packed(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// Not HTTP, or HTTP that two readers could read in two ways.
std::vector<Refusal> malformed_requests() {
  using namespace std::string_literals;
  auto const bad = HttpFault::malformed;
  return {
      {"not HTTP", "hello\r\n\r\n", 400, bad},
      {"no version", "GET /echo\r\n\r\n", 400, bad},
      {"no Host", "GET /echo HTTP/1.1\r\n\r\n", 400, bad},
      {"two Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, bad},
      {"the same Host twice", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, bad},
      {"a list as Host", "GET /echo HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, bad},
      {"a path as Host", "GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, bad},
      {"obs-fold", "GET /echo HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400, bad},
      {"fold with a tab", "GET /echo HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", 400, bad},
      {"bare LF", "GET /echo HTTP/1.1\nHost: a\n\n", 400, bad},
      {"one bare LF", "GET /echo HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n", 400, bad},
      {"bare CR", "GET /echo HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n", 400, bad},
      {"NUL in a value", "GET /echo HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n"s, 400, bad},
      {"NUL in a name", "GET /echo HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"s, 400, bad},
      {"space before the colon", "GET /echo HTTP/1.1\r\nHost : a\r\n\r\n", 400, bad},
      {"a field without a colon", "GET /echo HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400, bad},
      {"two spaces in the request line", "GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400, bad},
      {"a method in lower case", "get /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400, bad},
      {"a fragment", "GET /echo#a HTTP/1.1\r\nHost: a\r\n\r\n", 400, bad},
      {"a raw byte in the target", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400, bad},
      {"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, bad},
      {"length, then coding", head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400,
       bad},
      {"coding, then length", head("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400,
       bad},
      {"unknown coding and length", head("Transfer-Encoding: x\r\nContent-Length: 3\r\n"), 400,
       bad},
      {"two lengths", head("Content-Length: 2\r\nContent-Length: 3\r\n") + "abc", 400, bad},
      {"the same length twice", head("Content-Length: 2\r\nContent-Length: 2\r\n"), 400, bad},
      {"length +2", head("Content-Length: +2\r\n") + "ab", 400, bad},
      {"length -2", head("Content-Length: -2\r\n"), 400, bad},
      {"length 0x2", head("Content-Length: 0x2\r\n"), 400, bad},
      {"an empty length", head("Content-Length: \r\n"), 400, bad},
      {"a length of 2^64", head("Content-Length: 18446744073709551616\r\n"), 400, bad},
      {"two lengths in a list", head("Content-Length: 2, 3\r\n"), 400, bad},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, bad},
      {"chunk size not hex", head("Transfer-Encoding: chunked\r\n") + "g\r\nabc", 400, bad},
      {"chunk without its CRLF", head("Transfer-Encoding: chunked\r\n") + "1\r\nabc\r\n0\r\n\r\n",
       400, bad},
      {"an endless chunk line",
       head("Transfer-Encoding: chunked\r\n") + "1;" + std::string(4000, 'x'), 400, bad},
  };
}

// Good HTTP that this server does not take. The body limit of these tests is 1000 bytes and that of
// the head 1024.
std::vector<Refusal> unwanted_requests() {
  auto const bad = HttpFault::malformed;
  auto const coding = HttpFault::unsupported_coding;
  auto const large = HttpFault::body_too_large;
  auto const long_head = HttpFault::header_too_large;
  return {
      {"coding xchunked", head("Transfer-Encoding: xchunked\r\n"), 501, coding},
      {"coding gzip, chunked", head("Transfer-Encoding: gzip, chunked\r\n"), 501, coding},
      {"coding chunked, gzip", head("Transfer-Encoding: chunked, gzip\r\n"), 501, coding},
      {"coding identity", head("Transfer-Encoding: identity\r\n"), 501, coding},
      {"content coding br", head("Content-Encoding: br\r\nContent-Length: 1\r\n") + "x", 415,
       coding},
      {"gzip twice", head("Content-Encoding: gzip, gzip\r\nContent-Length: 1\r\n") + "x", 415,
       coding},
      {"not gzip at all", post("/echo", "plain", "Content-Encoding: gzip\r\n"), 400, bad},
      {"a gzip bomb", post("/echo", gzip(std::string(500'000, 'a')), "Content-Encoding: gzip\r\n"),
       413, large},
      {"a declared body too large", head("Content-Length: 1001\r\n"), 413, large},
      {"a body too large, awaited", head("Content-Length: 1001\r\nExpect: 100-continue\r\n"), 413,
       large},
      {"a chunked body too large",
       head("Transfer-Encoding: chunked\r\n") + "1f4\r\n" + std::string(500, 'x') + "\r\n1f5\r\n",
       413, large},
      {"a long header", head("X: " + std::string(2000, 'x') + "\r\n"), 431, long_head},
      {"an endless header", "GET / HTTP/1.1\r\nX: " + std::string(200'000, 'x'), 431, long_head},
      {"an endless target", "GET /" + std::string(2000, 'x'), 431, long_head},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, HttpFault::version},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, HttpFault::version},
      {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505, HttpFault::version},
      {"another expectation", head("Expect: wonders\r\nContent-Length: 1\r\n"), 417, bad},
  };
}

std::vector<Refusal> refusals() {
  std::vector<Refusal> all = malformed_requests();
  std::ranges::move(unwanted_requests(), std::back_inserter(all));
  return all;
}

class HttpServerRefusal : public HttpServerFixture {
 protected:
  void start_small() {
    auto options = test_options();
    options.header_bytes_max = 1024;
    options.body_bytes_max = 1000;
    start(options);
  }
};

TEST_F(HttpServerRefusal, IsAProblemThatTheClientSeesBeforeTheConnectionEnds) {
  start_small();
  for (auto const& refusal : refusals()) {
    auto const before = server->counts();
    TestPeer peer(port());
    auto const all = peer.send(refusal.bytes).response();
    peer.end_output();
    EXPECT_EQ(status_of(all), refusal.status) << refusal.name << "\n" << all;
    EXPECT_NE(all.find("\r\nConnection: close\r\n"), all.npos) << refusal.name;
    EXPECT_NE(body_of(all).find("\"detail\":\""), all.npos) << refusal.name;
    EXPECT_EQ(peer.rest(), "") << refusal.name;
    EXPECT_TRUE(peer.ended() && !peer.was_reset()) << refusal.name;
    auto const after = server->counts();
    EXPECT_EQ(after.fault(refusal.fault), before.fault(refusal.fault) + 1) << refusal.name;
    EXPECT_EQ(after.requests, before.requests) << refusal.name;
  }
}

TEST_F(HttpServerRefusal, StandsBehindTheAnswersThatWereDueBefore) {
  start_small();
  TestPeer peer(port());
  peer.send(get("/hold") + "nonsense\r\n\r\n" + post("/echo", "never"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  held[0].send({200, {}, "due"});
  EXPECT_EQ(body_of(peer.response()), "due");
  EXPECT_EQ(status_of(peer.response()), 400);
  peer.end_output();
  EXPECT_EQ(peer.rest(), "");
}

TEST_F(HttpServerRefusal, ReachesAClientThatGoesOnSendingItsBody) {
  start_small();
  TestPeer peer(port());
  peer.send(head("Content-Length: 2000000\r\n"));
  peer.send(std::string(2'000'000, 'x'));
  peer.end_output();
  EXPECT_EQ(status_of(peer.response()), 413);
  EXPECT_EQ(peer.rest(), "");
  EXPECT_FALSE(peer.was_reset());
}

TEST_F(HttpServerRefusal, SparesAGzipBodyWithinTheLimit) {
  start_small();
  std::string const text(1000, 'a');
  auto const packed = gzip(text.substr(0, 400)) + gzip(text.substr(400));
  TestPeer peer(port());
  EXPECT_EQ(body_of(peer.send(post("/echo", packed, "Content-Encoding: gzip\r\n")).response()),
            text);
  auto const who = peer.send(post("/who", packed, "Content-Encoding: x-gzip\r\n")).response();
  EXPECT_EQ(who.find("content-encoding"), who.npos);
  EXPECT_EQ(body_of(peer.send(post("/echo", "as is", "Content-Encoding: identity\r\n")).response()),
            "as is");
}

TEST_F(HttpServerRefusal, SparesAnEmptyLineBeforeARequest) {
  start_small();
  TestPeer peer(port());
  peer.send("\r\n" + post("/echo", "one") + "\r\n" + post("/echo", "two"));
  EXPECT_EQ(body_of(peer.response()), "one");
  EXPECT_EQ(body_of(peer.response()), "two");
}

TEST_F(HttpServerRefusal, SparesABodyOfExactlyTheLimit) {
  start_small();
  std::string const body(1000, 'x');
  EXPECT_EQ(body_of(TestPeer(port()).send(post("/echo", body)).response()), body);
}

}  // namespace
}  // namespace tally::platform
