#pragma once

// A log, vault, blobs, clock, entropy and executor in memory, for tests of this folder. They behave
// like the real ones as far as the API can tell: what is sealed cannot be read by looking at it,
// what is erased cannot be opened, what is appended can be read.

#include <deque>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "base/prng.h"
#include "ports/entropy.h"
#include "ports/executor.h"
#include "ports/hand_clock_fixture.h"
#include "ports/log_store.h"
#include "ports/memory_blobs_fixture.h"
#include "ports/vault.h"

namespace tally::api {

class MemoryLog : public ports::LogStore {
 public:
  void append(ports::LogFrame const& frame,
              std::function<void(ports::AppendOutcome)> done) override {
    if (outcome == ports::AppendOutcome::durable)
      records_.insert(records_.end(), frame.records.begin(), frame.records.end());
    done(outcome);
  }
  Result<std::vector<ports::LogRecord>> read(std::uint64_t from, std::size_t count) const override {
    std::vector<ports::LogRecord> out;
    for (auto at = from; at < records_.size() && out.size() < count; ++at)
      out.push_back(records_[at]);
    return out;
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
  std::size_t size() const { return records_.size(); }
  // Everything that was ever stored, for searches.
  std::string all_leaves() const {
    std::string all;
    for (auto const& record : records_) all += as_text(record.leaf);
    return all;
  }

  ports::AppendOutcome outcome = ports::AppendOutcome::durable;

 private:
  std::vector<ports::LogRecord> records_;
};

class MemoryVault : public ports::Vault {
 public:
  Result<Bytes> seal(TenantId const& tenant, Instant, ByteView plain) override {
    Bytes sealed = to_bytes("sealed:" + tenant.value() + ":");
    for (auto byte : plain) sealed.push_back(static_cast<std::uint8_t>(byte ^ 0x5A));
    return sealed;
  }
  Result<Bytes> open(TenantId const& tenant, ByteView sealed) const override {
    ++opened;
    if (erased) return fail("erased", "the key is gone");
    Bytes const head = to_bytes("sealed:" + tenant.value() + ":");
    if (sealed.size() < head.size() || !std::equal(head.begin(), head.end(), sealed.begin()))
      return fail("damaged", "this was not sealed for the tenant");
    Bytes plain(sealed.begin() + static_cast<std::ptrdiff_t>(head.size()), sealed.end());
    for (auto& byte : plain) byte = static_cast<std::uint8_t>(byte ^ 0x5A);
    return plain;
  }
  bool erased = false;
  mutable int opened = 0;  // how often something was, or should have been
};

using ports::testing::MemoryBlobs;

using ports::testing::HandClock;

// Tasks wait here until the test steps them, oldest first.
class HandExecutor : public ports::Executor {
 public:
  struct Waiting {
    ports::TaskLane lane;
    ports::Task task;
  };
  bool run(ports::TaskLane lane, ports::Task task) override {
    if (is_full(lane)) return false;
    brought.push_back(std::string(name_of(lane)) + " " + task.owner);
    waiting.push_back({lane, std::move(task)});
    return true;
  }
  ports::LaneCount count(ports::TaskLane lane) const override {
    ports::LaneCount count;
    for (Waiting const& one : waiting) count.waiting += one.lane == lane ? 1u : 0u;
    return count;
  }
  // False: nothing waits.
  bool step() {
    if (waiting.empty()) return false;
    auto const next = std::move(waiting.front());
    waiting.pop_front();
    next.task.run();
    return true;
  }

  std::function<bool(ports::TaskLane)> is_full = [](ports::TaskLane) { return false; };
  bool held = false;  // World::pump steps nothing
  std::deque<Waiting> waiting;
  std::vector<std::string> brought;  // lane and owner of each task so far
};

class SeededEntropy : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng_.next());
  }

 private:
  Prng prng_{7};
};

}  // namespace tally::api
