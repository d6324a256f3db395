#include "platform/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace tally::platform {
namespace {

TEST(OpenFiles, MayBeAsManyAsTheSystemGrants) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  struct rlimit low {
    .rlim_cur = 64, .rlim_max = before.rlim_max
  };
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_open_files_limit(), before.rlim_max);
  struct rlimit after {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace tally::platform
