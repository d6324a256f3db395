#pragma once

// Frames as a log hands them out, for the fold.

#include <span>
#include <vector>

#include "audit/fold.h"
#include "codec/event_codec.h"
#include "ports/log_store.h"

namespace tally::audit {

// The hash of each leaf, in order.
std::vector<Digest> leaf_hashes(ports::FrameView const& view);

// Makes events of the leaves, whose hashes are given. With Part::event there is all that a fold and
// an index need: no snapshots, and none of the bytes.
ReadFrame read_frame(ports::FrameView const& view, std::span<Digest const> leaf_hashes,
                     codec::Part part);
// The same; hashes them itself.
ReadFrame read_frame(ports::FrameView const& view, codec::Part part = codec::Part::whole);

}  // namespace tally::audit
