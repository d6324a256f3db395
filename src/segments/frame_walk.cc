#include "segments/frame_walk.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::segments {

// What was read already of what is wanted now: a frame's front.
ByteView Window::read_already(std::uint64_t offset) const {
  bool const inside = offset >= held_from_ && offset < held_from_ + held_.size();
  return inside ? held_.subspan(offset - held_from_) : ByteView();
}

Result<ByteView> Window::at(std::uint64_t offset, std::size_t bytes) {
  TALLY_CHECK(offset + bytes <= limit_, "a read past the limit of a segment");
  if (offset < held_from_ || offset + bytes > held_from_ + held_.size()) {
    auto const wanted = std::min<std::uint64_t>(std::max(bytes, kReadAhead), limit_ - offset);
    auto const next = std::make_shared<AlignedBuffer>();
    auto const space = next->take(wanted);
    auto const had = read_already(offset);
    std::copy(had.begin(), had.end(), space.begin());
    TRY_VOID(file_.read(offset + had.size(), space.subspan(had.size())));
    buffer_ = next;
    held_ = space;
    held_from_ = offset;
  }
  return held_.subspan(offset - held_from_, bytes);
}

FrameWalk::FrameWalk(ports::DiskFile const& file, SegmentHeader const& header, LogPosition position,
                     std::uint64_t limit)
    : window_(file, limit), segment_(header), position_(position), limit_(limit) {}

Result<void> FrameWalk::check_place(FrameHeader const& header) const {
  auto damaged = [](std::string what) { return fail("frame_damaged", std::move(what)); };
  if (header.salt != segment_.salt) return damaged("the frame belongs to another segment");
  if (header.first_seq != position_.next_seq) {
    return damaged(fmt::format("the frame begins with sequence {}", header.first_seq));
  }
  if (header.epoch < position_.epoch) {
    return damaged(fmt::format("the frame's epoch {} is older than epoch {} before it",
                               header.epoch, position_.epoch));
  }
  if (header.frame_bytes() > limit_ - offset_) {
    return damaged("the frame is longer than the rest of the segment");
  }
  return {};
}

Result<FrameHeader> FrameWalk::header_here() {
  TRY(sector, window_.at(offset_, kSector));
  TRY(header, decode_frame_header(sector));
  TRY_VOID(check_place(header));
  return header;
}

Result<FrameView const*> FrameWalk::next() {
  if (offset_ == limit_) return nullptr;
  TRY(sector, window_.at(offset_, kSector));
  if (all_zero(sector)) return nullptr;
  TRY(header, header_here());
  TRY(bytes, window_.at(offset_, header.frame_bytes()));
  TRY_VOID(decode_frame(bytes, view_));
  view_.memory = window_.memory();
  view_.segment = segment_.number;
  view_.offset = offset_;
  offset_ += bytes.size();
  position_ = {header.next_seq(), header.epoch, header.root_after};
  return &view_;
}

}  // namespace tally::segments
