#include "server/start_checks.h"

#include <gtest/gtest.h>

#include "platform/http_listener.h"

namespace tally::server {
namespace {

TEST(StartChecks, FindAPortThatIsInUseAndLeaveAFreeOneFree) {
  auto taken = platform::listen_on("127.0.0.1", 0, 1);
  ASSERT_TRUE(taken);
  Listen const listen{.host = "127.0.0.1", .port = taken->port};
  auto const refused = check_port(listen);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "address_in_use");
  taken->sockets.clear();
  EXPECT_TRUE(check_port(listen));
  EXPECT_TRUE(check_port(listen)) << "the check itself keeps nothing";
}

TEST(StartChecks, FindAClockThatALedgerCannotKeep) {
  EXPECT_TRUE(check_clock(Instant(1'700'000'000'000'000)));
  for (Instant const wall : {Instant(-1), kWallMax}) {
    auto const refused = check_clock(wall);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "configuration");
  }
}

}  // namespace
}  // namespace tally::server
