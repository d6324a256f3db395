#pragma once

// The one log: frames of events, appended in order. A frame is all or nothing.

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
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

class LogStore {
 public:
  virtual ~LogStore() = default;
  // At most one append is under way at a time. `done` is called once, from any thread; until then
  // the frame stays where it is and as it is.
  virtual void append(LogFrame const& frame, std::function<void(AppendOutcome)> done) = 0;
  // Reads durable records [from, from + count); fewer at the end of the log. Any thread.
  virtual Result<std::vector<LogRecord>> read(std::uint64_t from, std::size_t count) const = 0;
};

}  // namespace tally::ports
