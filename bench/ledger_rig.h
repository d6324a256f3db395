#pragma once

// A whole node on a real disk, without HTTP: commands go straight to the loop. It makes ledgers
// quickly, with runs that are submitted, leased, started and completed as in life.

#include <memory>

#include "bench/scratch.h"
#include "server/wiring/node.h"

namespace tally::bench {

class LedgerRig {
 public:
  // Opens the ledger in `scratch`, or makes it. Errors: those of wiring::Node::open.
  static Result<std::unique_ptr<LedgerRig>> open(Scratch const& scratch);
  ~LedgerRig();
  LedgerRig(LedgerRig const&) = delete;
  LedgerRig& operator=(LedgerRig const&) = delete;

  // Starts the threads; the start's own events are durable when it returns.
  Result<void> start();
  // `runs` more runs, from submit on: all four steps, or the submit alone. Returns when all that
  // was asked is durable. Finished runs leave memory after seconds, and the index goes to files.
  enum class Steps { submit_only, whole_life };
  Result<void> make_runs(std::uint64_t runs, Steps steps);
  void stop();
  wiring::Node& node();
  // A pass of the attestor over the whole ledger, which leaves a snapshot; nothing else runs.
  Result<void> attest();

 private:
  struct Parts;
  explicit LedgerRig(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tally::bench
