#pragma once

// Folds a whole log while its next events are read ahead.
//
// Reading a frame (decoding its events, hashing their leaves) takes longer than all that comes
// after it and needs no state. So frames are gathered into batches; while one batch is folded here,
// a helper reads the next:
//
//     caller   gather 1 | gather 2, -      | gather 3, fold 1 | gather 4, fold 2 | ... | fold n
//     helper            | read 1           | read 2           | read 3           | ...
//
// Every event is folded on the caller's thread, one by one, in the order of the log, whoever reads;
// so state, errors and what `seen` sees do not depend on the helper. At most three batches are in
// memory.

#include <future>
#include <vector>

#include "audit/fold.h"
#include "segments/frame.h"

namespace tally::audit {

enum class Helper {
  none,    // the caller's thread reads, too, when its turn to fold comes: for the simulator
  thread,  // another thread reads
};

// Some hundred events: enough to make up for starting a thread, few enough to stay in its caches.
inline constexpr std::size_t kFoldBatchBytes = 1u << 20;

class FoldAhead {
 public:
  // The fold outlives this.
  FoldAhead(Fold& fold, Seen seen, Helper helper, std::size_t batch_bytes = kFoldBatchBytes)
      : fold_(fold), seen_(std::move(seen)), helper_(helper), batch_bytes_(batch_bytes) {}

  // The next frame; copied, since the view's bytes are the caller's. Errors: those of Fold::frame,
  // of this frame or one before it; after one nothing more may be asked.
  Result<void> frame(segments::FrameView const& view);
  // No more frames: folds what is under way.
  Result<void> finish();

 private:
  using Batch = std::vector<ReadFrame>;
  Result<void> hand_over();

  Fold& fold_;
  Seen seen_;
  Helper helper_;
  std::size_t batch_bytes_;
  std::vector<ports::LogFrame> gathered_;
  std::size_t gathered_bytes_ = 0;
  std::future<Batch> reading_;
};

}  // namespace tally::audit
