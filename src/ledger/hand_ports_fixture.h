#pragma once

// Ports that a test moves by hand: a clock that stands until it is moved, entropy from a seed, and
// a log in memory whose writes become durable when the test says so.

#include <gtest/gtest.h>

#include "base/prng.h"
#include "ports/entropy.h"
#include "ports/hand_clock_fixture.h"
#include "ports/log_store.h"

namespace tally::ledger::testing {

using ports::testing::HandClock;

class SeededEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_.next());
  }

 private:
  Prng random_{5};
};

class HeldLog final : public ports::LogStore {
 public:
  void append(ports::LogFrame const& frame,
              std::function<void(ports::AppendOutcome)> done) override {
    EXPECT_FALSE(pending()) << "two appends at a time";
    frame_ = &frame;
    done_ = std::move(done);
  }
  bool pending() const { return static_cast<bool>(done_); }
  // The append under way ends; what is durable is kept.
  void finish(ports::AppendOutcome outcome = ports::AppendOutcome::durable) {
    ASSERT_TRUE(pending());
    auto done = std::exchange(done_, {});
    if (outcome == ports::AppendOutcome::durable) {
      frames.push_back(*frame_);
      for (ports::LogRecord const& record : frame_->records) records_.push_back(record);
    }
    frame_ = nullptr;
    done(outcome);
  }
  // The machine stops: what was not durable never was.
  void forget_pending() {
    done_ = {};
    frame_ = nullptr;
  }
  Result<std::vector<ports::LogRecord>> read(std::uint64_t from, std::size_t count) const override {
    std::vector<ports::LogRecord> found;
    for (std::size_t i = from; i < records_.size() && found.size() < count; ++i)
      found.push_back(records_[i]);
    return found;
  }
  LedgerId ledger() const override { return LedgerId(7); }
  std::uint64_t next_seq() const override { return records_.size(); }
  Result<void> note_head(std::uint64_t, Digest const&) override { return {}; }
  // A frame for each record.
  Result<void> scan(std::uint64_t from_seq, ports::FrameVisitor const& visitor) const override {
    for (std::uint64_t seq = from_seq; seq < records_.size(); ++seq) {
      ports::FrameView view;
      view.first_seq = seq;
      view.records.push_back({records_[seq].leaf, records_[seq].enclosure});
      TRY_VOID(visitor(view));
    }
    return {};
  }
  std::vector<ports::LogFrame> frames;

 private:
  ports::LogFrame const* frame_ = nullptr;
  std::function<void(ports::AppendOutcome)> done_;
  std::vector<ports::LogRecord> records_;
};

}  // namespace tally::ledger::testing
