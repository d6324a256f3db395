#pragma once

// What becomes of an execution whose worker went silent: a pure table over what is left of it.
//
//   hold      receipt   result    verdict
//   held      valid     yes       forward    succeeded, charged what the receipt says
//   held      valid     no        charged    failed, charged what the receipt says
//   held      none      any       again      no proof of a cost: retry, or failed at no charge
//   held      damaged   any       audit      something was written and cannot be read
//   gone      valid     any       audit      a receipt without a hold to settle
//   gone      none      any       audit      only a receipt proves settlement
//   gone      damaged   any       audit
//
// No charge is ever guessed.

#include <string_view>

#include "domain/run/command.h"

namespace tally::domain::run {

enum class ReconcileVerdict { forward, charged, again, audit };

struct ReconcileRow {
  ReconcileVerdict verdict;
  std::string_view reconcile_type;  // names the row in logs and metrics
};

constexpr ReconcileRow reconcile_row(bool hold_present, Receipt receipt, bool has_result) {
  if (!hold_present) {
    return receipt == Receipt::none
               ? ReconcileRow{ReconcileVerdict::audit, "no_receipt_audit"}
               : ReconcileRow{ReconcileVerdict::audit, "receipt_without_hold_audit"};
  }
  if (receipt == Receipt::damaged) return {ReconcileVerdict::audit, "damaged_receipt_audit"};
  if (receipt == Receipt::none) return {ReconcileVerdict::again, "roll_back"};
  return has_result ? ReconcileRow{ReconcileVerdict::forward, "roll_forward"}
                    : ReconcileRow{ReconcileVerdict::charged, "result_missing"};
}

}  // namespace tally::domain::run
