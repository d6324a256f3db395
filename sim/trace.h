#pragma once

// What one life did, a line for each thing and its virtual time: the turns of threads, changes of
// disks by hash, requests, answers by hash, moments, events as they were read. Two lives of one
// seed have the same trace: nothing of it may hang on an address, the order of a table, the clock
// on the wall or the timing of threads. Where they part first is where to look.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace tally::sim {

class Trace {
 public:
  void add(Duration at, std::string const& what);
  std::vector<std::string> const& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

// Where two traces part, in words; none: they are the same.
std::optional<std::string> first_difference(Trace const& first, Trace const& second);

}  // namespace tally::sim
