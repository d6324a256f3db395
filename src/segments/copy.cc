#include "segments/copy.h"

#include <algorithm>

namespace tally::segments {

namespace {

constexpr std::size_t kPieceBytes = 1u << 20;

Result<void> copy_segment(ports::DiskFile const& file, SurveyedSegment const& segment,
                          ports::Write const& write) {
  Bytes piece;
  for (std::uint64_t at = 0; at < segment.header.bytes; at += piece.size()) {
    std::uint64_t const end = at < segment.end ? segment.end : segment.header.bytes;
    piece.assign(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, end - at)), 0);
    if (at < segment.end) TRY_VOID(file.read(at, piece));
    TRY_VOID(write(piece));
  }
  return {};
}

}  // namespace

Result<LogCopy> copy_log(ports::Disk& from, ports::Disk& to, Beside beside) {
  TRY(names, to.list());
  if (!names.empty()) return fail("ledger_exists", "the directory for the copy is not empty");
  auto const pass_over = [](FrameView const&) { return Result<void>(); };
  TRY(found, survey(from, {.ledger = {}, .beside = beside}, pass_over));
  LogCopy copy;
  copy.end = found.end;
  if (found.damage && !found.damage->harmless()) {
    copy.damage = found.damage;
    return copy;
  }
  for (SurveyedSegment const& segment : found.segments) {
    std::string const name = segment_name(segment.header.number);
    TRY(file, from.open(name));
    TRY_VOID(to.put(name, [&](ports::Write const& write) {
      return copy_segment(*file, segment, write);
    }));
    ++copy.segments;
    copy.bytes += segment.header.bytes;
  }
  if (found.head) TRY_VOID(to.replace(kHeadName, encode_head(*found.head)));
  return copy;
}

}  // namespace tally::segments
