#include "platform/http_server.h"

#include <gtest/gtest.h>

#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

using HttpServerTest = HttpServerFixture;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST_F(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  start();
  TestPeer peer(port());
  for (int i = 0; i < 50; ++i) {
    auto const body = "body " + std::to_string(i);
    auto const response = peer.send(post("/echo", body)).response();
    ASSERT_EQ(status_of(response), 200);
    ASSERT_EQ(body_of(response), body);
  }
  EXPECT_EQ(server->counts().requests, 50U);
  EXPECT_EQ(server->counts().connections, 1U);
}

TEST_F(HttpServerTest, FramesAndProtectsEveryResponse) {
  start();
  auto const response = TestPeer(port()).send(get("/echo")).response();
  EXPECT_TRUE(contains(response, "\r\nDate: "));
  EXPECT_TRUE(contains(response, " GMT\r\n"));
  EXPECT_TRUE(contains(response, "\r\nContent-Length: 0\r\n"));
  EXPECT_TRUE(contains(response, "\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_FALSE(contains(response, "Connection:"));
}

TEST_F(HttpServerTest, HandsOverThePartsOfARequest) {
  start();
  auto const response =
      TestPeer(port())
          .send(
              "PUT /who?a=1&b=%2F HTTP/1.1\r\nHOST: test\r\nX-One:  padded \r\nx-one: two\r\n"
              "Content-Length: 3\r\n\r\nxyz")
          .response();
  EXPECT_EQ(body_of(response),
            "PUT /who ? a=1&b=%2F from 127.0.0.1 (loopback)\nhost=test\nx-one=padded\nx-one=two\n"
            "content-length=3\nxyz");
}

TEST_F(HttpServerTest, TakesATargetInAbsoluteForm) {
  start();
  auto const response =
      TestPeer(port()).send("GET http://test:1/who?q HTTP/1.1\r\nHost: test:1\r\n\r\n").response();
  EXPECT_EQ(body_of(response).substr(0, 15), "GET /who ? q fr");
}

TEST_F(HttpServerTest, AnswersHeadWithTheLengthButWithoutTheBody) {
  start();
  TestPeer peer(port());
  peer.send("HEAD /who HTTP/1.1\r\nHost: test\r\n\r\n" + post("/echo", "next"));
  auto const head = peer.response(false);
  EXPECT_EQ(status_of(head), 200);
  EXPECT_TRUE(contains(head, "Content-Length: "));
  EXPECT_FALSE(contains(head, "Content-Length: 0\r\n"));
  EXPECT_EQ(body_of(peer.response()), "next");
}

TEST_F(HttpServerTest, KeepsPipelinedAnswersInTheOrderOfTheRequests) {
  start();
  TestPeer peer(port());
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += post("/echo", std::to_string(i));
  peer.send(requests);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(body_of(peer.response()), std::to_string(i));
}

TEST_F(HttpServerTest, HoldsBackAnswersThatAreReadyBeforeTheirTurn) {
  start();
  TestPeer peer(port());
  peer.send(get("/hold") + get("/hold") + post("/echo", "third"));
  auto held = service.held(2);
  ASSERT_EQ(held.size(), 2U);
  std::thread([&] {
    held[1].send({200, {}, "second"});
    held[0].send({200, {}, "first"});
  }).join();
  EXPECT_EQ(body_of(peer.response()), "first");
  EXPECT_EQ(body_of(peer.response()), "second");
  EXPECT_EQ(body_of(peer.response()), "third");
}

TEST_F(HttpServerTest, TakesNoMoreRequestsOfAConnectionThanMayWait) {
  auto options = test_options();
  options.requests_pipelined_max = 3;
  start(options);
  TestPeer peer(port());
  for (int i = 0; i < 5; ++i) peer.send(get("/hold"));
  auto first = service.held(3);
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(server->counts().requests, 3U);
  for (auto& responder : first) responder.send({200, {}, "early"});
  auto second = service.held(2);
  ASSERT_EQ(second.size(), 2U);
  for (auto& responder : second) responder.send({200, {}, "late"});
  for (auto const* const body : {"early", "early", "early", "late", "late"}) {
    EXPECT_EQ(body_of(peer.response()), body);
  }
}

TEST_F(HttpServerTest, ReadsARequestThatArrivesByteByByte) {
  start();
  TestPeer peer(port());
  auto const request = post("/echo", "slow") +
                       "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3;x=y\r\nabc\r\n02\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n";
  for (char const& byte : request) peer.send({&byte, 1});
  EXPECT_EQ(body_of(peer.response()), "slow");
  EXPECT_EQ(body_of(peer.response()), "abcde");
}

TEST_F(HttpServerTest, LeavesTrailersOutOfTheHeaders) {
  start();
  auto const response = TestPeer(port())
                            .send(
                                "POST /who HTTP/1.1\r\nHost: test\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n"
                                "1\r\na\r\n0\r\nAuthorization: forged\r\n\r\n")
                            .response();
  EXPECT_EQ(status_of(response), 200);
  EXPECT_FALSE(contains(response, "forged"));
}

TEST_F(HttpServerTest, ClosesAfterAnAnswerWhenTheClientAsksForIt) {
  start();
  TestPeer peer(port());
  peer.send("GET /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  auto const all = peer.rest();
  EXPECT_EQ(status_of(all), 200);
  EXPECT_TRUE(contains(all, "\r\nConnection: close\r\n"));
  EXPECT_TRUE(peer.ended());
}

TEST_F(HttpServerTest, TreatsHttp10AsItWants) {
  start();
  TestPeer closing(port());
  auto const once = closing.send("GET /echo HTTP/1.0\r\n\r\n").rest();
  EXPECT_TRUE(closing.ended());
  EXPECT_TRUE(contains(once, "\r\nConnection: close\r\n"));
  TestPeer staying(port());
  for (int i = 0; i < 2; ++i) {
    auto const response =
        staying.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").response();
    EXPECT_TRUE(contains(response, "\r\nConnection: keep-alive\r\n"));
  }
}

TEST_F(HttpServerTest, TellsAClientThatWaitsToGoOn) {
  start();
  TestPeer peer(port());
  peer.send(
      "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(peer.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(body_of(peer.send("body").response()), "body");
}

TEST_F(HttpServerTest, DoesNotTellAClientToGoOnThatHasAlreadySent) {
  start();
  auto const response =
      TestPeer(port()).send(post("/echo", "body", "Expect: 100-continue\r\n")).response();
  EXPECT_EQ(status_of(response), 200);
}

TEST_F(HttpServerTest, SendsALargeAnswerToASlowReader) {
  start();
  TestPeer peer(port(), 64 * 1024);
  auto const response = peer.send(get("/large")).response();
  EXPECT_EQ(body_of(response).size(), TestService::large_bytes);
}

TEST_F(HttpServerTest, ServesFromSeveralThreads) {
  auto options = test_options();
  options.threads = 3;
  start(options);
  std::vector<std::unique_ptr<TestPeer>> peers;
  for (int i = 0; i < 40; ++i) peers.push_back(std::make_unique<TestPeer>(port()));
  for (auto const& peer : peers) peer->send(post("/echo", "x"));
  for (auto const& peer : peers) EXPECT_EQ(body_of(peer->response()), "x");
}

TEST_F(HttpServerTest, RefusesAPortThatAnotherServerHas) {
  auto options = test_options();
  options.threads = 2;
  start(options);
  options.port = port();
  for (unsigned const threads : {1U, 2U}) {
    options.threads = threads;
    auto const second = HttpServer::start(options, service);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "address_in_use");
  }
}

TEST_F(HttpServerTest, SaysWhenTheHostIsNotAnAddress) {
  auto options = test_options();
  options.host = "not an address";
  auto const refused = HttpServer::start(options, service);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "address_invalid");
}

}  // namespace
}  // namespace tally::platform
