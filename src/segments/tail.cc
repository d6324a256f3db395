#include "segments/tail.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::segments {

namespace {

constexpr std::size_t kStep = 1u << 20;

// The area from a frame's place to the end of its segment.
struct Area {
  SectorCount sectors;  // used_end counts from the beginning of the area
  std::optional<std::uint64_t> first_used;
  std::optional<std::uint64_t> first_stray;
  std::optional<std::uint64_t> later_frame;  // sequence of a whole header of this segment
  bool arrived = false;                      // the wanted frame's header stands in its place
};

// The frame of the wanted number at the wanted place is no later one: it arrived since the walk was
// there.
void look_for_frame(ByteView block, bool in_place, std::uint64_t salt, std::uint64_t next_seq,
                    Area& area) {
  if (area.later_frame || all_zero(block.first(kSector))) return;
  auto header = decode_frame_header(block.first(kSector));
  if (!header || header->salt != salt || header->first_seq < next_seq) return;
  if (in_place && header->first_seq == next_seq)
    area.arrived = true;
  else
    area.later_frame = header->first_seq;
}

void add_block(ByteView block, std::uint64_t offset, std::uint64_t from, Area& area) {
  if (all_zero(block)) return;
  auto count = count_sectors(block);
  area.sectors.written += count.written;
  area.sectors.stray += count.stray;
  area.sectors.used_end = offset - from + count.used_end;
  if (!area.first_used) area.first_used = offset;
  if (count.stray > 0 && !area.first_stray) area.first_stray = offset;
}

Result<Area> look_at(ports::DiskFile const& file, SegmentHeader const& segment, std::uint64_t from,
                     std::uint64_t next_seq) {
  Area area;
  Window window(file, segment.bytes);
  for (auto offset = from; offset < segment.bytes; offset += kBlock) {
    TRY(block, window.at(offset, kBlock));
    add_block(block, offset, from, area);
    look_for_frame(block, offset == from, segment.salt, next_seq, area);
  }
  return area;
}

class Judge {
 public:
  Judge(ports::DiskFile const& file, SegmentHeader const& segment, FrameWalk& walk,
        SegmentPlace place)
      : file_(file), segment_(segment), walk_(walk), place_(place) {}

  // The header sector is zero, or the file ends here.
  Result<std::optional<Damage>> without_header() const {
    auto next_seq = walk_.position().next_seq;
    TRY(area, look_at(file_, segment_, walk_.offset(), next_seq));
    if (area.arrived)
      return damage(DamageKind::under_way, walk_.offset(), 0, "a frame has arrived meanwhile");
    if (area.later_frame) {
      return corrupt(walk_.offset(), fmt::format("the frame is missing although the frame of "
                                                 "sequence {} follows it",
                                                 *area.later_frame));
    }
    if (area.first_stray) {
      return corrupt(*area.first_stray, "bits are set in an area that was never written");
    }
    if (!area.first_used) return std::nullopt;
    if (place_ == SegmentPlace::sealed || area.sectors.used_end > kFrameBytesMax) {
      return corrupt(*area.first_used, "bytes stand where no frame was written");
    }
    return torn(area.sectors.used_end, "the frame's header was not written");
  }

  // The header is whole and in its place; what follows it is not.
  Result<std::optional<Damage>> with_header(FrameHeader const& header, Error const& why) const {
    auto frame_end = walk_.offset() + header.frame_bytes();
    TRY(behind, look_at(file_, segment_, frame_end, header.next_seq()));
    Window window(file_, segment_.bytes);
    TRY(frame, window.at(walk_.offset(), header.frame_bytes()));
    auto content = count_sectors(frame.subspan(kSector, header.content_bytes()));
    bool padding_is_zero = all_zero(frame.subspan(kSector + header.content_bytes()));
    bool could_be_torn = content.zero > 0 && content.stray == 0 && padding_is_zero;
    if (place_ == SegmentPlace::sealed || behind.first_used || !could_be_torn) {
      return corrupt(walk_.offset(), why.detail);
    }
    return torn(kSector + content.used_end, "a part of the frame was not written");
  }

  std::optional<Damage> corrupt(std::uint64_t offset, std::string what) const {
    return damage(DamageKind::corrupt, offset, 0, std::move(what));
  }

 private:
  std::optional<Damage> torn(std::uint64_t bytes, std::string what) const {
    return damage(DamageKind::torn, walk_.offset(), bytes, std::move(what));
  }
  std::optional<Damage> damage(DamageKind kind, std::uint64_t offset, std::uint64_t bytes,
                               std::string what) const {
    return Damage{.kind = kind,
                  .seq = walk_.position().next_seq,
                  .segment = segment_.number,
                  .offset = offset,
                  .bytes = bytes,
                  .what = std::move(what)};
  }

  ports::DiskFile const& file_;
  SegmentHeader const& segment_;
  FrameWalk& walk_;
  SegmentPlace place_;
};

}  // namespace

Result<std::optional<Damage>> judge_tail(ports::DiskFile const& file, SegmentHeader const& segment,
                                         FrameWalk& walk, std::optional<Error> const& why,
                                         SegmentPlace place) {
  Judge judge(file, segment, walk, place);
  if (!why) return judge.without_header();
  auto header = walk.header_here();
  if (header) return judge.with_header(*header, *why);
  if (header.error().code != "frame_damaged") return tl::unexpected<Error>(header.error());
  return judge.corrupt(walk.offset(), why->detail);
}

Result<std::optional<std::uint64_t>> first_nonzero(ports::DiskFile const& file,
                                                   std::uint64_t from) {
  Window window(file, file.size());
  for (auto offset = from; offset < file.size();) {
    auto bytes = std::min<std::uint64_t>(kStep, file.size() - offset);
    TRY(part, window.at(offset, bytes));
    if (!all_zero(part)) {
      auto at = std::find_if(part.begin(), part.end(), [](auto byte) { return byte != 0; });
      return offset + static_cast<std::uint64_t>(at - part.begin());
    }
    offset += bytes;
  }
  return std::nullopt;
}

}  // namespace tally::segments
