#pragma once

#include "codec/entry.h"

namespace tally::ledger {

using codec::Entry;

}  // namespace tally::ledger
