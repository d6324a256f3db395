#include <gtest/gtest.h>

#include "api/docs_page.h"
#include "api/routes.h"
#include "api/test_world.h"

namespace tally::api {
namespace {

TEST(HomePage, LeadsOnlyToWhatThereIsAndNeedsNothingFromOutside) {
  auto const page = home_page("1");
  std::size_t links = 0;
  constexpr std::string_view kLink = "<a href=\"";
  for (auto at = page.find(kLink); at != std::string::npos; at = page.find(kLink, at + 1)) {
    auto const begin = at + kLink.size();
    auto const path = page.substr(begin, page.find('"', begin) - begin);
    EXPECT_NE(match_route("GET", path).route, nullptr) << path;
    ++links;
  }
  EXPECT_GE(links, 4u);
  for (std::string_view outside : {"<script", "http://", "https://", "style=", "onclick"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

TEST(HomePage, IsOpenAndStrict) {
  World world;
  auto const page = world.send("GET", "/", "");
  EXPECT_EQ(page->answer.status, 200);
  EXPECT_TRUE(page->header("content-type").starts_with("text/html"));
  EXPECT_TRUE(page->header("content-security-policy").starts_with("default-src 'none'"));
  EXPECT_NE(page->answer.body.find("Tallystick"), std::string::npos);
}

}  // namespace
}  // namespace tally::api
