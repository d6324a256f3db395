#pragma once

// Frames as a writer hands them to the log, read back without a disk between.

#include "audit/frames.h"
#include "ports/log_store.h"

namespace tally::audit::testing {

inline ports::FrameView view_of(ports::LogFrame const& frame) {
  ports::FrameView view;
  view.first_seq = frame.first_seq;
  view.root_after = frame.root_after;
  for (ports::LogRecord const& record : frame.records)
    view.records.push_back({record.leaf, record.enclosure});
  return view;
}

inline ReadFrame read_frame(ports::LogFrame const& frame) {
  return audit::read_frame(view_of(frame));
}

}  // namespace tally::audit::testing
