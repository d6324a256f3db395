#pragma once

// For tests: a queue, a runner and a receipt store that behave, one answer at a time. Answers
// wait until the test lets them go, so every order of events can be played.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workers/command_worker.h"

namespace tally::workers {

using Key = std::pair<RunId, std::uint64_t>;

// One call that waits for its answer.
template <class Answer>
struct Call {
  LeaseId lease;
  std::uint64_t fence = 0;
  std::function<void(Answer)> done;
};

// Takes the oldest waiting call and answers it.
template <class Calls, class Answer>
void answer(Calls& calls, Answer value) {
  ASSERT_FALSE(calls.empty());
  auto done = std::move(calls.front().done);
  calls.pop_front();
  done(std::move(value));
}

class FakeQueue : public ports::WorkQueue {
 public:
  void lease(std::vector<JobName> jobs, std::uint32_t max, Duration,
             std::function<void(Result<std::vector<ports::WorkItem>>)> done) override {
    asked_jobs = std::move(jobs);
    asked_max = max;
    leases.push_back({LeaseId(), 0, std::move(done)});
  }
  void start(LeaseId lease, std::uint64_t fence, std::function<void(Result<void>)> done) override {
    starts.push_back({lease, fence, std::move(done)});
  }
  void heartbeat(LeaseId lease, std::uint64_t fence,
                 std::function<void(ports::HeartbeatAnswer)> done) override {
    beats.push_back({lease, fence, std::move(done)});
  }
  void complete(LeaseId lease, std::uint64_t fence, ports::WorkReceipt receipt,
                std::function<void(Result<void>)> done) override {
    receipts.push_back(std::move(receipt));
    completes.push_back({lease, fence, std::move(done)});
  }
  void fail(LeaseId lease, std::uint64_t fence, ports::WorkFailure failure,
            std::function<void(Result<void>)> done) override {
    failures.push_back(std::move(failure));
    fails.push_back({lease, fence, std::move(done)});
  }
  void reconcile(RunId, std::uint64_t fence, ports::ReconcileEvidence evidence_given,
                 std::function<void(Result<void>)> done) override {
    evidence.push_back(std::move(evidence_given));
    reconciles.push_back({LeaseId(), fence, std::move(done)});
  }

  std::deque<Call<Result<std::vector<ports::WorkItem>>>> leases;
  std::deque<Call<Result<void>>> starts, completes, fails, reconciles;
  std::deque<Call<ports::HeartbeatAnswer>> beats;
  std::vector<JobName> asked_jobs;
  std::uint32_t asked_max = 0;
  std::vector<ports::WorkReceipt> receipts;
  std::vector<ports::WorkFailure> failures;
  std::vector<ports::ReconcileEvidence> evidence;
};

class FakeRunner : public ports::JobRunner {
 public:
  Result<void> ready(Digest const& job_hash) override {
    if (known.contains(job_hash)) return {};
    return tally::fail("job_unknown", "no such bytes");
  }
  void run(ports::RunRequest request, std::function<void(ports::RunResult)> done) override {
    requests.push_back(request);
    running.emplace(Key(request.run, request.fence), std::move(done));
  }
  // The process is dead at once.
  void cancel(RunId run, std::uint64_t fence) override {
    cancelled.insert({run, fence});
    finish({run, fence}, ports::WorkFailure{.code = "cancelled",
                                            .detail = "stopped",
                                            .retry = false,
                                            .reported = {},
                                            .elapsed = seconds(1),
                                            .sandbox = "fake",
                                            .stderr_tail = "said so"});
  }
  void finish(Key key, ports::RunResult result) {
    auto at = running.find(key);
    if (at == running.end()) return;
    auto done = std::move(at->second);
    running.erase(at);
    done(std::move(result));
  }

  std::set<Digest> known;
  std::vector<ports::RunRequest> requests;
  std::map<Key, std::function<void(ports::RunResult)>> running;
  std::set<Key> cancelled;
};

class MemoryReceipts : public ports::ReceiptStore {
 public:
  Result<void> write_receipt(RunId run, std::uint64_t fence, ByteView content) override {
    if (broken) return tally::fail("io_error", "broken");
    kept[{run, fence}] = Bytes(content.begin(), content.end());
    return {};
  }
  Result<ports::StoredReceipt> read_receipt(RunId run, std::uint64_t fence) const override {
    if (broken) return tally::fail("io_error", "broken");
    if (damaged.contains({run, fence}))
      return ports::StoredReceipt{ports::ReceiptState::damaged, {}};
    auto at = kept.find({run, fence});
    if (at == kept.end()) return ports::StoredReceipt{};
    return ports::StoredReceipt{ports::ReceiptState::valid, at->second};
  }
  Result<void> remove(RunId run, std::uint64_t fence) override {
    kept.erase({run, fence});
    damaged.erase({run, fence});
    return {};
  }

  std::map<Key, Bytes> kept;
  std::set<Key> damaged;
  bool broken = false;
};

}  // namespace tally::workers
