// The reading half of SegmentLog: any thread, beside one that appends. The lock is held for index
// look-ups only; bytes are read without it, because durable frames never change.

#include <algorithm>

#include "segments/segment_log.h"

namespace tally::segments {

namespace {

// Sealed files that readers keep open; past it all are closed and opened again on demand.
constexpr std::size_t kOpenFilesMax = 64;

tl::unexpected<Error> damaged(std::uint64_t seq, std::uint64_t segment, std::uint64_t offset,
                              std::string what) {
  return tl::unexpected<Error>(
      Damage{.seq = seq, .segment = segment, .offset = offset, .what = std::move(what)}.error());
}

// The frame with the record; the first, if the record is before that.
std::vector<FrameAt>::const_iterator frame_of(std::vector<FrameAt> const& frames,
                                              std::uint64_t seq) {
  auto const after = std::ranges::upper_bound(frames, seq, {}, &FrameAt::first_seq);
  return after == frames.begin() ? after : std::prev(after);
}

}  // namespace

std::uint64_t SegmentLog::next_seq() const { return position().next_seq; }

LogPosition SegmentLog::position() const {
  std::lock_guard lock(durable_);
  return position_;
}

// The last segment with this base or a smaller one: empty segments share their base with the
// next, which is then the one that holds the record.
std::size_t SegmentLog::segment_of(std::uint64_t seq) const {
  auto after = std::upper_bound(
      segments_.begin(), segments_.end(), seq,
      [](std::uint64_t wanted, auto const& segment) { return wanted < segment.header.base_seq; });
  return static_cast<std::size_t>(after - segments_.begin()) - 1;
}

bool SegmentLog::is_walked(std::size_t number) const {
  std::lock_guard lock(durable_);
  return segments_[number].walked;
}

Result<SegmentLog::Place> SegmentLog::locate(std::uint64_t seq) const {
  std::unique_lock lock(durable_);
  std::size_t const number = segment_of(seq);
  if (!segments_[number].walked) {
    lock.unlock();
    TRY_VOID(walk(number, [](FrameView const&) { return Result<void>(); }));
    lock.lock();
  }
  return Place{number, *frame_of(segments_[number].frames, seq)};
}

// A sealed segment that was not verified at open is when it is first read. Two readers may do the
// same work; the result is the same.
Result<void> SegmentLog::walk(std::size_t number, FrameVisitor const& visitor) const {
  SurveyedSegment segment;
  SegmentHeader next;
  {
    std::lock_guard lock(durable_);
    segment.header = segments_[number].header;
    next = segments_[number + 1].header;
  }
  TRY(file, reading(number));
  LogPosition end;
  TRY(damage, walk_segment(*file, SegmentPlace::sealed, visitor, segment, end));
  if (!damage) damage = damaged_seam(end, next);
  if (damage) return tl::unexpected<Error>(damage->error());
  std::lock_guard lock(durable_);
  segments_[number] = std::move(segment);
  return {};
}

Result<std::shared_ptr<ports::DiskFile const>> SegmentLog::reading(std::uint64_t segment) const {
  {
    std::lock_guard lock(durable_);
    if (open_files_[segment]) return open_files_[segment];
  }
  TRY(file, disk_.open(segment_name(segment)));
  std::shared_ptr<ports::DiskFile const> shared = std::move(file);
  std::lock_guard lock(durable_);
  if (open_count_ == kOpenFilesMax) {
    std::fill(open_files_.begin(), open_files_.end(), nullptr);
    open_count_ = 0;
  }
  if (!open_files_[segment]) ++open_count_;
  open_files_[segment] = shared;
  return shared;
}

Result<void> SegmentLog::view_frame(Place const& place, ByteView bytes, FrameView& view) {
  view.segment = place.segment;
  view.offset = std::uint64_t{place.frame.block} * kBlock;
  auto decoded = decode_frame(bytes, view);
  if (decoded && view.header.first_seq == place.frame.first_seq) return {};
  auto what = decoded ? "another frame stands in its place" : decoded.error().detail;
  return damaged(place.frame.first_seq, place.segment, view.offset, what);
}

Result<void> SegmentLog::read_frame(Place const& place, AlignedBuffer& buffer,
                                    FrameView& view) const {
  TRY(file, reading(place.segment));
  auto bytes = buffer.take(place.frame.blocks * kBlock);
  TRY_VOID(file->read(std::uint64_t{place.frame.block} * kBlock, bytes));
  return view_frame(place, bytes, view);
}

Result<std::vector<ports::LogRecord>> SegmentLog::read(std::uint64_t from,
                                                       std::size_t count) const {
  std::vector<ports::LogRecord> records;
  AlignedBuffer buffer;
  FrameView view;
  auto end = next_seq();
  if (from < end) end = from + std::min<std::uint64_t>(count, end - from);
  while (from < end) {
    TRY(place, locate(from));
    TRY_VOID(read_frame(place, buffer, view));
    auto skipped = from - view.header.first_seq;
    for (auto i = skipped; i < view.records.size() && from < end; ++i, ++from) {
      auto const& record = view.records[i];
      records.push_back({Bytes(record.leaf.begin(), record.leaf.end()),
                         Bytes(record.enclosure.begin(), record.enclosure.end())});
    }
  }
  return records;
}

Result<void> SegmentLog::scan(std::uint64_t from_seq, ports::FrameVisitor const& visitor) const {
  ScanPlan const plan = plan_scan(from_seq);
  auto const visit = [&](FrameView const& frame) {
    return frame.header.next_seq() > from_seq ? visitor(frame) : Result<void>();
  };
  for (std::size_t number = plan.first; number <= plan.last; ++number) {
    if (is_walked(number)) {
      TRY_VOID(scan_walked(number, from_seq, plan.end, visit));
    } else {
      TRY_VOID(walk(number, visit));
    }
  }
  return {};
}

// From the first segment that begins where the one with the record does: of segments without a
// frame there may be some.
SegmentLog::ScanPlan SegmentLog::plan_scan(std::uint64_t from_seq) const {
  std::lock_guard lock(durable_);
  std::size_t first = segment_of(from_seq);
  std::uint64_t const base = segments_[first].header.base_seq;
  while (first > 0 && segments_[first - 1].header.base_seq == base) --first;
  return {.first = first, .last = segments_.size() - 1, .end = position_.next_seq};
}

// Through a window, because the frames follow each other.
Result<void> SegmentLog::scan_walked(std::size_t number, std::uint64_t from_seq, std::uint64_t end,
                                     FrameVisitor const& visitor) const {
  if (from_seq >= end) return {};
  TRY(file, reading(number));
  SurveyedSegment const segment = walked_segment(number);
  Window window(*file, segment.end);
  FrameView view;
  auto frame = frame_of(segment.frames, from_seq);
  for (; frame != segment.frames.end() && frame->first_seq < end; ++frame) {
    TRY(bytes, window.at(std::uint64_t{frame->block} * kBlock, frame->blocks * kBlock));
    TRY_VOID(view_frame({number, *frame}, bytes, view));
    view.memory = window.memory();
    TRY_VOID(visitor(view));
  }
  return {};
}

// As it is durable now.
SurveyedSegment SegmentLog::walked_segment(std::size_t number) const {
  std::lock_guard lock(durable_);
  return segments_[number];
}

}  // namespace tally::segments
