#include "segments/damage.h"

#include <fmt/format.h>

#include "segments/segment_header.h"

namespace tally::segments {

std::string Damage::text() const {
  return fmt::format("sequence {} ({}, byte {}): {}", seq, segment_name(segment), offset, what);
}

Error Damage::error() const {
  switch (kind) {
    case DamageKind::rolled_back:
      return {"ledger_rolled_back",
              "The ledger is shorter than it was, at " + text() +
                  ". Restore the complete ledger directory from a mirror or a backup.",
              {}};
    case DamageKind::foreign:
      return {"ledger_mismatch",
              "The directory holds files of another ledger, at " + text() +
                  ". Point the server at the directory of its own ledger.",
              {}};
    case DamageKind::incomplete:
      return {"ledger_incomplete",
              "The ledger is not whole, at " + text() +
                  ". Restore the complete ledger directory from a mirror or a backup.",
              {}};
    case DamageKind::under_way:
      return {"ledger_in_use",
              "Another process writes this ledger, at " + text() + ". Stop that process first.",
              {}};
    case DamageKind::torn:
    case DamageKind::corrupt:
      break;
  }
  return {"ledger_corrupt",
          "The ledger is damaged at " + text() +
              ". Restore this segment from a mirror or a backup; no event was changed.",
          {}};
}

}  // namespace tally::segments
