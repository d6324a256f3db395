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
  auto const settled = seq_of<domain::run::Events, domain::run::Settled>(world.history);
  for (std::size_t posting = 0; posting < 3; ++posting) {
    Report const report = verified(forged(world.history, settled, [&](domain::Recorded& recorded) {
      auto& postings = event_of<domain::run::Events, domain::run::Settled>(recorded).postings;
      postings.at(posting).delta = postings.at(posting).delta + Micros(1);
    }));
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.bad_seq, settled) << report.what;
  }
}

World started_with(std::vector<std::string> engines) {
  World world;
  world.ask(domain::system::ServerStarted{.build = "b",
                                          .engines = std::move(engines),
                                          .epoch = 1,
                                          .tail_cut_bytes = 0,
                                          .version = "1"});
  submit(world, "k");
  return world;
}

TEST(Verify, AcceptsADecisionOfAnEngineThatOnlyTheServerHad) {
  World const world = started_with({"run@7"});
  auto const last = world.history.size() - 1;
  Report const report = verified(forged(world.history, last, as_decided_by("run@7")));
  EXPECT_TRUE(report.ok) << report.what;
}

// Otherwise any decision could be kept from being checked by giving it another engine's name.
TEST(Verify, FindsADecisionOfAnEngineThatTheServerDidNotHave) {
  World const world = started_with({"run@1"});
  auto const last = world.history.size() - 1;
  Report const report = verified(forged(world.history, last, as_decided_by("run@7")));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, last) << report.what;
}

TEST(Verify, FindsADecisionWithoutItsSnapshot) {
  World const world = paid_world();
  auto const settled = seq_of<domain::run::Events, domain::run::Settled>(world.history);
  Report const report = verified(forged(
      world.history, settled, [](domain::Recorded& recorded) { recorded.snapshot.reset(); }));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, settled);
  EXPECT_NE(report.what.find("carries no snapshot"), std::string::npos) << report.what;
}

