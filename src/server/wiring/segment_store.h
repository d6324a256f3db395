#pragma once

// The log store over segment files. `append` only hands the frame over; somebody else calls
// write_pending(): a thread of the server's, or the simulator at a moment of its choosing.

#include <memory>
#include <optional>

#include "base/mutex.h"
#include "ports/log_store.h"
#include "segments/segment_log.h"

namespace tally::wiring {

// Recovers the log of a directory, of which `options.trusted_seq` events were acknowledged, or
// begins one of the name `fresh` where there is none and that is 0. Errors: those of
// segments::SegmentLog::open.
Result<segments::SegmentLog::Opened> open_segments(ports::Disk& disk, LedgerId fresh,
                                                   segments::LogOptions const& options,
                                                   segments::SaltSource const& salt);

class SegmentStore : public ports::LogStore {
 public:
  // `pending` is called when a frame waits, from within append; may be empty. So may `may_append`,
  // asked before each frame is written: where it gives an error, "fenced", nothing is.
  SegmentStore(std::unique_ptr<segments::SegmentLog> log, std::function<void()> pending,
               std::function<Result<void>()> may_append = {})
      : log_(std::move(log)), pending_(std::move(pending)), may_append_(std::move(may_append)) {}

  void append(ports::LogFrame const& frame,
              std::function<void(ports::AppendOutcome)> done) override;
  Result<void> note_head(std::uint64_t size, Digest const& root) override {
    return log_->note_head(size, root);
  }
  LedgerId ledger() const override { return log_->ledger(); }
  std::uint64_t next_seq() const override { return log_->next_seq(); }
  Result<std::vector<ports::LogRecord>> read(std::uint64_t from, std::size_t count) const override {
    return log_->read(from, count);
  }
  Result<void> scan(std::uint64_t from_seq, ports::FrameVisitor const& visitor) const override {
    return log_->scan(from_seq, visitor);
  }
  // Makes the next segment's file ahead of need; cheap when it is there. One thread at a time.
  void prepare_next() { (void)log_->prepare_next(); }

  // Writes the frame that waits, if any, and reports it; returns when it is durable or failed.
  // One thread at a time.
  bool write_pending();
  bool has_pending() const { return pending_records() > 0; }
  // Of the frame that waits; 0: none does.
  std::size_t pending_records() const;
  // Why the last append that failed did. Any thread.
  std::optional<Error> fault() const {
    return fault_.with([](auto const& fault) { return fault; });
  }

 private:
  Result<void> append(ports::LogFrame const& frame);

  struct Pending {
    ports::LogFrame const* frame;
    std::function<void(ports::AppendOutcome)> done;
  };
  std::unique_ptr<segments::SegmentLog> log_;
  std::function<void()> pending_;
  std::function<Result<void>()> may_append_;
  Mutex<std::optional<Pending>> waiting_;
  Mutex<std::optional<Error>> fault_;
};

}  // namespace tally::wiring
