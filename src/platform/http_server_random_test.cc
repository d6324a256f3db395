#include <gtest/gtest.h>

#include "base/prng.h"
#include "platform/http_server_fixture.h"

namespace tally::platform {
namespace {

using HttpServerRandom = HttpServerFixture;

std::string random_bytes(Prng& prng) {
  using namespace std::string_view_literals;
  static constexpr auto alphabet = "GET /HTTP1.0\r\n: chunked;host=Length-\t,?#%\0\xff"sv;
  std::string bytes = prng.chance(500) ? get("/echo") : "";
  for (auto n = prng.below(200); n > 0; --n) {
    bytes += prng.chance(200) ? static_cast<char>(prng.below(256))
                              : alphabet[prng.below(alphabet.size())];
  }
  return bytes;
}

TEST_F(HttpServerRandom, SurvivesRandomBytesAndClientsThatVanish) {
  auto options = test_options();
  options.threads = 2;
  options.header_timeout = milliseconds(20);
  options.body_timeout = milliseconds(20);
  options.linger_timeout = milliseconds(20);
  start(options);
  Prng prng(7);
  for (int i = 0; i < 3000; ++i) {
    TestPeer peer(port());
    ASSERT_TRUE(peer.connected());
    peer.send(random_bytes(prng));
    if (prng.chance(300)) peer.send(random_bytes(prng));
    switch (prng.below(3)) {
      case 0:
        peer.reset();
        break;
      case 1:
        peer.close();
        break;
      default: {
        peer.end_output();
        auto const answer = peer.rest();
        EXPECT_TRUE(answer.empty() || status_of(answer) >= 200) << answer;
        EXPECT_TRUE(peer.ended());
      }
    }
  }
  EXPECT_EQ(body_of(TestPeer(port()).send(post("/echo", "alive")).response()), "alive");
  EXPECT_TRUE(eventually([&] { return server->counts().connections_open == 0; }));
}

}  // namespace
}  // namespace tally::platform
