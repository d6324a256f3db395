#pragma once

// Frames as the segments hand them out, for the fold.

#include "audit/fold.h"
#include "merkle/tree.h"
#include "segments/frame.h"

namespace tally::audit {

// The frame's leaves, copied and hashed; not decoded.
inline ReadFrame hashed_frame(segments::FrameView const& view) {
  ReadFrame frame{view.header.first_seq, {}, {}, view.header.root_after};
  frame.entries.reserve(view.records.size());
  for (segments::RecordView const& record : view.records) {
    codec::Entry& entry = frame.entries.emplace_back();
    entry.leaf_hash = merkle::leaf_hash(record.leaf);
    entry.leaf.assign(record.leaf.begin(), record.leaf.end());
    entry.enclosure.assign(record.enclosure.begin(), record.enclosure.end());
  }
  return frame;
}

inline ReadFrame read_frame(segments::FrameView const& view) {
  ReadFrame frame = hashed_frame(view);
  decode_leaves(frame);
  return frame;
}

}  // namespace tally::audit
