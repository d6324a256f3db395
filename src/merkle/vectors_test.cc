#include <gtest/gtest.h>

#include <cstdlib>

#include "merkle/test_data.h"

namespace tally::merkle {

namespace fs = std::filesystem;

fs::path testing::vectors() {
  char const* const data = std::getenv("TALLY_DATA");
  fs::path const root = data != nullptr ? data : TALLY_SOURCE_DIR "/../shared/data";
  return root / "vectors";
}

namespace {

// Tests that find no vectors are skipped, so a copy that lost a part must not look like none.
TEST(Vectors, AreThereAsAWholeOrNotAtAll) {
  if (!fs::exists(testing::vectors()))
    GTEST_SKIP() << "no vectors at " << testing::vectors() << "; set TALLY_DATA";
  for (auto part : {"rfc6962/testdata/inclusion", "rfc6962/testdata/consistency",
                    "tessera-log/testdata/log", "jcs/testdata/input"})
    EXPECT_TRUE(fs::exists(testing::vectors() / part)) << part;
}

}  // namespace
}  // namespace tally::merkle
