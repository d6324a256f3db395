#include "server/wiring/segment_store.h"

#include "base/check.h"

namespace tally::wiring {

Result<segments::SegmentLog::Opened> open_segments(ports::Disk& disk, LedgerId fresh,
                                                   segments::LogOptions const& options,
                                                   segments::SaltSource const& salt) {
  auto opened = segments::SegmentLog::open(disk, std::nullopt, options, salt);
  bool const absent = !opened && opened.error().code == "ledger_absent";
  if (absent && options.trusted_seq == 0)
    return segments::SegmentLog::create(disk, fresh, options, salt);
  return opened;
}

void SegmentStore::append(ports::LogFrame const& frame,
                          std::function<void(ports::AppendOutcome)> done) {
  waiting_.with([&](std::optional<Pending>& waiting) {
    TALLY_CHECK(!waiting, "one frame un-synced at a time");
    waiting = Pending{.frame = &frame, .done = std::move(done)};
  });
  if (pending_) pending_();
}

std::size_t SegmentStore::pending_records() const {
  return waiting_.with(
      [](auto const& waiting) { return waiting ? waiting->frame->records.size() : 0; });
}

Result<void> SegmentStore::append(ports::LogFrame const& frame) {
  if (may_append_) TRY_VOID(may_append_());
  return log_->append(frame);
}

bool SegmentStore::write_pending() {
  auto pending =
      waiting_.with([](std::optional<Pending>& waiting) { return std::exchange(waiting, {}); });
  if (!pending) return false;
  auto const appended = append(*pending->frame);
  if (!appended) fault_.with([&](auto& fault) { fault = appended.error(); });
  pending->done(segments::outcome_of(appended));
  return true;
}

}  // namespace tally::wiring
