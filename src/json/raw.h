#pragma once

// A part of a document as the bytes that it is, for what must be kept and not only understood.

#include <optional>
#include <string_view>

namespace tally::json {

// The value of the root object's member, from its first byte to its last; none where there is no
// such member. `text` has been read by parse(). A name written with escapes is not found.
std::optional<std::string_view> raw_member(std::string_view text, std::string_view name);

}  // namespace tally::json
