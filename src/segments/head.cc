#include "segments/head.h"

#include <algorithm>
#include <cstring>

namespace tally::segments {

namespace {

constexpr std::string_view kMagic = "TLYHEAD1";
constexpr std::size_t kAtLedger = 8;
constexpr std::size_t kAtSize = 16;
constexpr std::size_t kAtRoot = 24;
constexpr std::size_t kAtCrc = kAtRoot + 32;
constexpr std::size_t kHeadBytes = kAtCrc + 4;

}  // namespace

Bytes encode_head(Head const& head) {
  Bytes bytes(kHeadBytes);
  auto* at = bytes.data();
  std::memcpy(at, kMagic.data(), kMagic.size());
  put_u64(at + kAtLedger, head.ledger.value());
  put_u64(at + kAtSize, head.size);
  std::memcpy(at + kAtRoot, head.root.bytes.data(), head.root.bytes.size());
  put_u32(at + kAtCrc, crc32c(ByteView(bytes).first(kAtCrc)));
  return bytes;
}

Result<Head> decode_head(ByteView bytes) {
  if (bytes.size() != kHeadBytes || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0 ||
      get_u32(bytes.data() + kAtCrc) != crc32c(bytes.first(kAtCrc))) {
    return fail("head_damaged", "the file `head` does not match its checksum");
  }
  Head head{.ledger = LedgerId(get_u64(bytes.data() + kAtLedger)),
            .size = get_u64(bytes.data() + kAtSize),
            .root = {}};
  std::memcpy(head.root.bytes.data(), bytes.data() + kAtRoot, head.root.bytes.size());
  return head;
}

Result<std::optional<Head>> read_head(ports::Disk& disk) {
  TRY(names, disk.list());
  if (std::find(names.begin(), names.end(), kHeadName) == names.end()) return std::nullopt;
  TRY(file, disk.open(kHeadName));
  if (file->size() != kHeadBytes)
    return decode_head({}).map([](Head h) { return std::optional(h); });
  Bytes bytes(kHeadBytes);
  TRY_VOID(file->read(0, bytes));
  TRY(head, decode_head(bytes));
  return std::optional(head);
}

}  // namespace tally::segments
