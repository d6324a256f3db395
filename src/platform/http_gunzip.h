#pragma once

// Unpacks a gzip body (RFC 1952, several members allowed), never beyond a given size: a kilobyte
// on the wire can stand for a megabyte in memory.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tally::platform {

// Errors: too_large (the output would exceed `bytes_max`), malformed (not gzip, cut short, wrong
// checksum, trailing bytes).
Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max);

}  // namespace tally::platform
