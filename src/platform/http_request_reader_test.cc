#include "platform/http_request_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/prng.h"
#include "platform/http_gunzip.h"
#include "platform/http_head_rules.h"
#include "platform/http_response_writer.h"
#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

using Step = HttpRequestReader::Step;

constexpr HttpRequestLimits small_limits{.header_bytes_max = 512, .body_bytes_max = 256};

// All that a reader makes of a stream, when it gets `piece(n)` bytes at a time.
template <class Piece>
std::string outcome(std::string_view stream, Piece piece) {
  HttpRequestReader reader(small_limits);
  std::string told;
  std::string unread;
  while (!stream.empty()) {
    auto const size = std::min(stream.size(), piece());
    unread += stream.substr(0, size);
    stream.remove_prefix(size);
    for (;;) {
      std::size_t used = 0;
      auto const step = reader.read(unread, used);
      EXPECT_LE(used, unread.size());
      unread.erase(0, used);
      if (step == Step::need_more) break;
      if (step == Step::refused) {
        return told + "refused " + std::to_string(reader.refusal().status);
      }
      auto const incoming = reader.take();
      told += incoming.request.method + " " + incoming.request.path + " " + incoming.request.body +
              (incoming.form.keep_alive ? "\n" : " (close)\n");
      if (unread.empty()) break;
    }
    EXPECT_LT(unread.size(), small_limits.header_bytes_max) << "input is hoarded";
  }
  return told + "phase " + std::to_string(static_cast<int>(reader.phase()));
}

// Requests of all kinds, then damaged: some bytes changed, dropped, doubled or cut off.
std::string random_stream(Prng& prng) {
  static std::vector<std::string> const parts{
      get("/a"),
      post("/b", "body"),
      post("/c", "", "Connection: close\r\n"),
      "POST /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
      "3\r\nabc\r\n",
      "1;e=\"f\"\r\nz\r\n",
      "0\r\n\r\n",
      "0\r\nT: u\r\n\r\n",
      "\r\n",
      "Content-Length: 3\r\n",
      "Expect: 100-continue\r\n",
      "Content-Encoding: gzip\r\n",
      "HEAD http://h/p?q HTTP/1.0\r\n\r\n",
      " ",
      "\r",
      "\n",
      std::string(1, '\0'),
      std::string(600, 'y'),
      ";",
      "ffffffffffffffff\r\n",
  };
  std::string stream;
  for (auto n = 1 + prng.below(6); n > 0; --n) stream += parts[prng.below(parts.size())];
  for (auto n = prng.below(4); n > 0 && !stream.empty(); --n) {
    auto const at = prng.below(stream.size());
    switch (prng.below(4)) {
      case 0:
        stream[at] = static_cast<char>(prng.below(256));
        break;
      case 1:
        stream.erase(at, 1);
        break;
      case 2:
        stream.insert(at, 1, stream[at]);
        break;
      default:
        stream.insert(at, parts[prng.below(parts.size())]);
        break;
    }
  }
  return stream;
}

TEST(HttpRequestReader, MakesTheSameOfAStreamHoweverItIsCut) {
  Prng prng(20);
  for (int i = 0; i < 6000; ++i) {
    auto const stream = random_stream(prng);
    auto const whole = outcome(stream, [&] { return stream.size(); });
    EXPECT_EQ(outcome(stream, [] { return std::size_t{1}; }), whole) << stream;
    EXPECT_EQ(outcome(stream, [&] { return 1 + prng.below(40); }), whole) << stream;
  }
}

TEST(HttpRequestReader, EndsInTheMiddleOfNothingAfterAWholeRequest) {
  HttpRequestReader reader(small_limits);
  auto const request = post("/x", "abc");
  std::size_t used = 0;
  EXPECT_EQ(reader.read(request + "GET", used), Step::request);
  EXPECT_EQ(used, request.size());
  EXPECT_EQ(reader.take().request.body, "abc");
  EXPECT_EQ(reader.phase(), HttpRequestReader::Phase::idle);
}

TEST(HttpTarget, IsSplitAtTheFirstQuestionMark) {
  std::string path;
  std::string query;
  ASSERT_TRUE(split_target("/a%3Fb?c?d", path, query));
  EXPECT_EQ(path, "/a%3Fb");
  EXPECT_EQ(query, "c?d");
  ASSERT_TRUE(split_target("HTTP://h?x", path, query));
  EXPECT_EQ(path, "/");
  EXPECT_EQ(query, "x");
  for (auto const* const bad : {"", "a", "//h\t", "http://", "http:///a", "ftp://h/"}) {
    EXPECT_FALSE(split_target(bad, path, query)) << bad;
  }
}

TEST(HttpGunzip, RefusesWhatIsCutShortOrTampered) {
  // RFC 1952: "tally" packed by an independent implementation.
  auto const packed = from_hex("1f8b08000000000002032b49ccc9a9040003feb6e805000000");
  ASSERT_TRUE(packed);
  std::string const bytes(as_text(*packed));
  EXPECT_EQ(gunzip(bytes, 5).value(), "tally");
  EXPECT_EQ(gunzip(bytes, 4).error().code, "too_large");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(gunzip(bytes.substr(0, length), 100).error().code, "malformed") << length;
  }
  auto tampered = bytes;
  tampered[bytes.size() - 6] ^= 1;
  EXPECT_EQ(gunzip(tampered, 100).error().code, "malformed");
  EXPECT_EQ(gunzip(bytes + "x", 100).error().code, "malformed");
}

TEST(HttpResponseWriter, WritesTheDateOfTheStandard) {
  EXPECT_EQ(http_date(*from_rfc3339("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpResponseWriter, LetsNoHeaderValueStartAFieldAndNoServiceFrameTheMessage) {
  ports::HttpResponse response;
  response.headers = {{"Location", "/a\r\nSet-Cookie: b"},
                      {"content-length", "99"},
                      {"Transfer-Encoding", "chunked"}};
  response.body = "xy";
  std::string out;
  append_response(out, response, {}, "now");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\n"
            "X-Content-Type-Options: nosniff\r\nLocation: /a  Set-Cookie: b\r\n\r\nxy");
}

TEST(HttpResponseWriter, SendsNoBodyWhereNoneIsAllowed) {
  for (int const status : {204, 304}) {
    std::string out;
    append_response(out, {status, {}, "body"}, {}, "now");
    EXPECT_EQ(out.substr(out.size() - 4), "\r\n\r\n");
    EXPECT_EQ(out.find("Content-Length"), out.npos);
  }
}

}  // namespace
}  // namespace tally::platform
