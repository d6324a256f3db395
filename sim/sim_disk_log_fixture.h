#pragma once

// A small example log for tests: the bytes of every record follow from its sequence, so a test
// can tell what any log should hold.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segments/segment_log.h"
#include "segments/verify.h"
#include "sim/sim_disk.h"

namespace tally::sim::example_log {

using segments::LogOptions;
using segments::outcome_of;
using segments::SegmentLog;

constexpr LedgerId kLedger{42};
constexpr std::uint64_t kBlock = ports::kDiskBlock;

inline LogOptions small() { return {.segment_bytes = {6 * kBlock, 10 * kBlock}}; }

inline segments::SaltSource salts() {
  return [prng = Prng(99)]() mutable { return prng.next(); };
}

inline ports::LogRecord record_of(std::uint64_t seq, std::size_t leaf_bytes) {
  auto leaf = fmt::format(R"({{"seq":{}}})", seq);
  leaf.resize(std::max(leaf.size(), leaf_bytes), 'x');
  ports::LogRecord record{to_bytes(leaf), {}};
  if (seq % 3 == 0) record.enclosure = to_bytes(fmt::format("ciphertext {}", seq));
  return record;
}

inline Digest root_at(std::uint64_t size) { return sha256(as_bytes(fmt::format("root {}", size))); }

// `count` records from first_seq on; the root is a stand-in that depends on the size alone.
inline ports::LogFrame frame_of(std::uint64_t first_seq, std::size_t count,
                                std::size_t leaf_bytes = 0) {
  ports::LogFrame frame;
  frame.epoch = 1;
  frame.first_seq = first_seq;
  for (std::size_t i = 0; i < count; ++i) {
    frame.records.push_back(record_of(first_seq + i, leaf_bytes));
  }
  frame.root_after = root_at(first_seq + count);
  return frame;
}

inline std::unique_ptr<SegmentLog> created(SimDisk& disk, LogOptions options = small()) {
  auto opened = SegmentLog::create(disk, kLedger, std::move(options), salts());
  EXPECT_TRUE(opened) << opened.error().detail;
  return std::move(opened->log);
}

inline Result<SegmentLog::Opened> reopened(SimDisk& disk, LogOptions options = small()) {
  return SegmentLog::open(disk, kLedger, std::move(options), salts());
}

inline std::string code_of(Result<SegmentLog::Opened> const& opened) {
  return opened ? "" : opened.error().code;
}

// What a start finds that opens the log and then reads all of it, each segment once.
inline std::string code_of_reading_all(SimDisk& disk) {
  auto options = small();
  options.verify = segments::Verify::the_end;
  auto const opened = reopened(disk, options);
  if (!opened) return opened.error().code;
  auto const scanned = opened->log->scan(0, [](auto&) { return Result<void>(); });
  return scanned ? "" : scanned.error().code;
}

inline void expect_records(SegmentLog const& log, std::uint64_t size, std::size_t leaf_bytes = 0) {
  ASSERT_EQ(log.next_seq(), size);
  auto records = log.read(0, size + 10);
  ASSERT_TRUE(records) << records.error().detail;
  ASSERT_EQ(records->size(), size);
  for (std::uint64_t seq = 0; seq < size; ++seq) {
    auto expected = record_of(seq, leaf_bytes);
    ASSERT_EQ((*records)[seq].leaf, expected.leaf);
    ASSERT_EQ((*records)[seq].enclosure, expected.enclosure);
  }
}

inline Result<void> ignore(ports::FrameView const&) { return {}; }

// A log of several segments whose last frame has two content sectors and padding.
inline void fill(SegmentLog& log) {
  ASSERT_TRUE(log.append(frame_of(0, 1)));
  ASSERT_TRUE(log.append(frame_of(1, 40, 200)));
  ASSERT_TRUE(log.append(frame_of(41, 3, 900)));
  ASSERT_TRUE(log.append(frame_of(44, 100, 150)));
  ASSERT_TRUE(log.append(frame_of(144, 100, 200)));
  ASSERT_TRUE(log.append(frame_of(244, 2, 300)));
}

}  // namespace tally::sim::example_log
