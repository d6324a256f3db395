#pragma once

// Reads the frames of one segment in order, each one verified in full.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "ports/disk.h"
#include "segments/aligned_buffer.h"
#include "segments/frame.h"
#include "segments/segment_header.h"

namespace tally::segments {

// What a log says at a boundary between two frames.
struct LogPosition {
  std::uint64_t next_seq = 0;
  std::uint64_t epoch = 0;  // of the latest writer
  Digest root;              // of the tree of all leaves below next_seq
};

// An error returned by a visitor ends the walk. The view goes with the call; a copy of it, if it
// has memory, does not.
using FrameVisitor = std::function<Result<void>(FrameView const&)>;

// Sequential reads of a file, a large piece at a time.
class Window {
 public:
  // Nothing at or past `limit` is read.
  Window(ports::DiskFile const& file, std::uint64_t limit) : file_(file), limit_(limit) {}
  // Valid until the next call, or as long as memory() is kept; offset + bytes <= limit.
  Result<ByteView> at(std::uint64_t offset, std::size_t bytes);
  // Of the last piece that was asked for.
  std::shared_ptr<AlignedBuffer const> const& memory() const { return buffer_; }

 private:
  ByteView read_already(std::uint64_t offset) const;

  static constexpr std::size_t kReadAhead = 4u << 20;
  ports::DiskFile const& file_;
  std::uint64_t limit_;
  std::shared_ptr<AlignedBuffer const> buffer_;
  ByteView held_;
  std::uint64_t held_from_ = 0;
};

class FrameWalk {
 public:
  // `position` is what precedes the segment; `limit` ends the area to read.
  FrameWalk(ports::DiskFile const& file, SegmentHeader const& header, LogPosition position,
            std::uint64_t limit);

  // The next frame, valid until the next call; copies of it for longer. Null at the limit and at a
  // header sector of zeros. "frame_damaged": what stands here is not the next frame; other errors
  // are the disk's.
  Result<FrameView const*> next();

  LogPosition const& position() const { return position_; }
  // Behind the frames so far.
  std::uint64_t offset() const { return offset_; }
  // The header at offset(), if it is that of the frame that belongs here.
  Result<FrameHeader> header_here();

 private:
  Result<void> check_place(FrameHeader const& header) const;

  Window window_;
  SegmentHeader segment_;
  LogPosition position_;
  std::uint64_t limit_;
  std::uint64_t offset_ = kBlock;
  FrameView view_;
};

}  // namespace tally::segments
