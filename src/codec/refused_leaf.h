#pragma once

// Why a leaf that could not be decoded is refused: a slow second look that makes a document of it.

#include <string_view>

#include "base/result.h"

namespace tally::codec {

// `fault` is what the first reading stumbled over. What a newer build wrote is "unknown_event";
// bytes that are no JSON or not canonical are told with their place; otherwise it is the fault.
Error why_refused(std::string_view leaf, Error fault);

}  // namespace tally::codec
