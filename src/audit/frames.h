#pragma once

// Frames as the segments hand them out, for the fold.

#include "ports/log_store.h"
#include "segments/frame.h"

namespace tally::audit {

inline ports::LogFrame to_log_frame(segments::FrameView const& view) {
  ports::LogFrame frame;
  frame.epoch = view.header.epoch;
  frame.first_seq = view.header.first_seq;
  frame.root_after = view.header.root_after;
  frame.records.reserve(view.records.size());
  for (segments::RecordView const& record : view.records)
    frame.records.push_back({.leaf = {record.leaf.begin(), record.leaf.end()},
                             .enclosure = {record.enclosure.begin(), record.enclosure.end()}});
  return frame;
}

}  // namespace tally::audit
