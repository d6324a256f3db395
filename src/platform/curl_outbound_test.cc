#include "platform/curl_outbound.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <latch>

#include "platform/outbound_peer_fixture.h"

namespace tally::platform {
namespace {

using ports::OutboundFate;
using ports::OutboundRequest;
using ports::OutboundResult;

class CurlOutboundTest : public ::testing::Test {
 protected:
  static OutboundRequest get(std::string url) {
    return {.url = std::move(url), .timeout = kPatience, .connect_timeout = kPatience};
  }
  static OutboundRequest post(std::string url, std::string body) {
    auto request = get(std::move(url));
    request.method = "POST";
    request.body = std::move(body);
    return request;
  }
  // One answer, however it is cut, to one GET.
  OutboundResult answer(std::vector<std::string> const& pieces) {
    OutboundPeer peer({[&](PeerWire& wire) {
      wire.request();
      for (auto const& piece : pieces) wire.send(piece);
    }});
    return outbound_.exchange(get(peer.url()));
  }
  static void expect(OutboundResult const& result, std::string_view code, OutboundFate fate) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error.code, code) << result.error().error.internal;
    EXPECT_EQ(result.error().fate, fate) << result.error().error.internal;
  }

  CurlLibrary library_;
  CurlOutbound outbound_{library_, {}};
};

}  // namespace

TEST_F(CurlOutboundTest, SendsWhatItWasGivenAndNothingElse) {
  std::string sent;
  OutboundPeer peer({[&](PeerWire& wire) {
    sent = wire.request();
    wire.send("HTTP/1.1 404 Not Found\r\nX-One: 1\r\nX-ONE:  2 \r\nContent-Length: 2\r\n\r\nno");
  }});
  auto request = post(peer.url() + "/a/../b?c=%20", "body");
  request.headers = {{"X-Key", "k"}, {"X-Empty", ""}};
  auto const reply = outbound_.exchange(request);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->header("x-one"), "1");
  EXPECT_EQ(reply->headers.at(1), (std::pair<std::string, std::string>("x-one", "2")));
  EXPECT_EQ(reply->header("absent"), "");
  EXPECT_EQ(reply->body, "no");
  EXPECT_EQ(sent, "POST /a/../b?c=%20 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) +
                      "\r\nX-Key: k\r\nX-Empty:\r\nContent-Length: 4\r\n\r\nbody");
}

TEST_F(CurlOutboundTest, KeepsItsConnectionBetweenExchanges) {
  OutboundPeer peer({[](PeerWire& wire) {
    for (auto const* const body : {"one", "two", "three"}) {
      wire.request();
      wire.send(ok(body));
    }
  }});
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "one");
  EXPECT_EQ(outbound_.exchange(post(peer.url(), "x")).value().body, "two");
  EXPECT_EQ(outbound_.exchange(post(peer.url(), "")).value().body, "three");
}

TEST_F(CurlOutboundTest, OpensANewConnectionWhenTheServerHasClosedTheOldOne) {
  std::latch closed(1);
  OutboundPeer peer({[&](PeerWire& wire) {
                       wire.request();
                       wire.send(ok("one"));
                       wire.close();
                       closed.count_down();
                     },
                     [](PeerWire& wire) {
                       wire.request();
                       wire.send(ok("two"));
                     }});
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "one");
  closed.wait();
  EXPECT_EQ(outbound_.exchange(post(peer.url(), "x")).value().body, "two");
}

// libcurl by itself sends it again, on a new connection.
TEST_F(CurlOutboundTest, SendsNothingTwiceThatIsNotARead) {
  for (std::string const body : {"", "body"}) {
    int seen = 0;
    OutboundPeer peer({[&](PeerWire& wire) {
      wire.request();
      wire.send(ok("one"));
      seen += wire.request().empty() ? 0 : 1;
    }});
    EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "one");
    expect(outbound_.exchange(post(peer.url(), body)), "unreachable",
           OutboundFate::outcome_unknown);
    peer.finish();
    EXPECT_EQ(seen, 1);
  }
}

TEST_F(CurlOutboundTest, ReadsOnceMoreWhereAKeptConnectionEndedWithoutAnAnswer) {
  OutboundPeer peer({[](PeerWire& wire) {
                       wire.request();
                       wire.send(ok("one"));
                       wire.request();
                     },
                     [](PeerWire& wire) {
                       wire.request();
                       wire.send(ok("two"));
                     }});
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "one");
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "two");
}

