#pragma once

// Frames as the segments hand them out, for the fold.

#include "audit/fold.h"
#include "segments/frame.h"

namespace tally::audit {

// The frame's leaves, copied.
inline ReadFrame unread_frame(segments::FrameView const& view) {
  ReadFrame frame{view.header.first_seq, {}, {}, view.header.root_after};
  frame.entries.reserve(view.records.size());
  for (segments::RecordView const& record : view.records) {
    codec::Entry& entry = frame.entries.emplace_back();
    entry.leaf.assign(record.leaf.begin(), record.leaf.end());
    entry.enclosure.assign(record.enclosure.begin(), record.enclosure.end());
  }
  return frame;
}

inline ReadFrame read_frame(segments::FrameView const& view) {
  ReadFrame frame = unread_frame(view);
  read_leaves(frame);
  return frame;
}

}  // namespace tally::audit
