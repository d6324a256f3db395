#pragma once

// The one log: frames of events, appended in order. A frame is all or nothing.
//
// Segment files carry it by default (segments/segment_log.h). Nothing above this port knows how:
// who reads the log gets a LogReader, who writes it a LogStore.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"

namespace tally::ports {

// One event as stored: the leaf's exact bytes, and beside it the encrypted payload that the leaf
// refers to by a salted digest (empty: none). Payloads are not leaves: erasing their key leaves
// every proof whole.
struct LogRecord {
  Bytes leaf;
  Bytes enclosure;
};

struct LogFrame {
  std::uint64_t epoch = 0;      // of the writer; a later writer has a larger one
  std::uint64_t first_seq = 0;  // sequence of records[0]
  std::vector<LogRecord> records;
  Digest root_after;  // RFC 6962 root of all leaves up to and including this frame
};

enum class AppendOutcome {
  durable,   // survives power loss from here on
  fenced,    // a writer with a larger epoch exists: step down
  conflict,  // first_seq is not the next sequence: step down
  unknown,   // may or may not be there: step down, fold again
};

// One record of a frame that somebody else holds in memory.
struct RecordView {
  ByteView leaf;
  ByteView enclosure;
};

// A durable frame as a scan shows it, verified.
struct FrameView {
  std::uint64_t epoch = 0;
  std::uint64_t first_seq = 0;
  Digest root_after;
  std::vector<RecordView> records;
  // The memory that the records point into, if the reader shares it. A copy of the view then stays
  // valid for as long as it lives, and keeps everything that was read at once.
  std::shared_ptr<void const> memory;

  std::uint64_t next_seq() const { return first_seq + records.size(); }
};

// An error that it returns ends the scan. The view is valid during the call; a copy of it stays
// valid if it has `memory`.
using FrameVisitor = std::function<Result<void>(FrameView const&)>;

// What is durable. Any thread; a call may block for as long as the medium takes. Errors are the
// medium's ("io_error") and "ledger_corrupt", which names the first sequence that is damaged.
class LogReader {
 public:
  virtual ~LogReader() = default;
  virtual LedgerId ledger() const = 0;
  // After the last durable record.
  virtual std::uint64_t next_seq() const = 0;
  // Records [from, from + count); fewer at the end of the log.
  virtual Result<std::vector<LogRecord>> read(std::uint64_t from, std::size_t count) const = 0;
  // Every frame that is durable now, from the one that holds `from_seq` on, in order.
  virtual Result<void> scan(std::uint64_t from_seq, FrameVisitor const& visitor) const = 0;
};

class LogStore : public LogReader {
 public:
  // At most one append is under way at a time. `done` is called once, from any thread; until then
  // the frame stays where it is and as it is.
  virtual void append(LogFrame const& frame, std::function<void(AppendOutcome)> done) = 0;
  // Remembers a signed checkpoint over `size` durable records: a later start refuses a log that is
  // shorter or has another root. One thread at a time; returns when that is durable.
  virtual Result<void> note_head(std::uint64_t size, Digest const& root) = 0;
};

}  // namespace tally::ports
