#pragma once

// The log store over segment files. `append` only hands the frame over; somebody else calls
// write_pending(): a thread of the server's, or the simulator at a moment of its choosing.

#include <memory>
#include <optional>

#include "base/mutex.h"
#include "ports/log_store.h"
#include "segments/segment_log.h"

namespace tally::wiring {

class SegmentStore : public ports::LogStore {
 public:
  // `pending` is called when a frame waits, from within append; may be empty. So may `may_append`,
  // asked before each frame is written: where it gives an error, "fenced", nothing is.
  SegmentStore(std::unique_ptr<segments::SegmentLog> log, std::function<void()> pending,
               std::function<Result<void>()> may_append = {})
      : log_(std::move(log)), pending_(std::move(pending)), may_append_(std::move(may_append)) {}

  void append(ports::LogFrame const& frame,
              std::function<void(ports::AppendOutcome)> done) override;
  Result<std::vector<ports::LogRecord>> read(std::uint64_t from, std::size_t count) const override {
    return log_->read(from, count);
  }

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
  segments::SegmentLog& log() { return *log_; }

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
