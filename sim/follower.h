#pragma once

// Somebody who follows the ledger: takes all events as a stream of lines, from where the last
// stream ended, whatever happens meanwhile. What is shown as a whole must be whole: every event
// once, in order, the leaf hashed as it says, and the last line there.

#include "base/prng.h"
#include "sim/town.h"

namespace tally::sim {

class Follower {
 public:
  Follower(std::uint64_t seed, Town& town) : prng_(seed ^ 0x666f6c6c), town_(town) {}
  void begin() { rest(); }
  std::uint64_t whole() const { return whole_; }  // streams that came to their end

 private:
  void rest();
  void read();
  void saw(Answer const& answer);

  Prng prng_;
  Town& town_;
  std::int64_t next_ = 0;
  std::uint64_t whole_ = 0;
};

}  // namespace tally::sim
