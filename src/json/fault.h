#pragma once

// Whether a text is JSON, and where it stops being it, for texts that are kept as they came and
// never become values: results of jobs, pieces of records. It also names the byte at which a
// document breaks that simdjson has refused, which simdjson's DOM does not say.

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
