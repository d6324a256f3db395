#pragma once

// The pieces of which the C2SP text formats are made.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace tally::merkle {

// Cuts the first line off `rest` and returns it without its line feed; nothing if no line feed is
// left.
std::optional<std::string_view> take_line(std::string_view& rest);

// ASCII digits without sign, leading zeros or space, at most kTreeSizeMax.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

// Standard base64 of exactly 32 bytes.
std::optional<Digest> digest_from_base64(std::string_view text);
std::string digest_to_base64(Digest const& digest);

// Cuts the first character off `rest`, which is not empty; nothing if it is not well-formed UTF-8
// (RFC 3629 section 3).
std::optional<char32_t> take_character(std::string_view& rest);

}  // namespace tally::merkle
