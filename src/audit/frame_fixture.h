#pragma once

// Frames as a writer hands them to the log, read back without a disk between.

#include "audit/fold.h"
#include "ports/log_store.h"

namespace tally::audit::testing {

inline ReadFrame read_frame(ports::LogFrame const& frame) {
  ReadFrame read{frame.first_seq, {}, {}, frame.root_after};
  for (ports::LogRecord const& record : frame.records) {
    codec::Entry& entry = read.entries.emplace_back();
    entry.leaf = record.leaf;
    entry.enclosure = record.enclosure;
  }
  read_leaves(read);
  return read;
}

}  // namespace tally::audit::testing
