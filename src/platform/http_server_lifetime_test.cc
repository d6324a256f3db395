// Time, ends and limits: long polls, clients that leave, deadlines, graceful stop.

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

using ports::HttpFault;

class HttpServerLifetime : public HttpServerFixture {
 protected:
  bool eventually_open(std::uint64_t count) const {
    return eventually([&] { return server->counts().connections_open == count; });
  }
};

TEST_F(HttpServerLifetime, SendsAnAnswerThatComesLaterFromAnotherThread) {
  start();
  TestPeer peer(port());
  peer.send(get("/hold"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_FALSE(held[0].gone());
  std::thread([&] { held[0].send({202, {}, "late"}); }).join();
  auto const response = peer.response();
  EXPECT_EQ(status_of(response), 202);
  EXPECT_EQ(body_of(response), "late");
  EXPECT_EQ(body_of(peer.send(post("/echo", "next")).response()), "next");
}

TEST_F(HttpServerLifetime, AnswersManyLongPollsOfManyConnectionsAtOnce) {
  auto options = test_options();
  options.threads = 2;
  start(options);
  std::vector<std::unique_ptr<TestPeer>> peers;
  for (int i = 0; i < 64; ++i) {
    peers.push_back(std::make_unique<TestPeer>(port()));
    peers.back()->send(get("/hold"));
  }
  auto held = service.held(64);
  ASSERT_EQ(held.size(), 64U);
  std::thread one([&] {
    for (std::size_t i = 0; i < 32; ++i) held[i].send({200, {}, "x"});
  });
  for (std::size_t i = 32; i < 64; ++i) held[i].send({200, {}, "x"});
  one.join();
  for (auto const& peer : peers) EXPECT_EQ(body_of(peer->response()), "x");
}

TEST_F(HttpServerLifetime, SendsOnlyTheFirstAnswerOfCopiedResponders) {
  start();
  TestPeer peer(port());
  peer.send(get("/hold"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  auto copy = held[0];
  held[0].send({200, {}, "first"});
  copy.send({200, {}, "second"});
  EXPECT_EQ(body_of(peer.response()), "first");
  EXPECT_EQ(body_of(peer.send(post("/echo", "next")).response()), "next");
}

TEST_F(HttpServerLifetime, AnswersForAServiceThatDropsTheResponderOrThrows) {
  start();
  TestPeer peer(port());
  EXPECT_EQ(status_of(peer.send(get("/drop")).response()), 500);
  EXPECT_EQ(status_of(peer.send(get("/throw")).response()), 500);
  peer.send(get("/hold"));
  service.held(1).clear();
  EXPECT_EQ(status_of(peer.response()), 500);
  EXPECT_EQ(server->counts().fault(HttpFault::internal), 3U);
  EXPECT_EQ(body_of(peer.send(post("/echo", "next")).response()), "next");
}

TEST_F(HttpServerLifetime, NoticesDuringALongPollThatTheClientHasClosed) {
  start();
  for (auto const* const fields : {"", "Connection: close\r\n"}) {
    for (bool const by_reset : {false, true}) {
      TestPeer peer(port());
      peer.send("GET /hold HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n");
      auto held = service.held(1);
      ASSERT_EQ(held.size(), 1U);
      by_reset ? peer.reset() : peer.close();
      EXPECT_TRUE(eventually([&] { return held[0].gone(); }));
      held[0].send({200, {}, "to nobody"});
      EXPECT_TRUE(eventually_open(0));
    }
  }
}

TEST_F(HttpServerLifetime, StillAnswersAClientThatOnlyEndedItsOutput) {
  start();
  TestPeer peer(port());
  peer.send(get("/hold") + post("/echo", "second"));
  peer.end_output();
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_TRUE(eventually([&] { return held[0].gone(); }));
  held[0].send({200, {}, "first"});
  EXPECT_EQ(body_of(peer.response()), "first");
  EXPECT_EQ(body_of(peer.response()), "second");
  EXPECT_EQ(peer.rest(), "");
  EXPECT_TRUE(peer.ended());
}

TEST_F(HttpServerLifetime, DoesNotWaitForeverWithAHalfClosedConnection) {
  auto options = test_options();
  options.half_closed_timeout = milliseconds(20);
  start(options);
  TestPeer peer(port());
  peer.send(get("/hold"));
  auto const held = service.held(1);
  peer.end_output();
  EXPECT_EQ(peer.rest(), "");
  EXPECT_TRUE(eventually_open(0));
}

TEST_F(HttpServerLifetime, EndsAHeadThatTrickles) {
  auto options = test_options();
  options.header_timeout = milliseconds(50);
  start(options);
  TestPeer peer(port());
  peer.send("GET /echo HTTP/1.1\r\nHos");
  EXPECT_EQ(status_of(peer.response()), 408);
  EXPECT_EQ(server->counts().fault(HttpFault::timed_out), 1U);
  peer.end_output();
  EXPECT_EQ(peer.rest(), "");
}

TEST_F(HttpServerLifetime, EndsABodyThatTricklesHoweverOftenAByteComes) {
  auto options = test_options();
  options.body_timeout = milliseconds(50);
  options.linger_timeout = milliseconds(20);
  start(options);
  TestPeer peer(port());
  peer.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_TRUE(eventually([&] {
    peer.send("x");
    return server->counts().fault(HttpFault::timed_out) == 1;
  }));
  EXPECT_EQ(status_of(peer.response()), 408);
  EXPECT_TRUE(eventually_open(0));
}

TEST_F(HttpServerLifetime, ClosesAnIdleConnectionWithoutAWord) {
  auto options = test_options();
  options.idle_timeout = milliseconds(50);
  start(options);
  TestPeer silent(port());
  TestPeer served(port());
  EXPECT_EQ(status_of(served.send(get("/echo")).response()), 200);
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(served.rest(), "");
  EXPECT_TRUE(silent.ended() && served.ended());
}

TEST_F(HttpServerLifetime, DoesNotHoldALongPollToTheIdleDeadline) {
  auto options = test_options();
  options.idle_timeout = milliseconds(20);
  start(options);
  TestPeer idle(port());
  TestPeer polling(port());
  polling.send(get("/hold"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(idle.rest(), "");  // by now the deadline of the other has passed as well
  held[0].send({200, {}, "patient"});
  EXPECT_EQ(body_of(polling.response()), "patient");
}

TEST_F(HttpServerLifetime, DoesNotLingerForeverAfterARefusal) {
  auto options = test_options();
  options.linger_timeout = milliseconds(20);
  start(options);
  TestPeer peer(port());
  EXPECT_EQ(status_of(peer.send("nonsense\r\n\r\n").response()), 400);
  EXPECT_TRUE(eventually_open(0));  // although the client has not closed
}

TEST_F(HttpServerLifetime, EndsAConnectionWhoseClientDoesNotRead) {
  auto options = test_options();
  options.write_timeout = milliseconds(50);
  start(options);
  TestPeer peer(port(), 4096);
  peer.send(get("/large"));
  EXPECT_TRUE(eventually_open(1));
  EXPECT_TRUE(eventually_open(0));
}

TEST_F(HttpServerLifetime, RefusesConnectionsAboveTheLimitAndTakesThemAgainLater) {
  auto options = test_options();
  options.connections_max = 2;
  start(options);
  std::optional<TestPeer> one(port());
  TestPeer two(port());
  EXPECT_EQ(status_of(one->send(get("/own/a")).response()), 200);
  EXPECT_EQ(status_of(two.send(get("/own/a")).response()), 200);
  TestPeer three(port());
  EXPECT_EQ(status_of(three.send(get("/echo")).response()), 503);
  EXPECT_EQ(server->counts().fault(HttpFault::too_many), 1U);
  one.reset();
  ASSERT_TRUE(eventually_open(1));
  EXPECT_EQ(status_of(TestPeer(port()).send(get("/echo")).response()), 200);
}

TEST_F(HttpServerLifetime, AnswersWhatIsInFlightBeforeItStops) {
  start();
  TestPeer polling(port());
  TestPeer idle(port());
  EXPECT_EQ(status_of(idle.send(get("/echo")).response()), 200);
  polling.send(get("/hold") + get("/hold"));
  auto held = service.held(2);
  ASSERT_EQ(held.size(), 2U);
  auto stopping = std::async(std::launch::async, [&] { server->stop(test_patience); });
  EXPECT_EQ(idle.rest(), "");  // it stops: connections without a request end
  held[0].send({200, {}, "one"});
  held[1].send({200, {}, "two"});
  auto const first = polling.response();
  auto const second = polling.response();
  EXPECT_EQ(body_of(first), "one");
  EXPECT_EQ(first.find("Connection: close"), first.npos);
  EXPECT_EQ(body_of(second), "two");
  EXPECT_NE(second.find("Connection: close"), second.npos);
  stopping.get();
  EXPECT_FALSE(TestPeer(port()).connected());
  EXPECT_EQ(server->counts().connections_open, 0U);
}

TEST_F(HttpServerLifetime, FinishesARequestThatIsArrivingWhenItStops) {
  start();
  TestPeer peer(port());
  TestPeer idle(port());
  peer.send(
      "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(peer.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  auto stopping = std::async(std::launch::async, [&] { server->stop(test_patience); });
  EXPECT_EQ(idle.rest(), "");
  auto const response = peer.send("body").response();
  EXPECT_EQ(body_of(response), "body");
  EXPECT_NE(response.find("Connection: close"), response.npos);
  stopping.get();
}

TEST_F(HttpServerLifetime, CutsOffWhatIsNotAnsweredWithinTheGrace) {
  start();
  TestPeer peer(port());
  peer.send(get("/hold"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  server->stop(milliseconds(20));
  EXPECT_EQ(peer.rest(), "");
  EXPECT_TRUE(held[0].gone());
  server.reset();
  EXPECT_TRUE(held[0].gone());  // a responder may outlive the server
  held[0].send({200, {}, "to nobody"});
}

}  // namespace
}  // namespace tally::platform
