#include "audit/verify.h"

#include "audit/ledger_fixture.h"
#include "domain/workload_fixture.h"

namespace tally::audit::testing {
namespace {

Report verified(std::vector<ports::LogFrame> const& frames,
                std::optional<std::string> const& vkey = std::nullopt) {
  MemoryDisk disk;
  store(disk, frames);
  auto report = verify(disk, {.vkey = vkey});
  EXPECT_TRUE(report);
  return report ? *report : Report{};
}
Report verified(std::vector<domain::Recorded> const& history) {
  return verified(frames_of(history));
}

TEST(Verify, SaysOfASoundLedgerHowMuchThereIs) {
  Notary const notary;
  World const world = paid_world(merkle::format_vkey(notary.vkey));
  auto const frames = frames_of(world.history);
  Report const report = verified(frames, merkle::format_vkey(notary.vkey));
  EXPECT_TRUE(report.ok) << report.what;
  EXPECT_EQ(report.events, world.history.size());
  EXPECT_EQ(report.frames, frames.size());
  EXPECT_EQ(report.root, frames.back().root_after);
  EXPECT_EQ(report.origin, kOrigin);
  EXPECT_EQ(report.vkey, merkle::format_vkey(notary.vkey));
  EXPECT_FALSE(report.torn_tail);
}

TEST(Verify, AcceptsThousandsOfRandomEvents) {
  Workload load(21);
  for (int i = 0; i < 3000; ++i) load.step();
  Report const report = verified(load.world.history);
  EXPECT_TRUE(report.ok) << report.what;
  EXPECT_EQ(report.events, load.world.history.size());
}

TEST(Verify, RefusesALedgerUnderAnotherKeyThanTheTrustedOne) {
  Report const report = verified(frames_of(paid_world("theirs").history), "ours");
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.what, "the ledger was written under another key: theirs");
}

// An insider changes an amount and computes every hash, root and checksum anew.
TEST(Verify, FindsAForgedPostingWithAllHashesRecomputed) {
  World const world = paid_world();
  auto const settled = seq_of<domain::RunEvent, domain::run::Settled>(world.history);
  for (std::size_t posting = 0; posting < 3; ++posting) {
    Report const report = verified(forged(world.history, settled, [&](domain::Recorded& recorded) {
      auto& postings = event_of<domain::RunEvent, domain::run::Settled>(recorded).postings;
      postings.at(posting).delta = postings.at(posting).delta + Micros(1);
    }));
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.bad_seq, settled) << report.what;
  }
}

TEST(Verify, FindsADecisionWithoutItsSnapshot) {
  World const world = paid_world();
  auto const settled = seq_of<domain::RunEvent, domain::run::Settled>(world.history);
  Report const report = verified(forged(
      world.history, settled, [](domain::Recorded& recorded) { recorded.snapshot.reset(); }));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, settled);
  EXPECT_NE(report.what.find("carries no snapshot"), std::string::npos) << report.what;
}

// The same, consistent within its own event: what comes after it tells.
TEST(Verify, FindsAForgedGrantAtTheNextEventThatBuildsOnIt) {
  World const world = paid_world();
  auto const granted = seq_of<domain::BudgetEvent, domain::budget::Granted>(world.history);
  auto const next = seq_of<domain::RunEvent, domain::run::Submitted>(world.history);
  Report const report = verified(forged(world.history, granted, [](domain::Recorded& recorded) {
    auto& event = event_of<domain::BudgetEvent, domain::budget::Granted>(recorded);
    domain::PostingPlan plan{domain::Balances{}};
    event.amount = kGrant + kGrant;
    event.postings =
        plan.move(domain::AccountKind::funding, domain::AccountKind::available, event.amount)
            .take();
  }));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, next) << report.what;
}

TEST(Verify, FindsAFlippedBitInAFrame) {
  MemoryDisk disk;
  auto const frames = frames_of(paid_world().history);
  store(disk, frames);
  Bytes& content = disk.files.begin()->second;
  std::string const needle = "plan.set";
  auto const at = std::search(content.begin(), content.end(), needle.begin(), needle.end());
  ASSERT_NE(at, content.end());
  *at ^= 1;
  auto const report = verify(disk);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->bad_seq, 0u);  // of the first frame nothing can be relied on
  EXPECT_EQ(report->events, 0u);
}

