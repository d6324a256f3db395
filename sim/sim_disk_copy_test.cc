// A log that is copied from one simulated disk to another, at rest and while it grows.

#include <functional>

#include "segments/copy.h"
#include "sim/sim_disk_log_fixture.h"

namespace tally::sim {

using namespace example_log;
using segments::Beside;
using segments::copy_log;

namespace {

// Somebody else does something each time that a file is opened here.
class BusyDisk final : public ports::Disk {
 public:
  BusyDisk(ports::Disk& disk, std::function<void()> meanwhile)
      : disk_(disk), meanwhile_(std::move(meanwhile)) {}
  Result<std::vector<std::string>> list() const override { return disk_.list(); }
  Result<std::unique_ptr<ports::DiskFile>> open(std::string const& name) override {
    meanwhile_();
    return disk_.open(name);
  }
  Result<std::unique_ptr<ports::DiskFile>> create_zeroed(std::string const& name,
                                                         std::uint64_t size) override {
    return disk_.create_zeroed(name, size);
  }
  Result<void> put(std::string const& name, ports::Content const& content) override {
    return disk_.put(name, content);
  }
  Result<void> remove(std::string const& name) override { return disk_.remove(name); }
  Result<std::uint64_t> free_bytes() const override { return disk_.free_bytes(); }

 private:
  ports::Disk& disk_;
  std::function<void()> meanwhile_;
};

void fill(SegmentLog& log, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t seq = from; seq < to; seq += 3) ASSERT_TRUE(log.append(frame_of(seq, 3)));
}

// Every byte is judged: no frame under way, nothing behind the last one.
void expect_sound(SimDisk& disk, std::uint64_t size) {
  auto const checked = segments::check_frames(disk, [](auto&) { return Result<void>(); });
  ASSERT_TRUE(checked) << checked.error().detail;
  EXPECT_FALSE(checked->damage) << checked->damage->text();
  EXPECT_EQ(checked->verified.next_seq, size);
}

}  // namespace

TEST(LogCopy, IsTheSameLogAndGoesOn) {
  SimDisk from(1, {});
  SimDisk to(2, {});
  auto const log = created(from);
  fill(*log, 0, 60);
  ASSERT_TRUE(log->note_head(60, root_at(60)));
  auto const copy = copy_log(from, to, Beside::nobody);
  ASSERT_TRUE(copy) << copy.error().detail;
  EXPECT_EQ(copy->end.next_seq, 60u);
  EXPECT_EQ(copy->end.root, root_at(60));
  EXPECT_GT(copy->segments, 2u);
  expect_sound(to, 60);
  auto again = reopened(to);
  ASSERT_TRUE(again) << again.error().detail;
  fill(*again->log, 60, 72);
  expect_records(*again->log, 72);
}

TEST(LogCopy, IsOfOneMomentHoweverMuchIsAppendedMeanwhile) {
  for (std::uint64_t const frames : {1u, 2u, 5u, 9u}) {
    SimDisk from(1, {});
    SimDisk to(2, {});
    auto const log = created(from);
    fill(*log, 0, 30);
    ASSERT_TRUE(log->note_head(30, root_at(30)));
    std::uint64_t next = 30;
    BusyDisk busy(from, [&] {
      fill(*log, next, next + 3 * frames);
      next += 3 * frames;
      ASSERT_TRUE(log->note_head(next, root_at(next)));
    });
    auto const copy = copy_log(busy, to, Beside::a_writer);
    ASSERT_TRUE(copy) << copy.error().detail;
    ASSERT_FALSE(copy->damage) << copy->damage->text();
    EXPECT_GE(copy->end.next_seq, 30u);
    EXPECT_LT(copy->end.next_seq, next);
    expect_sound(to, copy->end.next_seq);
    EXPECT_TRUE(reopened(to));
  }
}

TEST(LogCopy, LeavesOutTheRemainsOfATornFrame) {
  SimDisk from(1, {});
  SimDisk to(2, {});
  auto log = created(from);
  fill(*log, 0, 12);
  from.crash_at_change({.at_change = 1, .sectors = 1});
  EXPECT_FALSE(log->append(frame_of(12, 3)));
  from.crash();
  log.reset();
  ASSERT_TRUE(copy_log(from, to, Beside::nobody));
  expect_sound(to, 12);
}

TEST(LogCopy, ThatWasCutShortIsNoLedger) {
  SimDisk from(1, {});
  auto const log = created(from);
  fill(*log, 0, 60);
  ASSERT_TRUE(log->note_head(60, root_at(60)));
  std::uint64_t cut = 1;
  for (;; ++cut) {
    SimDisk to(cut, {});
    to.crash_at_change({.at_change = cut, .sectors = 0});
    bool const done = copy_log(from, to, Beside::nobody).has_value();
    if (done) break;
    to.crash();
    auto const code = code_of(reopened(to));
    EXPECT_TRUE(code == "ledger_absent" || code == "ledger_incomplete") << cut << ": " << code;
  }
  EXPECT_GT(cut, 3u);
}

TEST(LogCopy, IsNotMadeOfADamagedLogNorOverAnother) {
  SimDisk from(1, {});
  SimDisk to(2, {});
  auto const log = created(from);
  fill(*log, 0, 60);
  SimDisk whole(3, {});
  ASSERT_TRUE(copy_log(from, whole, Beside::nobody));
  from.flip_bit(segments::segment_name(1), kBlock + 600, 1);
  auto const copy = copy_log(from, to, Beside::nobody);
  ASSERT_TRUE(copy);
  ASSERT_TRUE(copy->damage);
  EXPECT_TRUE(to.list()->empty());
  auto const over = copy_log(from, whole, Beside::nobody);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, "ledger_exists");
  expect_sound(whole, 60);
}

}  // namespace tally::sim
