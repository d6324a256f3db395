#pragma once

// The append-only log over one directory. One thread at a time appends, any thread reads. After the
// first failed write the log refuses every later append: what the medium holds is then unknown, and
// only a new open() (recovery.h) finds out.
//
//   open/create ──► appending ──(a write fails)──► poisoned
//
// Errors of append: "conflict" (first_seq is not next), "fenced" (an older epoch), "frame_refused"
// (the frame can never be stored); nothing was written then and the log stays usable.
// "log_poisoned" and whatever the disk reports: the outcome is unknown, the log is poisoned.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "ports/disk.h"
#include "ports/log_store.h"
#include "segments/recovery.h"

namespace tally::segments {

struct LogOptions {
  // Of segment 0, 1, ...; the last one repeats. Multiples of kBlock. A directory with few events
  // stays small; a busy one rolls over rarely.
  std::vector<std::uint64_t> segment_bytes{1u << 20, 4u << 20, 16u << 20, 64u << 20};
  std::uint64_t trusted_seq = 0;         // as in SurveyOptions
  Verify verify = Verify::from_trusted;  // at open; the rest when it is first read
  bool read_only = false;                // nothing is written, a torn tail stays as it is
};

// What recovery zeroed: a frame that was never acknowledged.
struct Torn {
  std::uint64_t at_seq = 0;
  std::uint64_t bytes = 0;
};

// A fresh random number for each segment.
using SaltSource = std::function<std::uint64_t()>;

class SegmentLog final : public ports::LogReader {
 public:
  struct Opened {
    std::unique_ptr<SegmentLog> log;
    std::optional<Torn> torn;
  };

  // Recovers and opens. "ledger_absent": use create. Damage refuses ("ledger_corrupt",
  // "ledger_rolled_back", "ledger_mismatch", "ledger_incomplete") before anything is written; what
  // `verify` leaves out is refused by the first read or scan that meets it. The disk outlives the
  // log. Without `ledger`, the log's own word is taken for whose it is.
  static Result<Opened> open(ports::Disk& disk, std::optional<LedgerId> ledger, LogOptions options,
                             SaltSource salt);
  // Begins a ledger in a directory that holds none ("ledger_exists" otherwise).
  static Result<Opened> create(ports::Disk& disk, LedgerId ledger, LogOptions options,
                               SaltSource salt);

  // Returns when the frame survives power loss. One thread at a time.
  Result<void> append(ports::LogFrame const& frame);
  // Creates the next segment's file ahead of need, from a helper thread; cheap when it exists.
  // An append that needs the file while it is being made waits for it.
  Result<void> prepare_next();
  // Remembers a signed checkpoint that covers `size` durable leaves; a later open refuses a log
  // that is shorter or has another root. One thread at a time.
  Result<void> note_head(std::uint64_t size, Digest const& root);

  LedgerId ledger() const override { return ledger_; }
  std::uint64_t next_seq() const override;
  // After the last durable frame.
  LogPosition position() const;

  Result<std::vector<ports::LogRecord>> read(std::uint64_t from, std::size_t count) const override;
  // Where nobody has read a segment since the log was opened, all of it is verified.
  Result<void> scan(std::uint64_t from_seq, ports::FrameVisitor const& visitor) const override;

 private:
  struct Place {
    std::uint64_t segment;
    FrameAt frame;
  };
  // Segments, and the sequence behind the last frame.
  struct ScanPlan {
    std::size_t first = 0;
    std::size_t last = 0;
    std::uint64_t end = 0;
  };
  SegmentLog(ports::Disk& disk, LedgerId ledger, LogOptions options, SaltSource salt);

  Result<void> adopt(Survey found);
  Result<std::optional<Torn>> zero_torn_tail(Damage const& damage);
  Result<void> settle();

  Result<void> check(ports::LogFrame const& frame) const;
  Result<void> write_frame(ports::LogFrame const& frame);
  Result<void> roll_over(std::uint64_t epoch);
  Result<void> begin_segment(std::unique_ptr<ports::DiskFile> file, std::uint64_t number,
                             std::uint64_t epoch);
  Result<std::unique_ptr<ports::DiskFile>> take_prepared(std::uint64_t number);
  Result<std::unique_ptr<ports::DiskFile>> make_file(std::uint64_t number);
  std::uint64_t planned_bytes(std::uint64_t number) const;
  void publish(ports::LogFrame const& frame, std::size_t bytes);

  std::size_t segment_of(std::uint64_t seq) const;  // with durable_ locked
  Result<Place> locate(std::uint64_t seq) const;
  bool is_walked(std::size_t number) const;
  Result<void> walk(std::size_t number, FrameVisitor const& visitor) const;
  ScanPlan plan_scan(std::uint64_t from_seq) const;
  Result<void> scan_walked(std::size_t number, std::uint64_t from_seq, std::uint64_t end,
                           FrameVisitor const& visitor) const;
  SurveyedSegment walked_segment(std::size_t number) const;
  Result<std::shared_ptr<ports::DiskFile const>> reading(std::uint64_t segment) const;
  static Result<void> view_frame(Place const& place, ByteView bytes, FrameView& view);
  Result<void> read_frame(Place const& place, AlignedBuffer& buffer, FrameView& view) const;

  ports::Disk& disk_;
  LedgerId ledger_;
  LogOptions options_;
  SaltSource salt_;

  // The appending thread's own.
  std::unique_ptr<ports::DiskFile> active_;
  AlignedBuffer buffer_;
  bool poisoned_ = false;
  std::uint64_t head_size_ = 0;
  bool has_head_ = false;

  // Shared by the appending thread and the helper that prepares.
  std::mutex preparing_;
  std::unique_ptr<ports::DiskFile> prepared_;
  std::uint64_t prepared_number_ = 0;  // of the file after the active segment's
  bool beginning_ = false;             // that file was taken and has no durable header yet

  // Shared by all: what is durable, and files that readers hold open.
  mutable std::mutex durable_;
  mutable std::vector<SurveyedSegment> segments_;
  mutable std::vector<std::shared_ptr<ports::DiskFile const>> open_files_;  // by segment number
  mutable std::size_t open_count_ = 0;
  LogPosition position_;
};

// How a LogStore over this log reports an append.
ports::AppendOutcome outcome_of(Result<void> const& appended);

}  // namespace tally::segments
