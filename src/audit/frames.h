#pragma once

// Frames as the segments hand them out, for the fold.

#include "audit/fold.h"
#include "codec/event_codec.h"
#include "segments/frame.h"

namespace tally::audit {

// Hashes the leaves and decodes them. With Part::event there is all that a fold and an index need:
// no snapshots, and none of the bytes.
ReadFrame read_frame(segments::FrameView const& view, codec::Part part = codec::Part::whole);

// A frame's bytes, to be read when the walk that found them has gone on. They are one block: to
// make room for each record costs the walk more than all else that it does.
class CopiedFrame {
 public:
  explicit CopiedFrame(segments::FrameView const& view);
  CopiedFrame(CopiedFrame&&) = default;
  CopiedFrame& operator=(CopiedFrame&&) = default;
  CopiedFrame(CopiedFrame const&) = delete;  // the view points into the bytes
  CopiedFrame& operator=(CopiedFrame const&) = delete;
  ~CopiedFrame() = default;
  segments::FrameView const& view() const { return view_; }

 private:
  Bytes bytes_;
  segments::FrameView view_;
};

}  // namespace tally::audit