// libcurl 7.88 by itself takes it for the answer to the next request.
TEST_F(CurlOutboundTest, TakesNothingForAnAnswerThatCameBeforeTheRequest) {
  std::latch one_is_read(1);
  std::latch unasked_is_sent(1);
  OutboundPeer peer({[&](PeerWire& wire) {
                       wire.request();
                       wire.send(ok("one"));
                       one_is_read.wait();
                       wire.send(ok("unasked"));
                       unasked_is_sent.count_down();
                       wire.drain();
                     },
                     [](PeerWire& wire) {
                       wire.request();
                       wire.send(ok("two"));
                     }});
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "one");
  one_is_read.count_down();
  unasked_is_sent.wait();
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "two");
}

TEST_F(CurlOutboundTest, ReadsChunksHoweverTheyAreCut) {
  std::string const chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < chunked.size(); ++cut) {
    auto const reply = answer({chunked.substr(0, cut), chunked.substr(cut)});
    ASSERT_TRUE(reply) << cut;
    EXPECT_EQ(reply->body, "abcde");
  }
}

TEST_F(CurlOutboundTest, ReadsABodyThatEndsWithTheConnection) {
  EXPECT_EQ(answer({"HTTP/1.1 200 OK\r\n\r\nall", " of it"}).value().body, "all of it");
}

TEST_F(CurlOutboundTest, ReadsOverInterimAnswers) {
  auto const reply = answer({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-A: b\r\n",
                             "\r\n" + ok("final")});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "final");
  EXPECT_EQ(reply->header("x-a"), "");
}

TEST_F(CurlOutboundTest, WaitsForNoContinueBeforeALargeBody) {
  std::string const body(3 << 20, 'x');
  std::string sent;
  OutboundPeer peer({[&](PeerWire& wire) {
    sent = wire.request();
    wire.send(ok("all"));
  }});
  EXPECT_EQ(outbound_.exchange(post(peer.url(), body)).value().body, "all");
  EXPECT_EQ(sent.find("Expect"), std::string::npos);
  EXPECT_TRUE(sent.ends_with(body));
}

TEST_F(CurlOutboundTest, ExpectsNoBodyAfterHead) {
  OutboundPeer peer({[](PeerWire& wire) {
    wire.request();
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
    wire.request();
    wire.send(ok("next"));
  }});
  auto head = get(peer.url());
  head.method = "HEAD";
  EXPECT_EQ(outbound_.exchange(head).value().body, "");
  EXPECT_EQ(outbound_.exchange(get(peer.url())).value().body, "next");
}

TEST_F(CurlOutboundTest, SaysWhatIsWrongWithAnAnswer) {
  using enum OutboundFate;
  struct Case {
    std::string bytes;
    std::string_view code;
    OutboundFate fate;
  };
  std::vector<Case> const cases{
      {"", "unreachable", outcome_unknown},
      {"HTTP/1.1 200 OK\r\nConte", "unreachable", outcome_unknown},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "unreachable", outcome_unknown},
      {"HTTP/1.1 100 Continue\r\n\r\n", "unreachable", outcome_unknown},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "unreachable", answered},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "unreachable", answered},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", "unreachable", answered},
      {"220 mail ready\r\n\r\n", "malformed", outcome_unknown},
      {"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\nrest", "malformed", outcome_unknown},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc", "malformed", outcome_unknown},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 3\r\n\r\nabc", "malformed",
       answered},
  };
  for (auto const& [bytes, code, fate] : cases) {
    SCOPED_TRACE(bytes);
    expect(answer({bytes}), code, fate);
  }
}

TEST_F(CurlOutboundTest, BoundsWhatItTakes) {
  std::string const line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() <= ports::kOutboundHeadBytesMax) head += line;
  expect(answer({head}), "too_large", OutboundFate::outcome_unknown);
  std::string interim;
  while (interim.size() <= ports::kOutboundHeadBytesMax) interim += "HTTP/1.1 102 Wait\r\n\r\n";
  expect(answer({interim}), "too_large", OutboundFate::outcome_unknown);
  std::string const chunks = "4\r\nabcd\r\n";
  std::string const coded = "HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::string const& body : std::vector{ok("12345678"), coded + chunks + chunks}) {
    OutboundPeer peer({[&](PeerWire& wire) {
      wire.request();
      wire.send(body);
      wire.drain();
    }});
    auto request = get(peer.url());
    request.body_bytes_max = 7;
    auto const result = outbound_.exchange(request);
    expect(result, "too_large", OutboundFate::answered);
    EXPECT_GE(result.error().status, 200);
  }
}

TEST_F(CurlOutboundTest, GivesUpAtTheDeadline) {
  for (std::string const part : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\nhalf"}) {
    OutboundPeer peer({[&](PeerWire& wire) {
      wire.request();
      wire.send(part);
      wire.drain();
    }});
    auto request = get(peer.url());
    request.timeout = milliseconds(50);
    auto const result = outbound_.exchange(request);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error.code, "timed_out");
  }
}

