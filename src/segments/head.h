#pragma once

// The file `head`: the size and root of the latest signed checkpoint that the log's owner noted.
// It is replaced as a whole and exists to refuse a log that became shorter than what was signed. It
// is there before the first frame, with the size 0.

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "ports/disk.h"

namespace tally::segments {

inline constexpr char kHeadName[] = "head";

struct Head {
  LedgerId ledger;
  std::uint64_t size = 0;  // leaves under the checkpoint
  Digest root;
};

Bytes encode_head(Head const& head);
Result<Head> decode_head(ByteView bytes);

// Nothing when there is no such file.
Result<std::optional<Head>> read_head(ports::Disk& disk);

}  // namespace tally::segments
