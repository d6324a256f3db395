#include "server/halt_block.h"

#include <algorithm>

#include "base/printable.h"

namespace tally::server {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string halt_reason_in(ByteView block) {
  auto const is_zero = [](std::uint8_t byte) { return byte == 0; };
  if (std::ranges::all_of(block, is_zero)) return {};
  auto const end = std::ranges::find(block, std::uint8_t{0});
  auto const text = as_text(block.first(static_cast<std::size_t>(end - block.begin())));
  bool const is_text =
      text.size() < kHaltBytes && std::all_of(end, block.end(), is_zero) && !trimmed(text).empty();
  auto const reason =
      is_text ? printable(trimmed(text), kHaltReasonBytesMax)
              : "the HALT file holds bytes that are no reason: " + printable(as_text(block), 64);
  auto const shown = trimmed(reason);
  return shown.empty() ? "the HALT file holds blanks" : std::string(shown);
}

Bytes halt_block_of(std::string_view reason) {
  auto const text = printable(reason.empty() ? "no reason was given" : reason, kHaltReasonBytesMax);
  Bytes block(kHaltBytes);
  std::ranges::copy(as_bytes(text), block.begin());
  return block;
}

}  // namespace tally::server
