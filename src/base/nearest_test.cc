#include "base/nearest.h"

#include <gtest/gtest.h>

namespace tally {
namespace {

std::vector<std::string> const kKeys{"name", "version", "price", "fixed_usd", "cap_usd"};

TEST(Nearest, IsTheOneThatASlipAwayStands) {
  EXPECT_EQ(nearest("verson", kKeys), "version");
  EXPECT_EQ(nearest("pricee", kKeys), "price");
  EXPECT_EQ(nearest("nmae", kKeys), "name");
  EXPECT_EQ(nearest("evrsino", kKeys), "version");
}

TEST(Nearest, IsTheOnlyOneThatBeginsSo) {
  EXPECT_EQ(nearest("fixed", kKeys), "fixed_usd");
  EXPECT_EQ(nearest("cap", kKeys), "cap_usd");
  EXPECT_EQ(nearest("ca", kKeys), std::nullopt);
  EXPECT_EQ(nearest("cap", {"cap_usd", "cap_eur"}), std::nullopt);
}

TEST(Nearest, IsNoneOfWhatIsFarAway) {
  EXPECT_EQ(nearest("colour", kKeys), std::nullopt);
  EXPECT_EQ(nearest("", kKeys), std::nullopt);
  EXPECT_EQ(nearest(std::string(1000, 'n'), kKeys), std::nullopt);
}

}  // namespace
}  // namespace tally
