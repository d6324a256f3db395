#include "segments/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tally::segments {

namespace {

LogPosition position_before(SegmentHeader const& header) {
  return {header.base_seq, header.epoch, header.root_before};
}

// The frames that are whole, up to the first thing that is none; why it is none, if that is not the
// end.
Result<std::optional<Error>> walk_whole(FrameWalk& frames, FrameVisitor const& visitor,
                                        SurveyedSegment& segment, LogPosition& end) {
  std::optional<Error> why;
  for (;;) {
    auto next = frames.next();
    if (!next && next.error().code != "frame_damaged") return tl::unexpected<Error>(next.error());
    if (!next) why = next.error();
    if (!next || *next == nullptr) break;
    segment.frames.push_back(frame_at(**next));
    TRY_VOID(visitor(**next));
  }
  segment.walked = true;
  segment.end = frames.offset();
  end = frames.position();
  return why;
}

// Those within the first `limit` bytes of the file; what stands behind them is not judged.
Result<std::optional<Error>> walk_frames(ports::DiskFile const& file, std::uint64_t limit,
                                         FrameVisitor const& visitor, SurveyedSegment& segment,
                                         LogPosition& end) {
  FrameWalk frames(file, segment.header, position_before(segment.header), limit);
  return walk_whole(frames, visitor, segment, end);
}

class Surveyor {
 public:
  Surveyor(ports::Disk& disk, SurveyOptions const& options, FrameVisitor const& visitor)
      : disk_(disk), options_(options), visitor_(visitor) {}

  Result<Survey> run() {
    TRY_VOID(read_the_head());
    TRY_VOID(read_headers());
    if (out_.segments.empty() && !header_damage_) {
      if (!out_.head) return fail("ledger_absent", "The directory holds no ledger yet.");
      found(DamageKind::rolled_back, 0, 0, "a checkpoint was signed but no segment exists");
      return std::move(out_);
    }
    TRY_VOID(walk_segments());
    // A log may have got its head since: the head comes before the first frame.
    if (!out_.head && !head_damage_) TRY_VOID(read_the_head());
    if (!out_.damage || out_.damage->harmless()) compare_with_knowledge();
    return std::move(out_);
  }

 private:
  Result<void> read_the_head() {
    auto head = read_head(disk_);
    if (head) {
      out_.head = *head;
    } else if (head.error().code == "head_damaged") {
      head_damage_ = head.error().detail;
    } else {
      return tl::unexpected<Error>(head.error());
    }
    return {};
  }

  // Fills segments and prepared up to the first file that is wrong.
  Result<void> read_headers() {
    TRY(names, disk_.list());
    std::vector<std::uint64_t> numbers;
    for (auto const& name : names) {
      if (auto number = segment_number(name)) numbers.push_back(*number);
    }
    for (std::uint64_t i = 0; i < numbers.size() && !header_damage_; ++i) {
      if (numbers[i] != i) {
        wrong_file(i, 0, "the segment's file is missing");
      } else {
        TRY_VOID(read_header(i, i + 1 == numbers.size()));
      }
    }
    return {};
  }

  Result<void> read_header(std::uint64_t number, bool is_last_file) {
    TRY(file, disk_.open(segment_name(number)));
    auto const bytes = file->size();
    if (bytes < kBlock) {
      wrong_file(number, bytes, fmt::format("the file ends after {} bytes", bytes));
      return {};
    }
    Bytes block(kBlock);
    TRY_VOID(file->read(0, block));
    if (all_zero(block)) return read_prepared(*file, number, is_last_file);
    auto header = decode_segment_header(block);
    if (header) {
      check_header(*header, number);
    } else if (is_last_file && options_.beside == Beside::a_writer) {
      out_.prepared = number;  // being begun
      return {};
    } else {
      wrong_file(number, 0, header.error().detail);
    }
    if (header_damage_) return {};
    out_.segments.push_back({.header = *header, .frames = {}});
    if (header->bytes == bytes) return {};
    wrong_file(number, std::min(bytes, header->bytes),
               fmt::format("the file has {} bytes instead of {}", bytes, header->bytes));
    readable_ = std::min(bytes, header->bytes) / kBlock * kBlock;
    return {};
  }

