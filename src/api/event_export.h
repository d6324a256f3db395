#pragma once

// All events as lines (NDJSON): for a caller who wants the ledger and not a page of it.
//
// One slice after the other is read in the lane `query`, each in the turn of the caller's tenant,
// and only while the client takes what was written. The last line says that it is the last, and
// where the next export would begin: {"end":true,"next":null}. An export without it was cut off,
// and goes on with `from` one above the last line's seq.

#include "api/exchange.h"

namespace tally::api {

// One slice, besides what PageBudget bounds.
inline constexpr std::size_t kSliceBytes = 128 * 1024;  // of lines, and one line more
inline constexpr std::size_t kSliceEventsMax = 1000;    // looked at

// The events [from, until) that the caller may see.
void export_events(ExchangePtr const& x, std::int64_t from, std::int64_t until);

}  // namespace tally::api
