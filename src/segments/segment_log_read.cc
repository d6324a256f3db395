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

Result<SegmentLog::Place> SegmentLog::locate(std::uint64_t seq) const {
  for (;;) {
    std::uint64_t number = 0;
    {
      std::lock_guard lock(durable_);
      auto const& segment = segments_[segment_of(seq)];
      number = segment.header.number;
      if (segment.walked) {
        auto after = std::upper_bound(
            segment.frames.begin(), segment.frames.end(), seq,
            [](std::uint64_t wanted, FrameAt const& frame) { return wanted < frame.first_seq; });
        return Place{number, *std::prev(after)};
      }
    }
    TRY_VOID(index_segment(number));
  }
}

// A segment below the trusted start was not walked at open; its first reader does it. Two readers
// may do the same work; the result is the same.
Result<void> SegmentLog::index_segment(std::uint64_t number) const {
  SegmentHeader header;
  std::uint64_t next_base = 0;
  {
    std::lock_guard lock(durable_);
    header = segments_[number].header;
    next_base = segments_[number + 1].header.base_seq;
  }
  TRY(file, reading(number));
  FrameWalk walk(*file, header, {header.base_seq, header.epoch, header.root_before}, header.bytes);
  auto damage = [&](std::string what) {
    return damaged(walk.position().next_seq, number, walk.offset(), std::move(what));
  };
  std::vector<FrameAt> frames;
  for (;;) {
    auto frame = walk.next();
    if (!frame && frame.error().code == "frame_damaged") return damage(frame.error().detail);
    if (!frame) return tl::unexpected<Error>(frame.error());
    if (*frame == nullptr) break;
    frames.push_back(frame_at(**frame));
  }
  if (walk.position().next_seq != next_base) return damage("the segment ends too early");
  std::lock_guard lock(durable_);
  auto& segment = segments_[number];
  segment.frames = std::move(frames);
  segment.end = walk.offset();
  segment.walked = true;
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

// Through a window, because the frames of a scan follow each other. The window ends where the
// segment was durable when the scan entered it.
Result<void> SegmentLog::scan(std::uint64_t from_seq, FrameVisitor const& visitor) const {
  std::shared_ptr<ports::DiskFile const> file;
  std::optional<Window> window;
  std::optional<std::uint64_t> inside;
  FrameView view;
  for (auto end = next_seq(); from_seq < end; from_seq = view.header.next_seq()) {
    TRY(place, locate(from_seq));
    if (inside != place.segment) {
      TRY(opened, reading(place.segment));
      file = opened;
      window.emplace(*file, durable_end(place.segment));
      inside = place.segment;
    }
    TRY(bytes, window->at(std::uint64_t{place.frame.block} * kBlock, place.frame.blocks * kBlock));
    TRY_VOID(view_frame(place, bytes, view));
    TRY_VOID(visitor(view));
  }
  return {};
}

std::uint64_t SegmentLog::durable_end(std::uint64_t segment) const {
  std::lock_guard lock(durable_);
  return segments_[segment].end;
}

}  // namespace tally::segments
