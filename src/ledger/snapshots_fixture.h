#pragma once

// A ledger with checkpoints, and what snapshots of its state a start makes use of.

#include "audit/ledger_fixture.h"
#include "domain/workload_fixture.h"
#include "ledger/attest.h"
#include "ledger/open.h"

namespace tally::ledger::testing {

using ports::testing::MemoryDisk;
using audit::testing::Notary;

// A ledger as a server would have written it: random events, and now and then a checkpoint.
class Story {
 public:
  Story() : load_(41, merkle::format_vkey(notary_.vkey)) {}
  Story& steps(int count) {
    while (count-- > 0) load_.step();
    return *this;
  }
  Story& checkpoint() {
    write();
    covered_ = checkpointed_;
    checkpointed_ = writer_.tree.size();
    load_.world.ask(domain::system::CheckpointSigned{
        .note = notary_.note(writer_.tree.size(), writer_.tree.root()),
        .size = static_cast<std::int64_t>(writer_.tree.size()),
        .state_digest = digest().hex()});
    return *this;
  }
  // What is on the disk then, and how many events that are.
  std::uint64_t store(MemoryDisk& disk) {
    write();
    disk.files.clear();
    audit::testing::store(disk, writer_.frames);
    return writer_.tree.size();
  }
  // Events under the last checkpoint that a later one covers, and under that one.
  std::uint64_t covered() const { return covered_; }
  std::uint64_t checkpointed() const { return checkpointed_; }
  Digest digest() const { return codec::StateDigest::of(load_.world.state); }
  std::vector<domain::Recorded> const& history() const { return load_.world.history; }
  std::string vkey() const { return merkle::format_vkey(notary_.vkey); }

 private:
  // In frames of five events and fewer.
  void write() {
    auto const& history = load_.world.history;
    while (writer_.tree.size() < history.size()) {
      auto const from = static_cast<std::ptrdiff_t>(writer_.tree.size());
      auto const to = std::min(from + 5, static_cast<std::ptrdiff_t>(history.size()));
      writer_.write({history.begin() + from, history.begin() + to});
    }
  }
  Notary notary_;
  domain::testing::Workload load_;
  audit::testing::Writer writer_;
  std::uint64_t covered_ = 0;
  std::uint64_t checkpointed_ = 0;
};

// Counts how often somebody looks what there is.
class ListedDisk final : public MemoryDisk {
 public:
  Result<std::vector<std::string>> list() const override {
    ++lists;
    return MemoryDisk::list();
  }
  mutable int lists = 0;
};

class SnapshotsTest : public ::testing::Test {
 protected:
  Result<Attested> pass(Reach reach, std::uint64_t acknowledged) {
    return ledger::attest(disk, snapshots,
                          {.vkey = story.vkey(),
                           .acknowledged = acknowledged,
                           .checkpointed = story.covered(),
                           .reach = reach,
                           .progress = {}});
  }
  void attest(Reach reach = Reach::whole) {
    auto const attested = pass(reach, size);
    ASSERT_TRUE(attested) << attested.error().detail;
    EXPECT_TRUE(attested->report.ok) << attested->report.what;
    EXPECT_TRUE(attested->saved);
    EXPECT_EQ(attested->report.events, size);
  }
  // A snapshot under some hundred events; its checkpoint and more events behind it.
  void write_and_go_on() {
    size = story.steps(300).checkpoint().steps(200).checkpoint().steps(100).store(disk);
    attest();
    snapshot = story.covered();
  }
  Result<Opened> open() { return open(snapshots); }
  Result<Opened> open(Snapshots const& from) {
    return ledger::open({.open_log = [this](std::uint64_t trusted) { return open_log(trusted); },
                         .snapshots = from,
                         .derived = derived,
                         .index = *into,
                         .helper = helper,
                         .kept_events = kept_events});
  }
  Result<LogAtStart> open_log(std::uint64_t trusted_seq) {
    TRY(opened, segments::SegmentLog::open(disk, std::nullopt,
                                           {.segment_bytes = {256u << 10},
                                            .trusted_seq = trusted_seq,
                                            .verify = segments::Verify::the_end},
                                           [] { return 3u; }));
    log = std::move(opened.log);
    return LogAtStart{.log = *log, .tail_cut_bytes = opened.torn ? opened.torn->bytes : 0};
  }
  // The start came to the state that was written, from this many events on.
  void expect_opened(std::uint64_t from, std::size_t left_aside) {
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_EQ(opened->folded_from, from);
    EXPECT_EQ(opened->left_aside.size(), left_aside);
    EXPECT_EQ(opened->tree.size(), size);
    EXPECT_EQ(opened->digest.update(opened->state), story.digest());
    EXPECT_EQ(index.size(), static_cast<std::int64_t>(size));
    for (std::int64_t seq = 0; seq < index.size(); ++seq) {
      auto const kept = index.recent(seq);
      ASSERT_NE(kept, nullptr) << seq;
      EXPECT_EQ(kept->recorded, story.history()[static_cast<std::size_t>(seq)]);
      EXPECT_EQ(kept->leaf_hash, merkle::leaf_hash(kept->leaf));
    }
  }
  Bytes& file() { return derived.files.begin()->second; }

  Story story;
  MemoryDisk disk;
  ListedDisk derived;
  std::unique_ptr<segments::SegmentLog> log;  // of the last start
  static constexpr char kPepper[] = "a pepper of this directory";
  Snapshots snapshots{derived, "this build", as_bytes(kPepper)};
  Index index;
  Index* into = &index;
  audit::Helper helper = audit::Helper::none;
  std::size_t kept_events = kRecentEventsMax;
  std::uint64_t size = 0;
  std::uint64_t snapshot = 0;
};

}  // namespace tally::ledger::testing
