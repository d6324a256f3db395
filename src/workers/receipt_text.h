#pragma once

// A WorkReceipt as the text that the receipt store keeps: a canonical JSON object with the members
// elapsed_us, reported_micros (absent: none), result (the document's text), rounded_up (true;
// absent: the cost is exact), sandbox.

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "ports/work_queue.h"

namespace tally::workers {

std::string receipt_text(ports::WorkReceipt const& receipt);
// Nothing unless the text is exactly what receipt_text writes.
std::optional<ports::WorkReceipt> parse_receipt(std::string_view text);

}  // namespace tally::workers
