#pragma once

// What the commands about the ledger share.

#include "cli/command.h"

namespace tally::cli {

// One file each: ledger_verify.cc, ledger_cat.cc, ledger_prove.cc.
Action declare_verify(Arguments& arguments);
Action declare_cat(Arguments& arguments);
Action declare_prove(Arguments& arguments);

// The type in a leaf, and the members that a filter asks for; empty where there is none.
struct LeafHead {
  std::string type;
  std::string run;
};
LeafHead head_of(ByteView leaf);

// The note of a checkpoint.signed leaf, and the size that it is of.
struct SignedHead {
  std::uint64_t size = 0;
  std::string note;
};
std::optional<SignedHead> checkpoint_in(ByteView leaf);

}  // namespace tally::cli
