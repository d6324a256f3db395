#include "platform/http_census.h"

#include <gtest/gtest.h>

namespace tally::platform {
namespace {

TEST(HttpCensus, BoundsTheUnauthenticatedOfEachAddressByItself) {
  HttpCensus census({.of_address = 2, .of_owner = 10});
  EXPECT_TRUE(census.enter("a"));
  EXPECT_TRUE(census.enter("a"));
  EXPECT_FALSE(census.enter("a"));
  EXPECT_TRUE(census.enter("b"));
  census.leave("a", "");
  EXPECT_TRUE(census.enter("a"));
}

TEST(HttpCensus, NoLongerCountsWhoHasAnOwnerAmongItsAddress) {
  HttpCensus census({.of_address = 1, .of_owner = 2});
  EXPECT_TRUE(census.enter("a"));
  EXPECT_TRUE(census.change("a", "", "acme"));
  EXPECT_TRUE(census.enter("a"));
  EXPECT_TRUE(census.change("a", "", "acme"));
  EXPECT_TRUE(census.enter("a"));
  EXPECT_FALSE(census.change("a", "", "acme")) << "the third of acme";
  EXPECT_FALSE(census.enter("a")) << "who found no room still counts among its address";
  EXPECT_TRUE(census.change("a", "", "beta"));
}

TEST(HttpCensus, FollowsAConnectionFromOwnerToOwner) {
  HttpCensus census({.of_address = 1, .of_owner = 1});
  ASSERT_TRUE(census.enter("proxy"));
  ASSERT_TRUE(census.change("proxy", "", "acme"));
  ASSERT_TRUE(census.change("proxy", "acme", "beta"));
  EXPECT_TRUE(census.enter("proxy"));
  EXPECT_TRUE(census.change("proxy", "", "acme"));
  census.leave("proxy", "acme");
  census.leave("proxy", "beta");
  EXPECT_EQ(census.rows(), 0u);
}

}  // namespace
}  // namespace tally::platform