// A disk that a server is writing to: what the first reading misses is there at the next.
class BusyDisk final : public MemoryDisk {
 public:
  Result<std::vector<std::string>> list() const override {
    if (++readings == 2) written();
    return MemoryDisk::list();
  }
  std::function<void()> written = [] {};
  mutable int readings = 0;
};

TEST(Verify, DoesNotTakeAFrameThatIsBeingWrittenForDamage) {
  BusyDisk disk;
  auto const frames = frames_of(paid_world().history);
  store(disk, frames);
  disk.readings = 0;
  Bytes& content = disk.files.begin()->second;
  Bytes const whole = content;
  std::string const needle = "run.submitted";  // in a frame with others behind it
  auto const at = std::search(content.begin(), content.end(), needle.begin(), needle.end());
  ASSERT_NE(at, content.end());
  auto const sector = (at - content.begin()) / 512 * 512;
  std::fill_n(content.begin() + sector, 512, std::uint8_t{0});
  disk.written = [] {};
  auto const damaged = verify(disk);
  ASSERT_TRUE(damaged);
  EXPECT_FALSE(damaged->ok);  // it stays so, however often it is read
  disk.readings = 0;
  disk.written = [&] { content = whole; };
  auto const report = verify(disk);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok) << report->what;
  EXPECT_EQ(disk.readings, 2);
}

// A ledger with a checkpoint over its first events, which names `digest` as their state.
std::vector<ports::LogFrame> with_checkpoint(Notary const& notary, bool true_digest) {
  World world = paid_world(merkle::format_vkey(notary.vkey));
  Writer writer;
  writer.write(world.history);
  auto const before = static_cast<std::ptrdiff_t>(world.history.size());
  Digest const digest = true_digest ? codec::StateDigest::of(world.state) : Digest{};
  world.ask(domain::chronicle::CheckpointSigned{
      .note = notary.note(writer.tree.size(), writer.tree.root()),
      .size = static_cast<std::int64_t>(writer.tree.size()),
      .state_digest = digest.hex()});
  writer.write({world.history.begin() + before, world.history.end()});
  return writer.frames;
}

TEST(Verify, CountsCheckpointsAndComparesTheirState) {
  Notary const notary;
  Report const sound = verified(with_checkpoint(notary, true));
  EXPECT_TRUE(sound.ok) << sound.what;
  EXPECT_EQ(sound.checkpoints, 1u);
  Report const forged = verified(with_checkpoint(notary, false));
  EXPECT_FALSE(forged.ok);
  EXPECT_EQ(forged.bad_seq, forged.events);
  EXPECT_NE(forged.what.find("the state folded from the leaves is not the one"), std::string::npos);
}

TEST(Verify, SaysWhichDirectoryItCannotRead) {
  MemoryDisk empty;
  EXPECT_FALSE(verify(empty));
}

TEST(Verify, OfTheFirstEventsSaysNothingOfThoseBehindThem) {
  World const world = paid_world();
  auto frames = frames_of(world.history);
  auto const whole = frames.size() - 1;
  std::uint64_t const until = frames[whole].first_seq;
  frames[whole].records.front().leaf.back() ^= 1;  // no longer an event
  MemoryDisk disk;
  store(disk, frames);
  auto const first = verify(disk, {.until = until});
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->ok) << first->what;
  EXPECT_EQ(first->events, until);
  EXPECT_EQ(first->frames, whole);
  auto const all = verify(disk);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->bad_seq, until);
}

TEST(Verify, IsGivenUpWhenAskedTo) {
  Workload load(22);
  while (load.world.history.size() < 9'000) load.step();
  MemoryDisk disk;
  store(disk, frames_of(load.world.history));
  auto const report = verify(disk, {.progress = [](std::uint64_t) { return Go::stop; }});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "stopped");
}

}  // namespace
}  // namespace tally::audit::testing
