#include "server/wiring/bootstrap.h"

#include <gtest/gtest.h>

namespace tally::wiring {
namespace {

TEST(Heartbeat, IsAtMostHalfOfTheShorterLease) {
  domain::Settings settings;
  EXPECT_EQ(heartbeat_within(seconds(30), {}, settings), seconds(30));
  EXPECT_EQ(heartbeat_within(seconds(90), {}, settings), seconds(60));
  EXPECT_EQ(heartbeat_within(seconds(30), {{"leases.lease_s", 10}}, settings), seconds(5));
  settings.set("leases.lease_s", 4);
  EXPECT_EQ(heartbeat_within(seconds(30), {{"leases.lease_s", 10}}, settings), seconds(2));
}

}  // namespace
}  // namespace tally::wiring
