#include "audit/read_ahead.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <vector>

#include "audit/frames.h"

namespace tally::audit {

namespace {

constexpr std::size_t kBatchesWaiting = 4;

using Batch = std::vector<ReadFrame>;

// What one thread hands to the next, in order.
class Conveyor {
 public:
  // Waits for room. False: nobody takes any more.
  bool put(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kBatchesWaiting || closed_; });
    if (closed_) return false;
    waiting_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  // Waits for one. Nothing: no more come.
  std::optional<Batch> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) return std::nullopt;
    std::optional<Batch> batch(std::move(waiting_.front()));
    waiting_.pop_front();
    changed_.notify_all();
    return batch;
  }
  // From who puts: no more come.
  void end() { set(ended_); }
  // From who takes: no more are taken.
  void close() { set(closed_); }

 private:
  void set(bool& what) {
    std::lock_guard const lock(mutex_);
    what = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;
  bool ended_ = false;
  bool closed_ = false;
};

Result<void> scan_into(Conveyor& to, Scan const& scan, std::size_t batch_bytes) {
  Batch batch;
  std::size_t bytes = 0;
  auto scanned = scan([&](segments::FrameView const& view) -> Result<void> {
    batch.push_back(unread_frame(view));
    bytes += view.header.content_bytes();
    if (bytes < batch_bytes) return {};
    bytes = 0;
    if (to.put(std::exchange(batch, {}))) return {};
    return fail("given_up", "nobody takes what is scanned");
  });
  to.put(std::move(batch));
  to.end();
  return scanned;
}

void read_all(Conveyor& from, Conveyor& to) {
  while (auto batch = from.take()) {
    for (ReadFrame& frame : *batch) read_leaves(frame);
    if (!to.put(std::move(*batch))) break;
  }
  from.close();
  to.end();
}

Result<void> take_all(Conveyor& from, TakeFrame const& take) {
  while (auto batch = from.take())
    for (ReadFrame& frame : *batch) TRY_VOID(take(std::move(frame)));
  return {};
}

}  // namespace

Result<void> read_ahead(Scan const& scan, TakeFrame const& take, Helper helper,
                        std::size_t batch_bytes) {
  if (helper == Helper::none)
    return scan([&](segments::FrameView const& view) { return take(read_frame(view)); });
  Conveyor unread;
  Conveyor read;
  auto scanning =
      std::async(std::launch::async, [&] { return scan_into(unread, scan, batch_bytes); });
  auto reading = std::async(std::launch::async, [&] { read_all(unread, read); });
  auto taken = take_all(read, take);
  read.close();
  reading.get();
  auto scanned = scanning.get();
  return taken ? scanned : taken;
}

}  // namespace tally::audit
