#include <algorithm>

#include "base/check.h"
#include "base/printable.h"
#include "fuzz/doors.h"
#include "server/halt_block.h"

namespace tally::fuzz {

void halt(ByteView bytes) {
  auto const reason = server::halt_reason_in(bytes);
  bool const zeros = std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
  TALLY_CHECK(reason.empty() == zeros, "a HALT is honoured when something stands in it");
  TALLY_CHECK(reason.size() <= server::kHaltReasonBytesMax, "a reason is too long");
  TALLY_CHECK(printable(reason, reason.size()) == reason, "a reason is no line of text");
  if (zeros) return;
  auto const block = server::halt_block_of(reason);
  TALLY_CHECK(block.size() == server::kHaltBytes, "a block has another size");
  TALLY_CHECK(server::halt_reason_in(block) == reason, "a reason is read as another");
}

}  // namespace tally::fuzz
