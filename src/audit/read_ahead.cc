#include "audit/read_ahead.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <utility>
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

// However a thread leaves, by an exception too, nobody waits for it.
class Leaving {
 public:
  Leaving(Conveyor* taken_from, Conveyor* put_into)
      : taken_from_(taken_from), put_into_(put_into) {}
  ~Leaving() {
    if (taken_from_ != nullptr) taken_from_->close();
    if (put_into_ != nullptr) put_into_->end();
  }
  Leaving(Leaving const&) = delete;
  Leaving& operator=(Leaving const&) = delete;

 private:
  Conveyor* taken_from_;
  Conveyor* put_into_;
};

Result<void> scan_into(Conveyor& to, Scan const& scan, std::size_t batch_bytes) {
  Leaving const leaving(nullptr, &to);
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
  return scanned;
}

void read_all(Conveyor& from, Conveyor& to) {
  Leaving const leaving(&from, &to);
  while (auto batch = from.take()) {
    for (ReadFrame& frame : *batch) read_leaves(frame);
    if (!to.put(std::move(*batch))) return;
  }
}

Result<void> take_all(Conveyor& from, TakeFrame const& take) {
  Leaving const leaving(&from, nullptr);
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
  // If this thread cannot be begun, the one before it is not to wait.
  Leaving const leaving(&unread, nullptr);
  auto reading = std::async(std::launch::async, [&] { read_all(unread, read); });
  auto taken = take_all(read, take);
  reading.get();
  auto scanned = scanning.get();
  return taken ? scanned : taken;
}

}  // namespace tally::audit
