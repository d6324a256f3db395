#pragma once

// The HALT file's content: kHaltBytes bytes, all zero where nobody halted, else a reason as text
// with zeros behind it. A person or a dying server may have left anything there: whatever is not
// all zero halts the next start, and its reason can be written to the log and to the ledger.

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tally::server {

inline constexpr std::size_t kHaltBytes = 4096;
inline constexpr std::size_t kHaltReasonBytesMax = 1024;

// The reason as one line of printable UTF-8; empty: not halted.
std::string halt_reason_in(ByteView block);
Bytes halt_block_of(std::string_view reason);

}  // namespace tally::server