  Result<void> read_prepared(ports::DiskFile const& file, std::uint64_t number, bool is_last_file) {
    TRY(used, first_nonzero(file, 0));
    if (!is_last_file) {
      wrong_file(number, 0, "the segment's header is missing");
    } else if (options_.beside == Beside::a_writer) {
      out_.prepared = number;
    } else if (file.size() < kSegmentBytesMin || file.size() > kSegmentBytesMax ||
               file.size() % kBlock != 0) {
      wrong_file(number, 0, fmt::format("the file has {} bytes", file.size()));
    } else if (used) {
      wrong_file(number, *used, "bits are set in a segment that was never begun");
    } else {
      out_.prepared = number;
    }
    return {};
  }

  void check_header(SegmentHeader const& header, std::uint64_t number) {
    auto ledger = options_.ledger;
    if (!ledger && number > 0) ledger = out_.segments[0].header.ledger;
    if (ledger && header.ledger != *ledger) {
      wrong_file(number, 0, "the segment belongs to " + to_text(header.ledger),
                 DamageKind::foreign);
    } else if (header.number != number) {
      wrong_file(number, 0, fmt::format("the file holds segment {}", header.number));
    } else if (number == 0 && (header.base_seq != 0 || header.root_before != empty_log().root)) {
      wrong_file(number, 0, "the first segment does not begin the ledger");
    } else if (number > 0 && header.base_seq < out_.segments.back().header.base_seq) {
      wrong_file(number, 0, "the segment begins before the one ahead of it");
    }
  }

  void wrong_file(std::uint64_t number, std::uint64_t offset, std::string what,
                  DamageKind kind = DamageKind::corrupt) {
    header_damage_ =
        Damage{.kind = kind, .segment = number, .offset = offset, .what = std::move(what)};
  }

  Result<void> walk_segments() {
    auto& segments = out_.segments;
    std::uint64_t const from = verified_from();
    std::size_t i = 0;
    while (i + 1 < segments.size() && segments[i + 1].header.base_seq <= from) ++i;
    out_.end = empty_log();
    if (i > 0) out_.end = position_before(segments[i].header);
    for (; i < segments.size() && !out_.damage; ++i) {
      out_.damage = damaged_seam(out_.end, segments[i].header);
      if (!out_.damage) TRY_VOID(walk(segments[i], i + 1 == segments.size()));
    }
    if (header_damage_ && !out_.damage) {
      header_damage_->seq = out_.end.next_seq;
      out_.damage = header_damage_;
    }
    return {};
  }

  std::uint64_t verified_from() const {
    if (options_.verify == Verify::from_trusted) return options_.trusted_seq;
    bool const noted = out_.head && out_.head->size > 0;
    return noted ? out_.head->size - 1 : std::numeric_limits<std::uint64_t>::max();
  }

  Result<void> walk(SurveyedSegment& segment, bool is_last) {
    TRY(file, disk_.open(segment_name(segment.header.number)));
    auto const visit = [this](FrameView const& frame) {
      compare_root(frame);
      return visitor_(frame);
    };
    if (is_last && readable_) {
      TRY_VOID(walk_frames(*file, *readable_, visit, segment, out_.end));
    } else if (is_last && !header_damage_ && options_.beside == Beside::a_writer) {
      TRY(why, walk_frames(*file, segment.header.bytes, visit, segment, out_.end));
      unjudged_ = why;
    } else {
      auto place = is_last && !header_damage_ ? SegmentPlace::last : SegmentPlace::sealed;
      TRY(damage, walk_segment(*file, place, visit, segment, out_.end));
      out_.damage = damage;
    }
    return {};
  }