// The same, consistent within its own event: what comes after it tells.
TEST(Verify, FindsAForgedGrantAtTheNextEventThatBuildsOnIt) {
  World const world = paid_world();
  auto const granted = seq_of<domain::budget::Events, domain::budget::Granted>(world.history);
  auto const next = seq_of<domain::run::Events, domain::run::Submitted>(world.history);
  Report const report = verified(forged(world.history, granted, [](domain::Recorded& recorded) {
    auto& event = event_of<domain::budget::Events, domain::budget::Granted>(recorded);
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

// A disk that a server is writing to: it writes behind the first read of more than a header.
class BusyDisk final : public MemoryDisk {
 public:
  Result<std::unique_ptr<ports::DiskFile>> open(std::string const& name) override {
    TRY(file, MemoryDisk::open(name));
    return std::make_unique<BusyFile>(std::move(file), *this);
  }
  std::function<void()> written = [] {};
  bool has_written = false;

 private:
  class BusyFile final : public ports::DiskFile {
   public:
    BusyFile(std::unique_ptr<ports::DiskFile> file, BusyDisk& disk)
        : file_(std::move(file)), disk_(disk) {}
    std::uint64_t size() const override { return file_->size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
      TRY_VOID(file_->read(offset, bytes));
      if (bytes.size() > segments::kBlock && !std::exchange(disk_.has_written, true))
        disk_.written();
      return {};
    }
    Result<void> write_durable(std::uint64_t offset, ByteView bytes) override {
      return file_->write_durable(offset, bytes);
    }

   private:
    std::unique_ptr<ports::DiskFile> file_;
    BusyDisk& disk_;
  };
};

// The last frame, cut back to its first so many sectors.
void cut_last_frame(Bytes& segment, std::size_t sectors) {
  auto const magic = std::string("TLYFRAME");
  auto const at = std::find_end(segment.begin(), segment.end(), magic.begin(), magic.end());
  ASSERT_NE(at, segment.end());
  std::fill(at + static_cast<std::ptrdiff_t>(512 * sectors), segment.end(), std::uint8_t{0});
}

// The header reads as zeros, and then it is there: no later frame follows it.
TEST(Verify, DoesNotTakeAFrameThatArrivesMeanwhileForDamage) {
  BusyDisk disk;
  auto const frames = frames_of(paid_world().history);
  store(disk, frames);
  Bytes& content = disk.files.begin()->second;
  Bytes const whole = content;
  for (segments::Beside const beside : {segments::Beside::nobody, segments::Beside::a_writer}) {
    content = whole;
    cut_last_frame(content, 0);
    disk.has_written = false;
    // The walk has its piece of the file by then, and the judgement reads again.
    disk.written = [&] { content = whole; };
    auto const report = verify(disk, {.beside = beside});
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok) << report->what;
    EXPECT_GE(report->frames, frames.size() - 1);
    EXPECT_TRUE(disk.has_written);
  }
}

// Some of its sectors are there, in no order that a torn write would leave.
TEST(Verify, BesideAWriterEndsWhereWhatIsWholeEnds) {
  MemoryDisk disk;
  auto const frames = frames_of(paid_world().history);
  store(disk, frames);
  Bytes& content = disk.files.begin()->second;
  cut_last_frame(content, 2);
  content[content.size() - 1] = 1;
  auto const at_rest = verify(disk);
  ASSERT_TRUE(at_rest);
  EXPECT_FALSE(at_rest->ok);
  auto const report = verify(disk, {.beside = segments::Beside::a_writer});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok) << report->what;
  EXPECT_FALSE(report->torn_tail);
  EXPECT_EQ(report->frames, frames.size() - 1);
  EXPECT_EQ(report->events, frames.back().first_seq);
}

// The same sectors missing where a checkpoint was signed: nobody is writing those.
TEST(Verify, BesideAWriterFindsWhatIsMissingOfWhatWasSigned) {
  MemoryDisk disk;
  auto const frames = frames_of(paid_world().history);
  store(disk, frames);
  std::uint64_t const size = frames.back().first_seq + frames.back().records.size();
  disk.files[segments::kHeadName] =
      segments::encode_head({LedgerId(7), size, frames.back().root_after});
  ASSERT_TRUE(verify(disk, {.beside = segments::Beside::a_writer})->ok);
  cut_last_frame(disk.files.begin()->second, 2);
  auto const report = verify(disk, {.beside = segments::Beside::a_writer});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->bad_seq, frames.back().first_seq);
}

TEST(Verify, RefusesALedgerWithoutItsHead) {
  MemoryDisk disk;
  auto const frames = frames_of(paid_world().history);
  store(disk, frames);
  disk.files.erase(segments::kHeadName);
  cut_last_frame(disk.files.begin()->second, 0);
  auto const report = verify(disk);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->ok);
  EXPECT_NE(report->what.find("the file `head`"), std::string::npos) << report->what;
  EXPECT_EQ(report->events, frames.back().first_seq);
  auto const opened = segments::SegmentLog::open(disk, std::nullopt, {}, [] { return 1u; });
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "ledger_incomplete");
}

// A copy that was cut short, at a block and inside of one.
TEST(Verify, SaysOfACopyThatWasCutShortHowFarItIsGood) {
  auto const frames = frames_of(paid_world().history);
  for (std::size_t const more : {std::size_t{0}, std::size_t{700}}) {
    MemoryDisk disk;
    store(disk, frames);
    Bytes& content = disk.files.begin()->second;
    std::size_t const blocks = 1 + 2;  // the segment's header, and two frames of a block or more
    content.resize(blocks * segments::kBlock + more);
    auto const report = verify(disk);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->ok);
    EXPECT_GE(report->frames, 1u);
    EXPECT_EQ(report->events, frames[report->frames].first_seq);
    EXPECT_EQ(report->root, frames[report->frames - 1].root_after);
    EXPECT_EQ(report->bad_seq, report->events);
    EXPECT_NE(report->what.find("bytes instead of"), std::string::npos) << report->what;
  }
}

// A ledger with a checkpoint over its first events, which names `digest` as their state.
std::vector<ports::LogFrame> with_checkpoint(Notary const& notary, bool true_digest) {
  World world = paid_world(merkle::format_vkey(notary.vkey));
  Writer writer;
  writer.write(world.history);
  auto const before = static_cast<std::ptrdiff_t>(world.history.size());
  Digest const digest = true_digest ? codec::StateDigest::of(world.state) : Digest{};
  world.ask(
      domain::system::CheckpointSigned{.note = notary.note(writer.tree.size(), writer.tree.root()),
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
  EXPECT_TRUE(forged.what.starts_with("the state folded from the leaves is not the one"))
      << forged.what;  // its number is told beside it
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
