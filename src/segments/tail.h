#pragma once

// The decision that recovery turns on: is the end of a segment clean, torn or corrupt? The
// reasoning is in recovery.h.

#include <optional>

#include "segments/damage.h"
#include "segments/frame_walk.h"

namespace tally::segments {

enum class SegmentPlace {
  sealed,  // a later segment exists, so every byte of this one was acknowledged
  last,
};

// `walk` has stopped: with `why` at something that is not the next frame, or without it at a
// header sector of zeros or at the end of the file. No damage: everything after it is zero.
Result<std::optional<Damage>> judge_tail(ports::DiskFile const& file, SegmentHeader const& segment,
                                         FrameWalk& walk, std::optional<Error> const& why,
                                         SegmentPlace place);

// The first non-zero byte's offset at or after `from`, if any: a prepared segment has none.
Result<std::optional<std::uint64_t>> first_nonzero(ports::DiskFile const& file, std::uint64_t from);

}  // namespace tally::segments
