#pragma once

// Frames as the segments hand them out, for the fold.

#include <span>
#include <vector>

#include "audit/fold.h"
#include "codec/event_codec.h"
#include "segments/frame.h"

namespace tally::audit {

// The hash of each leaf, in order.
std::vector<Digest> leaf_hashes(segments::FrameView const& view);

// Makes events of the leaves, whose hashes are given. With Part::event there is all that a fold and
// an index need: no snapshots, and none of the bytes.
ReadFrame read_frame(segments::FrameView const& view, std::span<Digest const> leaf_hashes,
                     codec::Part part);
// The same; hashes them itself.
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
  std::vector<Digest> leaf_hashes;  // of whoever worked them out

 private:
  Bytes bytes_;
  segments::FrameView view_;
};

}  // namespace tally::audit
