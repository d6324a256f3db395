#pragma once

// Lower-case hexadecimal (RFC 4648 section 8) in memory that the caller gives. Ids, digests and
// salts are a third of every leaf, so sixteen digits are made or read at once.

#include <span>

#include "base/bytes.h"

namespace tally {

// Two digits for each byte; the caller guarantees the room.
void put_hex(char* at, ByteView bytes);
// Reads two digits for each byte of `to`. False: one of them is no lower-case hex digit, and what
// `to` holds is of no use.
bool get_hex(char const* at, std::span<std::uint8_t> to);

// The same for a number, the highest digit first.
inline constexpr std::size_t kHexOfNumber = 16;
void put_hex(char* at, std::uint64_t number);
bool get_hex(char const* at, std::uint64_t& to);

}  // namespace tally
