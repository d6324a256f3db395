#pragma once

// What a loop goes on from: the state is the largest thing that there is, and who only asks a loop
// need not see it.

#include "codec/state_digest.h"
#include "domain/state.h"
#include "ledger/loop.h"
#include "merkle/tree.h"

namespace tally::ledger {

// What start-up folded from the log (ledger/open.h).
struct Loop::Start {
  domain::State state;
  merkle::Tree tree;
  codec::StateDigest digest = {};
  std::uint64_t epoch = 1;
};

}  // namespace tally::ledger
