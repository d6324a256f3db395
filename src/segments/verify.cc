#include "segments/verify.h"

namespace tally::segments {

namespace {

constexpr char kVisitorSays[] = "visitor_says";

}  // namespace

Result<Verification> check_frames(ports::Disk& disk, FrameVisitor const& visitor,
                                  std::uint64_t from_seq, Beside beside) {
  Verification result;
  std::optional<Damage> said;
  SurveyOptions const options{.ledger = {}, .trusted_seq = from_seq, .beside = beside};
  auto found = survey(disk, options, [&](FrameView const& frame) -> Result<void> {
    auto visited = visitor(frame);
    if (!visited) {
      said = Damage{.seq = frame.header.first_seq,
                    .segment = frame.segment,
                    .offset = frame.offset,
                    .what = visited.error().detail};
      return fail(kVisitorSays, visited.error().detail);
    }
    ++result.frames;
    result.verified = {frame.header.next_seq(), frame.header.epoch, frame.header.root_after};
    return {};
  });
  if (said) {
    result.damage = said;
    return result;
  }
  if (!found) return tl::unexpected<Error>(found.error());
  result.segments = found->segments.size();
  if (!found->segments.empty()) result.ledger = found->segments[0].header.ledger;
  result.verified = found->end;
  result.head = found->head;
  result.damage = found->damage;
  return result;
}

}  // namespace tally::segments
