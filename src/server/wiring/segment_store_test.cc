#include "server/wiring/segment_store.h"

#include "audit/ledger_fixture.h"

namespace tally::wiring {
namespace {

using ports::testing::MemoryDisk;

struct Store {
  explicit Store(std::function<Result<void>()> may_append) {
    auto created = segments::SegmentLog::create(disk, LedgerId(7), {}, [] { return 3u; });
    EXPECT_TRUE(created);
    store.emplace(
        std::move(created->log), [] {}, std::move(may_append));
  }
  std::optional<ports::AppendOutcome> append(ports::LogFrame const& frame) {
    std::optional<ports::AppendOutcome> outcome;
    store->append(frame, [&](ports::AppendOutcome one) { outcome = one; });
    EXPECT_TRUE(store->write_pending());
    return outcome;
  }
  MemoryDisk disk;
  std::optional<SegmentStore> store;
};

TEST(SegmentStore, WritesNothingWhereTheLogIsNotItsOwnAnyMore) {
  bool own = true;
  Store store([&]() -> Result<void> {
    if (own) return {};
    return fail("fenced", "the data directory is gone");
  });
  auto const frames = audit::testing::frames_of(audit::testing::paid_world().history);
  EXPECT_EQ(store.append(frames[0]), ports::AppendOutcome::durable);
  own = false;
  auto const before = store.disk.files;
  EXPECT_EQ(store.append(frames[1]), ports::AppendOutcome::fenced);
  EXPECT_EQ(store.disk.files, before);
  ASSERT_TRUE(store.store->fault());
  EXPECT_EQ(store.store->fault()->detail, "the data directory is gone");
  own = true;
  EXPECT_EQ(store.append(frames[1]), ports::AppendOutcome::durable);
}

TEST(SegmentStore, BeginsNoLedgerWhereEventsOfOneWereAcknowledged) {
  MemoryDisk disk;
  auto const salt = [] { return std::uint64_t{3}; };
  auto const refused = open_segments(disk, LedgerId(7), {.trusted_seq = 1}, salt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ledger_absent");
  EXPECT_TRUE(disk.files.empty());
  auto const begun = open_segments(disk, LedgerId(7), {}, salt);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->log->ledger(), LedgerId(7));
  auto const again = open_segments(disk, LedgerId(8), {}, salt);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->log->ledger(), LedgerId(7));
}

}  // namespace
}  // namespace tally::wiring
