#include "platform/http_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace tally::platform {
namespace {

HttpPeer peer_at(char const* address) {
  sockaddr_storage from{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (::inet_pton(AF_INET, address, &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    std::memcpy(&from, &four, sizeof four);
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, address, &six.sin6_addr), 1) << address;
    six.sin6_family = AF_INET6;
    std::memcpy(&from, &six, sizeof six);
  }
  return peer_of(from);
}

TEST(HttpPeer, IsAnAddressOfIpv4AndANetworkOfIpv6) {
  EXPECT_EQ(peer_at("192.0.2.7").address, "192.0.2.7");
  EXPECT_EQ(peer_at("2001:db8:1:2:3:4:5:6").address, "2001:db8:1:2::/64");
  EXPECT_EQ(peer_at("2001:db8:1:2:ffff::1").address, "2001:db8:1:2::/64");
  EXPECT_NE(peer_at("2001:db8:1:3::1").address, peer_at("2001:db8:1:2::1").address);
  EXPECT_EQ(peer_at("::ffff:192.0.2.7").address, "192.0.2.7");
}

TEST(HttpPeer, IsOfLoopbackInEveryForm) {
  for (char const* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(peer_at(address).loopback) << address;
  for (char const* address : {"128.0.0.1", "::2", "::ffff:126.0.0.1"})
    EXPECT_FALSE(peer_at(address).loopback) << address;
  EXPECT_EQ(peer_at("::1").address, "::1");
}

}  // namespace
}  // namespace tally::platform
