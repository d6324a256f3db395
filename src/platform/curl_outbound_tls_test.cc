#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "platform/curl_outbound.h"
#include "platform/outbound_peer_fixture.h"

namespace tally::platform {
namespace {

using ports::OutboundFate;
using ports::OutboundRequest;
using ports::OutboundResult;

class CurlOutboundTls : public ::testing::Test {
 protected:
  CurlOutboundTls() {
    std::string folder = (std::filesystem::temp_directory_path() / "tally-tls-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  ~CurlOutboundTls() override { std::filesystem::remove_all(folder_); }

  std::string file_of(Identity const& trusted) {
    std::string const path = folder_ + "/" + std::to_string(++files_) + ".pem";
    std::ofstream(path) << pem_of(trusted);
    return path;
  }
  static OutboundRequest get(std::string url) {
    return {.url = std::move(url), .timeout = kPatience, .connect_timeout = kPatience};
  }
  // Asks a server of that identity once, trusting what is in the file.
  OutboundResult ask(Identity const& server, std::string ca_file,
                     std::string_view host = "127.0.0.1") {
    OutboundPeer peer({[&](PeerWire& wire) {
      if (!wire.begin_tls(server)) return;
      wire.request();
      wire.send(ok("hello"));
      wire.end_tls();
    }});
    CurlOutbound outbound(library_, {.ca_file = std::move(ca_file), .proxies = {}});
    return outbound.exchange(get(peer.url("https", host)));
  }
  static void expect(OutboundResult const& result, std::string_view code, OutboundFate fate,
                     std::string_view inside = "") {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().error.code, code) << result.error().error.internal;
    EXPECT_EQ(result.error().fate, fate) << result.error().error.internal;
    EXPECT_NE(result.error().error.internal.find(inside), std::string::npos)
        << result.error().error.internal;
  }

  static constexpr char kNames[] = "DNS:localhost,DNS:ledger.test,IP:127.0.0.1";
  CurlLibrary library_;
  std::string folder_;
  int files_ = 0;
  Identity authority_ = made({.name = "Test Authority", .alt_names = ""});
  Identity server_ = made({.name = "ledger.test", .alt_names = kNames}, &authority_);
};

}  // namespace

TEST_F(CurlOutboundTls, TrustsWhatTheNamedAuthorityHasSigned) {
  auto const by_address = ask(server_, file_of(authority_));
  ASSERT_TRUE(by_address) << by_address.error().error.internal;
  EXPECT_EQ(by_address->body, "hello");
  EXPECT_TRUE(ask(server_, file_of(authority_), "localhost"));
}

TEST_F(CurlOutboundTls, TrustsACertificateThatIsNamedItself) {
  EXPECT_TRUE(ask(server_, file_of(server_)));
}

TEST_F(CurlOutboundTls, SendsNothingToAServerThatIsNotTrusted) {
  using enum OutboundFate;
  Identity const other = made({.name = "Test Authority", .alt_names = ""});
  expect(ask(server_, file_of(other)), "untrusted", not_sent, "certificate");
  expect(ask(server_, ""), "untrusted", not_sent, "certificate");
  Identity const expired =
      made({.name = "a", .alt_names = kNames, .valid_from_s = -7200, .valid_until_s = -3600},
           &authority_);
  expect(ask(expired, file_of(authority_)), "untrusted", not_sent, "expired");
  Identity const early = made(
      {.name = "a", .alt_names = kNames, .valid_from_s = 3600, .valid_until_s = 7200}, &authority_);
  expect(ask(early, file_of(authority_)), "untrusted", not_sent, "not yet valid");
  Identity const elsewhere =
      made({.name = "127.0.0.1", .alt_names = "DNS:ledger.test"}, &authority_);
  expect(ask(elsewhere, file_of(authority_)), "untrusted", not_sent, "127.0.0.1");
}

TEST_F(CurlOutboundTls, SaysThatTheFileOfCertificatesCannotBeUsed) {
  CurlOutbound outbound(library_, {.ca_file = folder_ + "/none.pem", .proxies = {}});
  OutboundPeer peer({[&](PeerWire& wire) { wire.begin_tls(server_); }});
  expect(outbound.exchange(get(peer.url("https"))), "untrusted", OutboundFate::not_sent,
         "none.pem");
}

TEST_F(CurlOutboundTls, SpeaksToNoServerWithoutTls) {
  OutboundPeer peer({[](PeerWire& wire) {
    wire.receive();
    wire.send("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
    wire.drain();
  }});
  CurlOutbound outbound(library_, {.ca_file = file_of(authority_), .proxies = {}});
  expect(outbound.exchange(get(peer.url("https"))), "unreachable", OutboundFate::not_sent);
}

// A body that ends with the connection may have been cut by anybody in between.
TEST_F(CurlOutboundTls, TakesNoAnswerThatDoesNotSayWhereItEnds) {
  struct Case {
    std::string answer;
    std::string_view code;  // empty: a reply
  };
  std::string const head = "HTTP/1.1 200 OK\r\n";
  for (auto const& [answer, code] :
       std::vector<Case>{{head + "\r\nhalf of it", "malformed"},
                         {head + "Content-Length: 11\r\n\r\nhalf of it", "unreachable"},
                         {head + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "unreachable"},
                         {head + "Content-Length: 4\r\n\r\nhalf", ""},
                         {head + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n\r\n", ""},
                         {"HTTP/1.1 204 Nothing\r\n\r\n", ""}}) {
    SCOPED_TRACE(answer);
    OutboundPeer peer({[&](PeerWire& wire) {
      ASSERT_TRUE(wire.begin_tls(server_));
      wire.request();
      wire.send(answer);
    }});
    CurlOutbound outbound(library_, {.ca_file = file_of(authority_), .proxies = {}});
    auto const reply = outbound.exchange(get(peer.url("https")));
    EXPECT_EQ(reply.has_value(), code.empty());
    if (!code.empty()) expect(reply, code, OutboundFate::answered);
  }
}

TEST_F(CurlOutboundTls, OutlivesAServerThatEndsTheConnectionWhileItSends) {
  OutboundPeer peer({[&](PeerWire& wire) {
    ASSERT_TRUE(wire.begin_tls(server_));
    wire.receive();
    wire.abort();
  }});
  CurlOutbound outbound(library_, {.ca_file = file_of(authority_), .proxies = {}});
  auto request = get(peer.url("https"));
  request.method = "PUT";
  request.body = std::string(16 << 20, 'x');
  expect(outbound.exchange(request), "unreachable", OutboundFate::outcome_unknown);
}

TEST_F(CurlOutboundTls, GoesThroughAProxyThatSeesOnlyTheHostsName) {
  std::string asked;
  std::string sent;
  OutboundPeer proxy({[&](PeerWire& wire) {
    asked = wire.request();
    wire.send("HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n");
    ASSERT_TRUE(wire.begin_tls(server_));  // the server behind it
    sent = wire.request();
    wire.send(ok("through"));
    wire.end_tls();
  }});
  CurlOutbound outbound(library_, {.ca_file = file_of(authority_),
                                   .proxies = {.http = "", .https = proxy.url(), .none_for = ""}});
  auto request = get("https://ledger.test/v1/budget");
  request.headers = {{"Authorization", "Bearer secret"}};
  auto const reply = outbound.exchange(request);
  ASSERT_TRUE(reply) << reply.error().error.internal;
  EXPECT_EQ(reply->body, "through");
  EXPECT_EQ(reply->header("x-proxy"), "");
  EXPECT_TRUE(asked.starts_with("CONNECT ledger.test:443 HTTP/1.1\r\n")) << asked;
  EXPECT_EQ(asked.find("secret"), std::string::npos) << asked;
  EXPECT_TRUE(sent.starts_with("GET /v1/budget HTTP/1.1\r\nHost: ledger.test\r\n")) << sent;
  EXPECT_NE(sent.find("secret"), std::string::npos) << sent;
}

TEST_F(CurlOutboundTls, HasSentNothingWhereTheProxyRefuses) {
  for (std::string const answer :
       {"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 No\r\n\r\n", ""}) {
    OutboundPeer proxy({[&](PeerWire& wire) {
      wire.request();
      wire.send(answer);
    }});
    CurlOutbound outbound(library_,
                          {.ca_file = file_of(authority_),
                           .proxies = {.http = "", .https = proxy.url(), .none_for = ""}});
    expect(outbound.exchange(get("https://ledger.test/")), "unreachable", OutboundFate::not_sent);
  }
}

// 0.0.0.0 is this machine, too, but not by the rule for it.
TEST_F(CurlOutboundTls, ReachesDirectlyWhatNoProxyIsFor) {
  std::string const nobody = "http://127.0.0.1:1";
  auto const ask_with = [&](OutboundProxies const& proxies, std::string_view host) {
    OutboundPeer peer({[](PeerWire& wire) {
      wire.request();
      wire.send(ok("direct"));
    }});
    CurlOutbound outbound(library_, {.ca_file = "", .proxies = proxies});
    auto const result = outbound.exchange(get(peer.url("http", host)));
    if (!result) (void)CurlOutbound(library_, {}).exchange(get(peer.url()));  // its part is played
    return result.has_value();
  };
  EXPECT_FALSE(ask_with({.http = nobody, .https = "", .none_for = ""}, "0.0.0.0"));
  EXPECT_FALSE(ask_with({.http = nobody, .https = "", .none_for = "a.test"}, "0.0.0.0"));
  EXPECT_TRUE(ask_with({.http = nobody, .https = "", .none_for = "a.test,0.0.0.0"}, "0.0.0.0"));
  EXPECT_TRUE(ask_with({.http = nobody, .https = "", .none_for = "*"}, "0.0.0.0"));
  EXPECT_TRUE(ask_with({.http = "", .https = nobody, .none_for = ""}, "0.0.0.0"));
  EXPECT_TRUE(ask_with({.http = nobody, .https = "", .none_for = ""}, "127.0.0.1"));
  EXPECT_TRUE(ask_with({.http = nobody, .https = "", .none_for = ""}, "localhost"));
}

TEST_F(CurlOutboundTls, ReadsNoEnvironment) {
  constexpr std::array kVariables{"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                  "ALL_PROXY"};
  for (auto const* const name : kVariables) ::setenv(name, "http://127.0.0.1:1", 1);
  EXPECT_TRUE(ask(server_, file_of(authority_)));
  OutboundPeer peer({[](PeerWire& wire) {
    wire.request();
    wire.send(ok("direct"));
  }});
  EXPECT_TRUE(CurlOutbound(library_, {}).exchange(get(peer.url("http", "0.0.0.0"))));
  for (auto const* const name : kVariables) ::unsetenv(name);
}

// libcurl by itself makes the file as soon as it is initialised.
TEST(CurlLibrary, KeepsNoLogOfTheKeysOfConnections) {
  std::string folder = (std::filesystem::temp_directory_path() / "tally-keys-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  ::setenv("SSLKEYLOGFILE", (folder + "/keys").c_str(), 1);
  { CurlLibrary const library; }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

}  // namespace tally::platform
