#include "sim/sim_outbound.h"

#include <gtest/gtest.h>

#include <set>

namespace tally::sim {

namespace {

using ports::OutboundFate;
using ports::OutboundReply;
using ports::OutboundRequest;

OutboundReply reply(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

}  // namespace

TEST(SimOutbound, AnswersFromTheServerOfTheOrigin) {
  SimOutbound outbound(1, {});
  outbound.serve("https://a.test", [](OutboundRequest const& request) {
    return reply(201, request.method + " " + request.url + " " + request.body);
  });
  auto const answer = outbound.exchange({.method = "POST", .url = "https://a.test/x", .body = "b"});
  EXPECT_EQ(answer.value().body, "POST https://a.test/x b");
  for (auto const* const elsewhere : {"http://a.test/x", "https://b.test/", "a.test"}) {
    auto const nobody = outbound.exchange({.url = elsewhere});
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().fate, OutboundFate::not_sent);
  }
}

TEST(SimOutbound, BoundsAnAnswerAsTheRequestSays) {
  SimOutbound outbound(1, {});
  outbound.serve("https://a.test", [](OutboundRequest const&) { return reply(200, "12345678"); });
  auto const large = outbound.exchange({.url = "https://a.test/", .body_bytes_max = 7});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().error.code, "too_large");
  EXPECT_EQ(large.error().fate, OutboundFate::answered);
  EXPECT_EQ(large.error().status, 200);
}

TEST(SimOutbound, FollowsRedirectsOnlyWhereAsked) {
  SimOutbound outbound(1, {});
  outbound.serve("https://a.test", [](OutboundRequest const&) {
    return OutboundReply{.status = 302, .headers = {{"location", "https://b.test/"}}, .body = ""};
  });
  outbound.serve("https://b.test", [](OutboundRequest const& request) {
    return reply(200, std::to_string(request.headers.size()));
  });
  OutboundRequest request{.url = "https://a.test/", .headers = {{"Authorization", "secret"}}};
  EXPECT_EQ(outbound.exchange(request).value().status, 302);
  request.redirects_max = 1;
  EXPECT_EQ(outbound.exchange(request).value().body, "0");
}

// What a caller may conclude from a fate is true of every exchange.
TEST(SimOutbound, NeverLiesAboutWhatWasCarriedOut) {
  SimOutbound outbound(7, {.refused_per_mille = 200,
                           .request_lost_per_mille = 200,
                           .answer_lost_per_mille = 200,
                           .cut_per_mille = 200,
                           .doubled_per_mille = 500});
  int carried_out = 0;
  outbound.serve("https://a.test", [&](OutboundRequest const&) {
    ++carried_out;
    return reply(200, "done");
  });
  std::set<std::string> seen;
  for (int round = 0; round < 1000; ++round) {
    carried_out = 0;
    auto const result = outbound.exchange({.method = "POST", .url = "https://a.test/"});
    bool const answered = result || result.error().fate == OutboundFate::answered;
    bool const unsent = !result && result.error().fate == OutboundFate::not_sent;
    EXPECT_TRUE(!answered || carried_out == 1);
    EXPECT_TRUE(!unsent || carried_out == 0);
    EXPECT_LE(carried_out, 1);
    seen.insert(result ? "reply" : result.error().error.detail + std::to_string(carried_out));
  }
  EXPECT_EQ(seen.size(), 5U);
  outbound.heal();
  EXPECT_TRUE(outbound.exchange({.method = "POST", .url = "https://a.test/"}));
}

}  // namespace tally::sim
