#include "audit/fold_ahead.h"

#include "audit/frames.h"

namespace tally::audit {

namespace {

std::vector<ReadFrame> read_all(std::vector<ports::LogFrame> frames) {
  std::vector<ReadFrame> read;
  read.reserve(frames.size());
  for (ports::LogFrame& frame : frames) read.push_back(read_frame(std::move(frame)));
  return read;
}

}  // namespace

Result<void> FoldAhead::frame(segments::FrameView const& view) {
  gathered_.push_back(to_log_frame(view));
  gathered_bytes_ += view.header.content_bytes();
  return gathered_bytes_ < batch_bytes_ ? Result<void>() : hand_over();
}

Result<void> FoldAhead::finish() {
  TRY_VOID(hand_over());
  return hand_over();
}

// What was read is folded, and what was gathered is read meanwhile.
Result<void> FoldAhead::hand_over() {
  Batch read;
  if (reading_.valid()) read = reading_.get();
  auto const policy = helper_ == Helper::thread ? std::launch::async : std::launch::deferred;
  reading_ = std::async(policy, read_all, std::exchange(gathered_, {}));
  gathered_bytes_ = 0;
  for (ReadFrame& frame : read) TRY_VOID(fold_.frame(std::move(frame), seen_));
  return {};
}

}  // namespace tally::audit
