#include "platform/http_head_scan.h"

#include <algorithm>

namespace tally::platform {

namespace {

HttpHeadScan refused(char const* detail) {
  return HttpHeadScan{HttpHeadScan::State::refused, 0, detail};
}

// Each LF has a CR before it by now, so as many CR as LF means that there is no other CR.
HttpHeadScan finished(std::string_view head) {
  if (head.find('\0') != head.npos) return refused("the head contains a NUL byte");
  auto const line_ends = std::count(head.begin(), head.end(), '\n');
  if (std::count(head.begin(), head.end(), '\r') != line_ends) {
    return refused("the head contains a carriage return without a line feed");
  }
  return HttpHeadScan{HttpHeadScan::State::complete, head.size(), ""};
}

}  // namespace

HttpHeadScan scan_head(std::string_view bytes, std::size_t& scanned) {
  for (;;) {
    auto const line_feed = bytes.find('\n', scanned);
    if (line_feed == bytes.npos) {
      scanned = bytes.size();
      return {};
    }
    if (line_feed == 0 || bytes[line_feed - 1] != '\r') {
      return refused("a line of the head ends without a carriage return");
    }
    bool const empty_line = line_feed >= 3 && bytes.substr(line_feed - 3, 4) == "\r\n\r\n";
    if (empty_line) return finished(bytes.substr(0, line_feed + 1));
    if (line_feed + 1 == bytes.size()) {  // the next byte tells whether this line is folded
      scanned = line_feed;
      return {};
    }
    if (bytes[line_feed + 1] == ' ' || bytes[line_feed + 1] == '\t') {
      return refused("a header field is folded over several lines");
    }
    scanned = line_feed + 1;
  }
}

}  // namespace tally::platform
