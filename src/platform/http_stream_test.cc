// Answers in pieces, over real sockets: what a client sees of a stream that goes well, and that no
// client takes one that does not for complete.

#include <gtest/gtest.h>

#include <atomic>

#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

class HttpStreams : public HttpServerFixture {};

std::string get_1_0(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.0\r\nHost: test\r\n\r\n";
}

// The pieces that chunks hold, and whether the last chunk, which is the end, is among them.
struct Chunked {
  std::string body;
  bool is_whole = false;
};
Chunked chunked(std::string_view bytes) {
  Chunked read;
  while (!bytes.empty()) {
    auto const line = bytes.substr(0, bytes.find("\r\n"));
    auto const size = std::stoul(std::string(line), nullptr, 16);
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 2));
    read.body += bytes.substr(0, size);
    if (size == 0) read.is_whole = bytes == "\r\n";
    if (size == 0) break;
    bytes.remove_prefix(std::min(bytes.size(), size + 2));
  }
  return read;
}

// Writes pieces until there is no room, and returns what it wrote.
std::string fill(ports::ResponseStream& stream) {
  std::string written;
  std::string const piece(10'000, 'x');
  std::size_t room = 1;
  while (room > 0) {
    room = stream.write(piece);
    written += piece;
  }
  return written;
}

// Goes on writing whenever there is room, until the client is gone.
std::size_t write_until_gone(ports::ResponseStream& stream) {
  std::atomic<int> called{0};
  std::size_t written = 0;
  while (!stream.gone()) {
    written += fill(stream).size();
    int const before = called;
    stream.when_room([&] { ++called; });
    if (eventually([&] { return called > before; })) continue;
    ADD_FAILURE() << "whoever waits for room is told";
    break;
  }
  return written;
}

TEST_F(HttpStreams, ComeInChunksAndTheConnectionGoesOn) {
  start();
  TestPeer peer(port());
  peer.send(get("/stream"));
  auto stream = service.streamed();
  EXPECT_GT(stream.write("first "), 0u);
  std::string const head = peer.until("\r\n\r\n");
  EXPECT_EQ(status_of(head), 200);
  EXPECT_NE(head.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("ontent-Length"), std::string::npos) << head;
  EXPECT_EQ(head.find("content-length"), std::string::npos) << head;
  EXPECT_EQ(head.find("gzip"), std::string::npos);
  EXPECT_EQ(peer.until("first \r\n"), "6\r\nfirst \r\n") << "a piece waits for the next one";
  EXPECT_GT(stream.write(""), 0u) << "an empty piece is no end";
  peer.send(get("/mark/a")).send(get("/who"));  // what comes meanwhile waits its turn
  stream.write("second");
  stream.end();
  EXPECT_EQ(peer.until("0\r\n\r\n"), "6\r\nsecond\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(peer.response()), 200);
  EXPECT_TRUE(body_of(peer.response()).starts_with("GET /who"));
  EXPECT_EQ(stream.write("more"), 0u) << "nothing can follow the end";
  peer.send(get("/echo"));
  EXPECT_EQ(status_of(peer.response()), 200);
}

TEST_F(HttpStreams, OfHttp10EndWithTheConnection) {
  start();
  TestPeer peer(port());
  peer.send("GET /stream HTTP/1.0\r\nHost: test\r\nConnection: keep-alive\r\n\r\n");
  auto stream = service.streamed();
  stream.write("first ");
  stream.write("second");
  stream.end();
  std::string const all = peer.rest();
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_NE(all.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(body_of(all), "first second");
  EXPECT_TRUE(peer.ended());
  EXPECT_FALSE(peer.was_reset());
}

TEST_F(HttpStreams, ThatAreDroppedDoNotLookWhole) {
  start();
  TestPeer peer(port());
  peer.send(get("/stream"));
  {
    auto stream = service.streamed();
    stream.write("the first half");
    EXPECT_EQ(peer.until("the first half").find("HTTP/1.1 200"), 0u);
  }
  EXPECT_EQ(peer.rest().find("0\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(peer.ended());
  // Without chunks only a reset connection says that there should have been more.
  TestPeer old(port());
  old.send(get_1_0("/stream"));
  {
    auto stream = service.streamed();
    stream.write("the first half");
    EXPECT_NE(old.until("the first half").find("\r\n\r\nthe first half"), std::string::npos);
  }
  old.rest();
  EXPECT_TRUE(old.was_reset());
}

TEST_F(HttpStreams, DroppedBeforeTheirFirstPieceAreAnInternalError) {
  start();
  TestPeer peer(port());
  peer.send(get("/begin")).send(get("/echo"));
  EXPECT_EQ(status_of(peer.response()), 500);
  EXPECT_EQ(status_of(peer.response()), 200);
  EXPECT_EQ(server->counts().fault(ports::HttpFault::internal), 1u);
}

TEST_F(HttpStreams, HaveNoBodyForHead) {
  start();
  TestPeer peer(port());
  peer.send("HEAD /stream HTTP/1.1\r\nHost: test\r\n\r\n").send(get("/echo"));
  auto stream = service.streamed();
  EXPECT_TRUE(stream.gone()) << "nobody reads it: it need not be made";
  EXPECT_EQ(stream.write("for nobody"), 0u);
  bool called = false;
  stream.when_room([&] { called = true; });
  EXPECT_TRUE(called);
  std::string const head = peer.until("\r\n\r\n");
  EXPECT_EQ(status_of(head), 200);
  EXPECT_EQ(status_of(peer.response()), 200) << "the next answer follows the head";
}

// Writes `left` bytes as there is room for them, called back by the connection's thread.
class Writer : public std::enable_shared_from_this<Writer> {
 public:
  Writer(ports::ResponseStream stream, std::size_t left)
      : stream_(std::move(stream)), left_(left) {}
  void go_on() {
    std::size_t room = 1;
    while (room > 0 && left_ > 0) {
      std::size_t const size = std::min<std::size_t>(left_, 10'000);
      room = stream_.write(std::string(size, static_cast<char>('a' + left_ % 26)));
      left_ -= size;
      written += size;
    }
    if (left_ > 0) return stream_.when_room([self = shared_from_this()] { self->go_on(); });
    stream_.end();
    done = true;
  }
  std::atomic<std::size_t> written{0};
  std::atomic<bool> done{false};

 private:
  ports::ResponseStream stream_;
  std::size_t left_;
};

TEST_F(HttpStreams, StopWhoeverWritesUntilASlowClientHasTakenSome) {
  constexpr std::size_t kMoreThanTheKernelTakes = 12 * 1024 * 1024;
  start();
  TestPeer peer(port(), 64 * 1024);
  peer.send(get("/stream"));
  auto const writer = std::make_shared<Writer>(service.streamed(), kMoreThanTheKernelTakes);
  writer->go_on();
  EXPECT_TRUE(eventually([&] { return writer->written > HttpServerOptions().stream_bytes_max; }));
  EXPECT_FALSE(writer->done) << "the client has read nothing";
  auto const read = chunked(body_of(peer.until("\r\n0\r\n\r\n")));
  EXPECT_TRUE(read.is_whole);
  EXPECT_EQ(read.body.size(), kMoreThanTheKernelTakes);
  EXPECT_TRUE(eventually([&] { return writer->done.load(); }));
}

TEST_F(HttpStreams, WrittenWithoutRoomAreCutOff) {
  auto options = test_options();
  options.stream_bytes_max = 1000;
  start(options);
  TestPeer peer(port());
  // An answer before it is owed, so that nothing of the stream is taken.
  peer.send(get("/hold")).send(get("/stream"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1u);
  auto stream = service.streamed();
  EXPECT_EQ(stream.write(std::string(1000, 'x')), 0u);
  EXPECT_FALSE(stream.gone());
  EXPECT_EQ(stream.write("one piece too many"), 0u);
  EXPECT_TRUE(stream.gone());
  stream.end();
  held[0].send({.status = 200, .headers = {}, .body = "held"});
  EXPECT_EQ(body_of(peer.response()), "held");
  EXPECT_EQ(status_of(peer.response()), 500) << "no part of it had left";
}

TEST_F(HttpStreams, EndAtTheDeadlineOfAClientThatTakesNothing) {
  auto options = test_options();
  options.write_timeout = milliseconds(50);
  start(options);
  TestPeer peer(port(), 4096);
  peer.send(get("/stream"));
  auto stream = service.streamed();
  write_until_gone(stream);
  EXPECT_TRUE(stream.gone());
  EXPECT_EQ(peer.rest().find("\r\n0\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(eventually([&] { return server->counts().connections_open == 0; }));
}

TEST_F(HttpStreams, EndWhereTheirClientHangsUp) {
  start();
  for (bool reset : {true, false}) {
    TestPeer peer(port(), 4096);
    peer.send(get("/stream"));
    auto stream = service.streamed();
    stream.write("something");
    peer.until("something");
    reset ? peer.reset() : peer.close();
    write_until_gone(stream);
    EXPECT_TRUE(stream.gone());
  }
}

TEST_F(HttpStreams, AreCutOffWhenTheServerStopsWithoutGrace) {
  start();
  TestPeer peer(port());
  peer.send(get("/stream"));
  TestPeer old(port());
  auto stream = service.streamed();
  old.send(get_1_0("/stream"));
  auto second = service.streamed();
  stream.write("half");
  second.write("half");
  peer.until("half");
  old.until("half");
  std::atomic<int> told{0};
  fill(stream);
  stream.when_room([&] { ++told; });
  server->stop(Duration());
  EXPECT_EQ(told, 1) << "whoever waits for room is told";
  EXPECT_TRUE(stream.gone());
  EXPECT_TRUE(second.gone());
  EXPECT_EQ(peer.rest().find("\r\n0\r\n\r\n"), std::string::npos);
  old.rest();
  EXPECT_TRUE(old.was_reset());
}

TEST_F(HttpStreams, MayEndWithinTheGraceOfAServerThatStops) {
  start();
  TestPeer peer(port());
  peer.send(get("/stream"));
  auto stream = service.streamed();
  stream.write("before, ");
  peer.until("before, ");
  std::thread stopping([&] { server->stop(test_patience); });
  stream.write("after");
  stream.end();
  EXPECT_TRUE(peer.rest().ends_with("5\r\nafter\r\n0\r\n\r\n"));
  stopping.join();
}

TEST_F(HttpStreams, BegunAfterTheServerHasStoppedAreForNobody) {
  start();
  TestPeer peer(port());
  peer.send(get("/hold"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1u);
  server->stop(Duration());
  auto stream = held[0].begin({.status = 200, .headers = {}});
  EXPECT_TRUE(stream.gone());
  EXPECT_EQ(stream.write("for nobody"), 0u);
}

TEST_F(HttpStreams, PayWhereMemoryIsShortAndTheirClientTakesNothing) {
  auto options = test_options();
  options.output_bytes_total_max = 100'000;
  start(options);
  TestPeer peer(port(), 4096);
  peer.send(get("/stream"));
  auto stream = service.streamed();
  write_until_gone(stream);
  EXPECT_TRUE(stream.gone());
  EXPECT_EQ(server->counts().not_reading, 1u);
}

}  // namespace
}  // namespace tally::platform