TEST_F(CurlOutboundTest, KnowsThatNothingWasSentWhereNobodyListens) {
  std::string url;
  { url = OutboundPeer({}).url(); }
  expect(outbound_.exchange(get(url)), "unreachable", OutboundFate::not_sent);
}

TEST_F(CurlOutboundTest, SendsNothingThatCouldBecomeAnotherRequest) {
  OutboundPeer peer({[](PeerWire& wire) {
    wire.request();
    wire.send(ok("untouched"));
  }});
  std::string const url = peer.url();
  auto const refused = [&](OutboundRequest const& request) {
    expect(outbound_.exchange(request), "malformed", OutboundFate::not_sent);
  };
  for (std::string const& bad : std::vector<std::string>{
           url + "/a b", url + "/a\nb", std::string(), "ftp" + url.substr(4), "http:/127.0.0.1",
           "http://u:p@127.0.0.1", url + "/#part", "http://", "file:///etc/passwd",
           url + "/" + std::string(ports::kOutboundUrlBytesMax, 'x')})
    refused(get(bad));
  for (std::string const bad : {"G\r\n", "", "G T"}) {
    auto request = get(url);
    request.method = bad;
    refused(request);
  }
  for (auto const& bad : ports::HttpHeaders{{"X", "a\r\nY: b"},
                                            {"X:", "a"},
                                            {"", "a"},
                                            {"X Y", "a"},
                                            {"Host", "elsewhere"},
                                            {"content-length", "0"},
                                            {"Transfer-Encoding", "chunked"}}) {
    auto request = get(url);
    request.headers = {bad};
    refused(request);
  }
  EXPECT_EQ(outbound_.exchange(get(url)).value().body, "untouched");
}

TEST_F(CurlOutboundTest, FollowsRedirectsOnlyWhereAskedAndTakesNoHeaderElsewhere) {
  std::string there;
  OutboundPeer elsewhere({[&](PeerWire& wire) {
    there = wire.request();
    wire.send(ok("arrived"));
  }});
  std::string const redirect = "HTTP/1.1 307 There\r\nContent-Length: 0\r\nLocation: ";
  OutboundPeer peer({[&](PeerWire& wire) {
    wire.request();
    wire.send(redirect + elsewhere.url() + "/x\r\n\r\n");
    wire.request();
    wire.send(redirect + "/again\r\n\r\n");
    EXPECT_NE(wire.request().find("GET /again HTTP/1.1\r\n"), std::string::npos);
    wire.send(redirect + elsewhere.url() + "/y\r\n\r\n");
  }});
  auto request = get(peer.url());
  request.headers = {{"Authorization", "Bearer secret"}};
  EXPECT_EQ(outbound_.exchange(request).value().status, 307);
  request.redirects_max = 2;
  EXPECT_EQ(outbound_.exchange(request).value().body, "arrived");
  EXPECT_NE(there.find("GET /y HTTP/1.1\r\n"), std::string::npos) << there;
  EXPECT_EQ(there.find("secret"), std::string::npos) << there;
  auto change = post(peer.url(), "x");
  change.redirects_max = 1;
  expect(outbound_.exchange(change), "malformed", OutboundFate::not_sent);
}

TEST_F(CurlOutboundTest, ReachesAnIpv6Address) {
  OutboundPeer peer({[](PeerWire& wire) {
                      if (wire.request().find("\r\nHost: [::1]:") != std::string::npos)
                        wire.send(ok("six"));
                    }},
                    AF_INET6);
  if (!peer.is_listening()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(outbound_.exchange(get(peer.url("http", "[::1]"))).value().body, "six");
}

// Where the answer was there before the connection broke, it tells more than the break.
TEST_F(CurlOutboundTest, HearsARefusalOfABodyThatNobodyReads) {
  OutboundPeer peer({[](PeerWire& wire) {
    wire.receive();
    wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    wire.drain();
  }});
  auto const reply = outbound_.exchange(post(peer.url(), std::string(8 << 20, 'x')));
  ASSERT_TRUE(reply) << reply.error().error.internal;
  EXPECT_EQ(reply->status, 413);
}

TEST_F(CurlOutboundTest, GivesItsSocketsToNoOtherProgram) {
  OutboundPeer peer({[](PeerWire& wire) {
    wire.request();
    wire.send(ok(""));
    wire.drain();
  }});
  {
    CurlOutbound outbound(library_, {});
    ASSERT_TRUE(outbound.exchange(get(peer.url())));
    int found = 0;
    for (int fd = 0; fd < 1024; ++fd) {
      sockaddr_in there{};
      socklen_t length = sizeof there;
      if (::getpeername(fd, reinterpret_cast<sockaddr*>(&there), &length) != 0 ||
          ntohs(there.sin_port) != peer.port())
        continue;
      ++found;
      EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    }
    EXPECT_EQ(found, 1);
  }
}

}  // namespace tally::platform
