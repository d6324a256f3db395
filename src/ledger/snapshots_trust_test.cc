// Which snapshots a start relies on, whoever wrote them.

#include "ledger/snapshots_fixture.h"

namespace tally::ledger::testing {
namespace {

// Whoever may write the file, but has not the pepper.
TEST_F(SnapshotsTest, EditedUnderAPlainDigestMadeAgainIsNotUsed) {
  write_and_go_on();
  std::string text(as_text(file()));
  std::string const honest = text;
  auto const at = text.find("\"available\":");
  ASSERT_NE(at, std::string::npos);
  text.insert(at + std::string_view("\"available\":").size(), "5");
  constexpr std::size_t kLastLine = 65;
  auto const lines = as_bytes(text).first(text.size() - kLastLine);
  std::string const digest = sha256(lines).hex();
  text.replace(text.size() - kLastLine, digest.size(), digest);
  file() = to_bytes(text);
  expect_opened(0, 1);
  EXPECT_EQ(open()->left_aside[0].code, "damaged");
  file() = to_bytes(honest);
  expect_opened(snapshot, 0);
}

TEST_F(SnapshotsTest, UnderAnotherPepperIsNotUsed) {
  write_and_go_on();
  auto const opened = open(Snapshots(derived, "this build", as_bytes("another pepper")));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->folded_from, 0u);
  ASSERT_EQ(opened->left_aside.size(), 1u);
  EXPECT_EQ(opened->left_aside[0].code, "damaged");
}

// The state digest stands outside the note that is signed: the last checkpoint's could be anything.
TEST_F(SnapshotsTest, ThatOnlyTheLastCheckpointConfirmsIsNotUsed) {
  write_and_go_on();
  auto const last = audit::verify(
      disk, {.keep_at = story.checkpointed(),
             .keep = [&](audit::Basis const& basis) { ASSERT_TRUE(snapshots.save(basis)); }});
  ASSERT_TRUE(last);
  EXPECT_EQ(snapshots.sizes(), (std::vector<std::uint64_t>{story.checkpointed(), snapshot}));
  expect_opened(snapshot, 1);
  EXPECT_EQ(open()->left_aside[0].code, "unproven");
  size = story.steps(10).checkpoint().store(disk);
  expect_opened(story.covered(), 0);
}

}  // namespace
}  // namespace tally::ledger::testing
