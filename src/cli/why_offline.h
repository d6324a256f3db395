#pragma once

// `tally why` on a data directory, without a server: the ledger is folded, and what belongs to the
// subject is kept on the way.

#include "base/result.h"
#include "cli/offline.h"
#include "views/why_view.h"

namespace tally::cli {

// Errors: "not_found", "corrupt", and those of reading.
Result<wire::Why> why_offline(Call& call, Ledger& ledger, views::WhySubject const& subject);

}  // namespace tally::cli
