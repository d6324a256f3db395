#pragma once

// The events of a ledger that never was, as far as an index asks: many runs under way at once, each
// with a submit, a lease, a start and an end; a failed one in a hundred, an error and a checkpoint
// in a thousand events.

#include <span>
#include <vector>

#include "domain/event.h"
#include "marks/marks.h"

namespace tally::bench {

// With the sequences from `from` to before `to`.
std::vector<domain::Recorded> events_between(std::int64_t from, std::int64_t to);

// The marks that the index makes of them, for other stores.
std::vector<marks::Mark> marks_of(std::span<domain::Recorded const> events);

// A run of which every step is among the first events.
struct WholeRun {
  RunId run;
  std::int64_t first = 0;  // the sequence of its submit
  std::size_t events = 0;
};
bool has_whole_runs(std::int64_t events);
// Any number chooses one, if there are any.
WholeRun whole_run(std::uint64_t choice, std::int64_t events);

}  // namespace tally::bench
