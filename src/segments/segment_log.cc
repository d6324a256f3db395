#include "segments/segment_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "segments/tail.h"

namespace tally::segments {

namespace {

constexpr std::size_t kZeroStep = 1u << 20;

void check_options(LogOptions const& options) {
  TALLY_CHECK(!options.segment_bytes.empty(), "a log needs a segment size");
  for (auto bytes : options.segment_bytes) {
    TALLY_CHECK(bytes % kBlock == 0 && bytes >= kSegmentBytesMin && bytes <= kSegmentBytesMax,
                "a segment size is out of range");
  }
}

Result<void> write_zeros(ports::DiskFile& file, std::uint64_t offset, std::uint64_t bytes) {
  AlignedBuffer buffer;
  auto zeros = buffer.take(std::min<std::uint64_t>(bytes, kZeroStep));
  std::fill(zeros.begin(), zeros.end(), std::uint8_t{0});
  for (auto end = offset + bytes; offset < end; offset += zeros.size()) {
    auto step = std::min<std::uint64_t>(zeros.size(), end - offset);
    TRY_VOID(file.write_durable(offset, zeros.first(step)));
  }
  return {};
}

}  // namespace

SegmentLog::SegmentLog(ports::Disk& disk, LedgerId ledger, LogOptions options, SaltSource salt)
    : disk_(disk), ledger_(ledger), options_(std::move(options)), salt_(std::move(salt)) {}

Result<SegmentLog::Opened> SegmentLog::open(ports::Disk& disk, std::optional<LedgerId> ledger,
                                            LogOptions options, SaltSource salt) {
  check_options(options);
  auto visit = [](FrameView const&) -> Result<void> { return {}; };
  TRY(found, survey(disk, {ledger, options.trusted_seq, options.verify}, visit));
  if (found.damage && options.verify == Verify::the_end) {
    // Nothing of a torn tail is zeroed before all that is in front of it was found in order.
    TRY(whole, survey(disk, {ledger, options.trusted_seq, Verify::from_trusted}, visit));
    found = std::move(whole);
  }
  auto damage = found.damage;
  if (damage && damage->kind != DamageKind::torn) return tl::unexpected<Error>(damage->error());
  auto whose = found.segments[0].header.ledger;
  Opened opened;
  opened.log.reset(new SegmentLog(disk, whose, std::move(options), std::move(salt)));
  TRY_VOID(opened.log->adopt(std::move(found)));
  if (damage) {
    TRY(torn, opened.log->zero_torn_tail(*damage));
    opened.torn = torn;
  }
  TRY_VOID(opened.log->settle());
  return opened;
}

Result<SegmentLog::Opened> SegmentLog::create(ports::Disk& disk, LedgerId ledger,
                                              LogOptions options, SaltSource salt) {
  check_options(options);
  auto visit = [](FrameView const&) -> Result<void> { return {}; };
  auto found = survey(disk, {}, visit);
  if (found) return fail("ledger_exists", "The directory already holds a ledger.");
  if (found.error().code != "ledger_absent") return tl::unexpected<Error>(found.error());
  Opened opened;
  opened.log.reset(new SegmentLog(disk, ledger, std::move(options), std::move(salt)));
  auto& log = *opened.log;
  log.position_ = empty_log();
  TRY(file, log.take_prepared(0));
  TRY_VOID(log.begin_segment(std::move(file), 0, 0));
  TRY_VOID(log.note_head(0, log.position_.root));
  return opened;
}

Result<void> SegmentLog::adopt(Survey found) {
  position_ = found.end;
  if (found.head) head_size_ = found.head->size;
  has_head_ = found.head.has_value();
  segments_ = std::move(found.segments);
  open_files_.resize(segments_.size());
  prepared_number_ = segments_.size();
  TRY(file, disk_.open(segment_name(segments_.back().header.number)));
  active_ = std::move(file);
  if (found.prepared) {
    TRY(prepared, disk_.open(segment_name(*found.prepared)));
    prepared_ = std::move(prepared);
  }
  return {};
}

Result<std::optional<Torn>> SegmentLog::zero_torn_tail(Damage const& damage) {
  if (!options_.read_only) {
    TRY_VOID(write_zeros(*active_, damage.offset, round_up(damage.bytes, kBlock)));
  }
  return std::optional(Torn{damage.seq, damage.bytes});
}

// Recovery may have read the last frame, or the segment's header, from a drive's cache after a
// write that reported failure. Writing the same bytes once more makes them durable before anybody
// builds on them, and cannot harm: a torn rewrite with equal bytes changes nothing.
//
// A log has its head before its first frame, so that one without is known to have lost it.
Result<void> SegmentLog::settle() {
  if (options_.read_only) return {};
  if (!has_head_) TRY_VOID(note_head(0, empty_log().root));
  auto const& last = segments_.back();
  std::uint64_t from = 0;
  if (!last.frames.empty()) from = std::uint64_t{last.frames.back().block} * kBlock;
  auto bytes = buffer_.take(last.end - from);
  TRY_VOID(active_->read(from, bytes));
  return active_->write_durable(from, bytes);
}

Result<void> SegmentLog::check(ports::LogFrame const& frame) const {
  if (options_.read_only) return fail("log_poisoned", "The ledger was opened for reading only.");
  if (poisoned_) {
    return fail("log_poisoned", "An earlier write to the ledger failed; restart to recover.");
  }
  if (frame.first_seq != position_.next_seq) {
    return fail("conflict", fmt::format("The ledger's next sequence is {}, not {}.",
                                        position_.next_seq, frame.first_seq));
  }
  if (frame.epoch < position_.epoch) {
    return fail("fenced", fmt::format("A writer of epoch {} has taken over from epoch {}.",
                                      position_.epoch, frame.epoch));
  }
  TRY(bytes, frame_bytes(frame));
  bool fits_here = bytes <= active_->size() - segments_.back().end;
  bool fits_later = bytes <= options_.segment_bytes.back() - kBlock;
  if (!fits_here && !fits_later)
    return fail("frame_refused", "The frame is larger than a segment.");
  return {};
}

// Readers change neither position_ nor the last segment, so the appending thread reads both
// without the lock.
Result<void> SegmentLog::append(ports::LogFrame const& frame) {
  TRY_VOID(check(frame));
  // Encoded once for its limits before anything is written; the salt may change on roll-over.
  TRY(encoded, encode_frame(frame, segments_.back().header.salt, buffer_));
  auto rolled = false;
  while (encoded.size() > active_->size() - segments_.back().end) {
    rolled = true;
    auto begun = roll_over(frame.epoch);
    if (begun) continue;
    poisoned_ = true;
    return begun;
  }
  if (rolled) {
    TRY(again, encode_frame(frame, segments_.back().header.salt, buffer_));
    encoded = again;
  }
  auto written = active_->write_durable(segments_.back().end, encoded);
  if (!written) {
    poisoned_ = true;
    return written;
  }
  publish(frame, encoded.size());
  return {};
}

void SegmentLog::publish(ports::LogFrame const& frame, std::size_t bytes) {
  std::lock_guard lock(durable_);
  auto& segment = segments_.back();
  segment.frames.push_back({frame.first_seq, static_cast<std::uint32_t>(segment.end / kBlock),
                            static_cast<std::uint32_t>(bytes / kBlock)});
  segment.end += bytes;
  position_ = {frame.first_seq + frame.records.size(), frame.epoch, frame.root_after};
}

Result<void> SegmentLog::roll_over(std::uint64_t epoch) {
  auto number = segments_.back().header.number + 1;
  TRY(file, take_prepared(number));
  return begin_segment(std::move(file), number, epoch);
}

Result<void> SegmentLog::begin_segment(std::unique_ptr<ports::DiskFile> file, std::uint64_t number,
                                       std::uint64_t epoch) {
  SegmentHeader header{.ledger = ledger_,
                       .number = number,
                       .salt = salt_(),
                       .base_seq = position_.next_seq,
                       .bytes = file->size(),
                       .epoch = epoch,
                       .root_before = position_.root};
  TRY_VOID(file->write_durable(0, encode_segment_header(header)));
  active_ = std::move(file);
  {
    // Not before the header is durable: a file behind one without a header would be corruption.
    std::lock_guard preparing(preparing_);
    prepared_number_ = number + 1;
    beginning_ = false;
  }
  std::lock_guard lock(durable_);
  segments_.push_back({.header = header, .walked = true, .frames = {}, .end = kBlock});
  open_files_.resize(segments_.size());
  return {};
}

std::uint64_t SegmentLog::planned_bytes(std::uint64_t number) const {
  auto last = options_.segment_bytes.size() - 1;
  return options_.segment_bytes[std::min<std::uint64_t>(number, last)];
}

Result<std::unique_ptr<ports::DiskFile>> SegmentLog::take_prepared(std::uint64_t number) {
  std::lock_guard lock(preparing_);
  beginning_ = true;
  if (prepared_) return std::move(prepared_);
  return make_file(number);
}

// An earlier attempt may have failed, or been cut short, when the file had its name already. It was
// never begun, and nobody knows whether its name is durable: so it is made once more.
Result<std::unique_ptr<ports::DiskFile>> SegmentLog::make_file(std::uint64_t number) {
  auto const name = segment_name(number);
  auto made = disk_.create_zeroed(name, planned_bytes(number));
  if (made || made.error().code != "exists") return made;
  TRY(left, disk_.open(name));
  TRY(used, first_nonzero(*left, 0));
  if (used) return made;
  TRY_VOID(disk_.remove(name));
  return disk_.create_zeroed(name, planned_bytes(number));
}

Result<void> SegmentLog::prepare_next() {
  if (options_.read_only) return {};
  std::lock_guard lock(preparing_);
  if (prepared_ || beginning_) return {};
  TRY(file, make_file(prepared_number_));
  prepared_ = std::move(file);
  return {};
}

Result<void> SegmentLog::note_head(std::uint64_t size, Digest const& root) {
  TALLY_CHECK(size >= head_size_ && size <= next_seq(), "a checkpoint outside the durable log");
  TRY_VOID(disk_.replace(kHeadName, encode_head({ledger_, size, root})));
  head_size_ = size;
  has_head_ = true;
  return {};
}

ports::AppendOutcome outcome_of(Result<void> const& appended) {
  if (appended) return ports::AppendOutcome::durable;
  if (appended.error().code == "fenced") return ports::AppendOutcome::fenced;
  if (appended.error().code == "conflict") return ports::AppendOutcome::conflict;
  return ports::AppendOutcome::unknown;
}

}  // namespace tally::segments
