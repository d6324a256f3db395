#pragma once

// Where a text stops being JSON. simdjson says that a document is bad but not at which byte; this
// slow second reading runs only then, so that the answer can name the place.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tally::json {

struct Fault {
  std::size_t at = 0;  // byte offset
  std::string what;    // half a sentence, e.g. "a ':' must follow the name"
};

// The first byte at which `text` breaks RFC 8259, RFC 7493's number range, or kDepthMax; nothing
// if it breaks none of them. Duplicate names are not looked for.
std::optional<Fault> find_fault(std::string_view text);

// The same for a text that is kept as it is and never read as numbers: RFC 8259 and kDepthMax
// alone, so that a number may have any size and any digits.
std::optional<Fault> find_syntax_fault(std::string_view text);

}  // namespace tally::json