  // Where the noted checkpoint falls on a frame's end, both must have the same root.
  void compare_root(FrameView const& frame) {
    if (!out_.head || out_.head->size != frame.header.next_seq()) return;
    if (out_.head->root == frame.header.root_after) return;
    head_disagrees_ = Damage{.seq = frame.header.first_seq,
                             .segment = frame.segment,
                             .offset = frame.offset,
                             .what = "the tree's root is not that of the noted checkpoint"};
  }

  // What the noted checkpoint or the caller knows to exist is neither torn nor absent.
  void compare_with_knowledge() {
    auto const segment = out_.segments.empty() ? 0 : out_.segments.back().header.number;
    auto const end = out_.segments.empty() ? 0 : out_.segments.back().end;
    if (head_damage_) return found(DamageKind::corrupt, segment, end, *head_damage_);
    if (out_.head && out_.head->ledger != out_.segments[0].header.ledger) {
      return found(DamageKind::foreign, segment, end, "the file `head` is of another ledger");
    }
    if (!out_.head && out_.end.next_seq > 0)
      return found(DamageKind::incomplete, segment, end,
                   "the file `head`, which every ledger with events has, is missing");
    auto known = options_.trusted_seq;
    if (out_.head) known = std::max(known, out_.head->size);
    if (out_.end.next_seq < known) {
      auto but = fmt::format(", although {} records are known to be durable", known);
      if (out_.damage) return found(DamageKind::corrupt, segment, end, out_.damage->what + but);
      if (unjudged_) return found(DamageKind::corrupt, segment, end, unjudged_->detail + but);
      return found(DamageKind::rolled_back, segment, end, "the ledger ends here" + but);
    }
    if (head_disagrees_) out_.damage = head_disagrees_;
  }

  void found(DamageKind kind, std::uint64_t segment, std::uint64_t offset, std::string what) {
    out_.damage = Damage{.kind = kind,
                         .seq = out_.end.next_seq,
                         .segment = segment,
                         .offset = offset,
                         .bytes = 0,
                         .what = std::move(what)};
  }

  ports::Disk& disk_;
  SurveyOptions const& options_;
  FrameVisitor const& visitor_;
  Survey out_;
  std::optional<Error> unjudged_;  // why the last segment's next frame is none, beside a writer
  std::optional<Damage> header_damage_;
  std::optional<std::uint64_t> readable_;  // bytes of the last segment, where its file is too short
  std::optional<Damage> head_disagrees_;
  std::optional<std::string> head_damage_;
};

}  // namespace

FrameAt frame_at(FrameView const& frame) {
  return {frame.header.first_seq, static_cast<std::uint32_t>(frame.offset / kBlock),
          static_cast<std::uint32_t>(frame.header.frame_bytes() / kBlock)};
}

Result<std::optional<Damage>> walk_segment(ports::DiskFile const& file, SegmentPlace place,
                                           FrameVisitor const& visitor, SurveyedSegment& segment,
                                           LogPosition& end) {
  FrameWalk frames(file, segment.header, position_before(segment.header), segment.header.bytes);
  TRY(why, walk_whole(frames, visitor, segment, end));
  return judge_tail(file, segment.header, frames, why, place);
}

std::optional<Damage> damaged_seam(LogPosition const& end, SegmentHeader const& header) {
  auto const damage = [&](std::string what) {
    return Damage{.seq = end.next_seq, .segment = header.number, .what = std::move(what)};
  };
  if (header.base_seq != end.next_seq)
    return damage(
        fmt::format("the segment begins with sequence {}, and the one ahead of it ends "
                    "before {}: one of the two is not this ledger's",
                    header.base_seq, end.next_seq));
  if (header.root_before != end.root)
    return damage("the segment continues a tree with another root than the one ahead of it has");
  if (header.epoch < end.epoch) return damage("the segment's epoch is older than the last");
  return std::nullopt;
}

LogPosition empty_log() { return {0, 0, sha256(ByteView{})}; }

Result<Survey> survey(ports::Disk& disk, SurveyOptions const& options,
                      FrameVisitor const& visitor) {
  return Surveyor(disk, options, visitor).run();
}

}  // namespace tally::segments
