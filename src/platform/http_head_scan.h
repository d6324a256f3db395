#pragma once

// Finds the end of a request head and refuses, byte by byte, what a lenient parser would mend:
// two parties that read the same bytes differently are how requests are smuggled (RFC 9112
// section 11.2).

#include <cstddef>
#include <string_view>

namespace tally::platform {

struct HttpHeadScan {
  enum class State { incomplete, complete, refused };
  State state = State::incomplete;
  std::size_t bytes = 0;    // complete: length of the head with its empty line
  char const* detail = "";  // refused: why
};

// `scanned` is where the last scan of the same bytes stopped (0 at first); it is moved on, so
// that a head that trickles in is not read again from its start.
HttpHeadScan scan_head(std::string_view bytes, std::size_t& scanned);

}  // namespace tally::platform
