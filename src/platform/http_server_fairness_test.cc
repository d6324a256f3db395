// What one connection, one address or one owner may take from the others.

#include <gtest/gtest.h>

#include <optional>

#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

using ports::HttpFault;

class HttpServerFairness : public HttpServerFixture {
 protected:
  bool eventually_open(std::uint64_t count) {
    return eventually([&] { return server->counts().connections_open == count; });
  }
  static bool serves(TestPeer& peer) {
    return status_of(peer.send(get("/echo")).response()) == 200;
  }
};

// All three have sent everything before the first of them is read.
TEST_F(HttpServerFairness, BeginsOneRequestOfAConnectionAndThenThoseOfOthers) {
  start();
  TestPeer gate(port());
  std::vector<std::unique_ptr<TestPeer>> peers;
  for (int i = 0; i < 3; ++i) peers.push_back(std::make_unique<TestPeer>(port()));
  ASSERT_TRUE(eventually_open(4));
  gate.send(get("/gate"));
  ASSERT_TRUE(eventually([&] { return server->counts().requests == 1; }));
  for (std::size_t peer = 0; peer < 3; ++peer) {
    std::string many;
    for (int i = 0; i < 20; ++i) many += get("/mark/" + std::string(1, "abc"[peer]));
    peers[peer]->send(many);
  }
  service.open_gate();
  for (auto const& peer : peers)
    for (int i = 0; i < 20; ++i) EXPECT_EQ(status_of(peer->response()), 200);
  auto const marks = service.marks();
  for (char const* in_a_row : {"aaa", "bbb", "ccc"})
    EXPECT_GT(marks.find(in_a_row), std::size_t{30}) << marks;
}

TEST_F(HttpServerFairness, AnswersAllThatWasPipelinedBeforeTheClientEndedItsSide) {
  start();
  TestPeer peer(port());
  std::string many;
  for (int i = 0; i < 50; ++i) many += get("/echo");
  peer.send(many).end_output();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(status_of(peer.response()), 200);
}

TEST_F(HttpServerFairness, GivesThePlaceOfAnIdleConnectionToOneThatComes) {
  auto options = test_options();
  options.connections_max = 3;
  start(options);
  TestPeer owned(port());
  EXPECT_EQ(status_of(owned.send(get("/own/acme")).response()), 200);
  TestPeer oldest(port());
  TestPeer younger(port());
  ASSERT_TRUE(eventually_open(3));
  TestPeer comes(port());
  EXPECT_TRUE(serves(comes));
  EXPECT_EQ(oldest.rest(), "");
  EXPECT_TRUE(oldest.ended());
  EXPECT_TRUE(serves(younger));
  EXPECT_TRUE(serves(owned));
  EXPECT_EQ(server->counts().displaced, 1U);
}

TEST_F(HttpServerFairness, EndsNoConnectionThatIsOwedAnAnswerForAnothersSake) {
  auto options = test_options();
  options.connections_max = 1;
  start(options);
  TestPeer waits(port());
  waits.send(get("/hold"));
  auto held = service.held(1);
  ASSERT_EQ(held.size(), 1U);
  TestPeer comes(port());
  EXPECT_EQ(status_of(comes.send(get("/echo")).response()), 503);
  EXPECT_EQ(server->counts().fault(HttpFault::too_many), 1U);
  held[0].send({200, {}, "patient"});
  EXPECT_EQ(body_of(waits.response()), "patient");
}

TEST_F(HttpServerFairness, BoundsTheConnectionsOfAnAddressThatNobodyHasSpokenFor) {
  auto options = test_options();
  options.connections_unauthenticated_max = 2;
  start(options);
  std::vector<std::unique_ptr<TestPeer>> owned;
  for (int i = 0; i < 5; ++i) {
    owned.push_back(std::make_unique<TestPeer>(port()));
    EXPECT_EQ(status_of(owned.back()->send(get("/own/acme")).response()), 200);
  }
  TestPeer one(port());
  TestPeer two(port());
  ASSERT_TRUE(eventually_open(7));
  TestPeer three(port());
  EXPECT_TRUE(serves(three));
  EXPECT_EQ(one.rest(), "");
  EXPECT_TRUE(one.ended()) << "the oldest of its own address";
  for (auto const& peer : owned) EXPECT_TRUE(serves(*peer));
}

TEST_F(HttpServerFairness, TellsTheServiceWhenAnOwnerHasTooMany) {
  auto options = test_options();
  options.connections_of_owner_max = 2;
  start(options);
  TestPeer one(port());
  std::optional<TestPeer> two(port());
  TestPeer three(port());
  EXPECT_EQ(body_of(one.send(get("/own/acme")).response()), "owned");
  EXPECT_EQ(body_of(two->send(get("/own/acme")).response()), "owned");
  EXPECT_EQ(body_of(three.send(get("/own/acme")).response()), "too many");
  EXPECT_EQ(body_of(three.send(get("/own/beta")).response()), "owned");
  EXPECT_EQ(body_of(one.send(get("/own/acme")).response()), "owned") << "the same again";
  two.reset();
  ASSERT_TRUE(eventually_open(2));
  EXPECT_EQ(body_of(three.send(get("/own/acme")).response()), "owned");
}

TEST_F(HttpServerFairness, ReadsNothingMoreFromAClientThatIsToRest) {
  start();
  TestPeer owned(port());
  EXPECT_EQ(status_of(owned.send(get("/own/acme")).response()), 200);
  owned.send(get("/rest") + get("/hold"));
  EXPECT_EQ(status_of(owned.response()), 429);
  EXPECT_EQ(service.held(1).size(), 1U) << "a connection with an owner does not rest";
  TestPeer stranger(port());
  stranger.send(get("/rest") + get("/hold"));
  EXPECT_EQ(status_of(stranger.response()), 429);
  TestPeer other(port());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(serves(other));
  EXPECT_EQ(server->counts().requests, 24U) << "the stranger's second request waits";
}

TEST_F(HttpServerFairness, GoesOnWithAClientThatHasRested) {
  start();
  TestPeer stranger(port());
  stranger.send(get("/nap") + get("/echo"));
  EXPECT_EQ(status_of(stranger.response()), 429);
  EXPECT_EQ(status_of(stranger.response()), 200);
}

TEST_F(HttpServerFairness, BeginsNothingMoreForAClientThatDoesNotRead) {
  auto options = test_options();
  options.requests_pipelined_max = 16;
  start(options);
  TestPeer peer(port(), 4096);
  std::string many;
  for (int i = 0; i < 16; ++i) many += get("/large");
  peer.send(many);
  ASSERT_TRUE(eventually([&] { return server->counts().requests >= 1; }));
  TestPeer other(port());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(serves(other));
  EXPECT_EQ(server->counts().requests, 21U);
}

TEST_F(HttpServerFairness, EndsWhoHasTakenNothingForTheLongestWhenMemoryIsShort) {
  auto options = test_options();
  options.output_bytes_total_max = TestService::large_bytes * 2;
  start(options);
  std::vector<std::unique_ptr<TestPeer>> peers;
  for (int i = 0; i < 6; ++i) {
    peers.push_back(std::make_unique<TestPeer>(port(), 4096));
    peers.back()->send(get("/large"));
  }
  EXPECT_TRUE(eventually([&] { return server->counts().not_reading >= 3; }));
  EXPECT_TRUE(eventually([&] { return server->counts().connections_open <= 3; }));
  TestPeer other(port());
  EXPECT_TRUE(serves(other));
}

}  // namespace
}  // namespace tally::platform
