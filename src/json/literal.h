#pragma once

// Canonical JSON (RFC 8785) by the piece, for a reader that knows what must come and needs no
// document. What is taken from the front of a text is exactly what canonical() would have written
// there; anything else is refused, and then the text is as it was.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tally::json {

// A string literal. That it is UTF-8 is checked too.
bool take_string(std::string_view& text, std::string& to);
// An integer within +-(2^53-1).
bool take_integer(std::string_view& text, std::int64_t& to);
// Passes over an object, looking at nothing but its strings' ends and its braces: for a look ahead
// at what follows. True says nothing about what stands inside.
bool skip_object(std::string_view& text);

// How many bytes from the front stand for themselves in a string literal.
std::size_t plain_length(std::string_view text);
bool is_ascii(std::string_view text);
// Both: its literal is the text in quotes, and is UTF-8 for certain.
bool is_plain_ascii(std::string_view text);
// The order of member names: by UTF-16 code units.
bool utf16_less(std::string_view a, std::string_view b);

}  // namespace tally::json
