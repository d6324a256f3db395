// Whatever bytes a connection brings, the reader gives requests that keep to its promises, or one
// refusal with a status that HTTP knows.

#include <gtest/gtest.h>

#include "fuzz/fuzz.h"
#include "platform/http_request_reader.h"

namespace tally::fuzz {
namespace {

constexpr platform::HttpRequestLimits kLimits{.header_bytes_max = 2048, .body_bytes_max = 4096};

std::vector<Bytes> seeds() {
  std::vector<Bytes> texts;
  for (std::string_view const text : {
           "GET /v1/runs?limit=5 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer tk_x\r\n\r\n",
           "POST /v1/runs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
           "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
           "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
           "5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n",
           "POST /a HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nExpect: 100-continue\r\n"
           "Content-Length: 20\r\n\r\n\x1f\x8b\x08\x01\x02\x03\x04\x05\x06\x07",
           "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\nX: \xc3\xa9\r\n\r\n",
           "GET / HTTP/1.0\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 1\r\n"
           "Transfer-Encoding: chunked\r\n folded\r\n\r\n",
       })
    texts.push_back(to_bytes(text));
  return texts;
}

void expect_request(platform::HttpIncoming const& incoming) {
  auto const& request = incoming.request;
  EXPECT_FALSE(request.method.empty());
  EXPECT_TRUE(request.path.starts_with('/') || request.path == "*") << request.path;
  EXPECT_LE(request.body.size(), kLimits.body_bytes_max);
  for (auto const& [name, value] : request.headers)
    for (std::string const& text : {name, value})
      EXPECT_EQ(text.find_first_of(std::string_view("\r\n\0", 3)), std::string::npos);
}

// Feeds the bytes in pieces; ends at a refusal or when they are used up.
void read_all(std::string_view bytes, std::size_t piece) {
  platform::HttpRequestReader reader(kLimits);
  std::string held;
  for (std::size_t at = 0; at < bytes.size() || !held.empty();) {
    auto const more = bytes.substr(at, piece);
    at += more.size();
    held += more;
    for (;;) {
      std::size_t used = 0;
      auto const step = reader.read(held, used);
      ASSERT_LE(used, held.size());
      held.erase(0, used);
      if (step == platform::HttpRequestReader::Step::request) {
        expect_request(reader.take());
        if (held.empty()) break;
        continue;
      }
      if (step == platform::HttpRequestReader::Step::need_more) break;
      EXPECT_TRUE(reader.refusal().status >= 400 && reader.refusal().status < 600);
      EXPECT_FALSE(reader.refusal().detail.empty());
      return;
    }
    if (more.empty()) return;
  }
}

TEST(HttpFuzz, TheReaderGivesGoodRequestsOrOneRefusal) {
  run(seeds(), [](ByteView bytes) {
    read_all(as_text(bytes), bytes.size() + 1);
    read_all(as_text(bytes), 7);
  });
}

}  // namespace
}  // namespace tally::fuzz
