#pragma once

// Where a projection stood, kept in a file, so that a start need not fold everything anew. Derived:
// whatever is wrong with one, the ledger says it all again.
//
//    0  magic "tallypj1"       8 bytes
//    8  version                8, the projection's
//   16  ledger                 8
//   24  events folded          8: the cursor, next sequence to fold
//   32  hash of the last one  32: of this history, and of no other
//   64  what the projection saved
//    n  SHA-256 of the projection's name and of all before it, 32 bytes
//
// Integers are little-endian.

#include <string>

#include "base/digest.h"
#include "base/ids.h"
#include "projections/projection.h"

namespace tally::projections {

struct SavedPoint {
  LedgerId ledger;
  std::int64_t cursor = 0;
  Digest last_leaf;  // of event cursor - 1
};

// "projection-<name>".
std::string projection_file_name(Projection const& projection);

// Durable when it returns; replaces the file before it. Errors: the disk's, and "disk_full" also
// where it would leave too little room for the ledger.
Result<void> write_projection_file(ports::Disk& disk, Projection const& projection,
                                   SavedPoint const& point);

// Loads the projection. Errors: "absent", "other_version", "foreign" (of another ledger),
// "damaged", and the disk's; the projection is cleared then.
Result<SavedPoint> load_projection_file(ports::Disk& disk, Projection& projection, LedgerId ledger);

}  // namespace tally::projections
