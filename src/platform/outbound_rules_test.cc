#include "platform/outbound_rules.h"

#include <gtest/gtest.h>

namespace tally::platform {

TEST(OutboundRules, KnowThisMachine) {
  for (auto const* const host : {"localhost", "a.localhost", "127.0.0.1", "127.8.9.1", "[::1]"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (auto const* const host : {"", "local", "localhost.test", "notlocalhost", "127.evil.test",
                                 "127.0.0.1.test", "10.0.0.1", "[::2]", "1127.0.0.1"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

}  // namespace tally::platform
