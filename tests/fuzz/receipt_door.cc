#include "base/check.h"
#include "fuzz/doors.h"
#include "json/value.h"
#include "workers/receipt_text.h"

namespace tally::fuzz {

void receipt(ByteView bytes) {
  auto const text = as_text(bytes);
  auto const read = workers::parse_receipt(text);
  if (!read) return;
  TALLY_CHECK(workers::receipt_text(*read) == text, "a receipt is not the text that it was");
  TALLY_CHECK(read->elapsed >= Duration(0), "a receipt took less than no time");
  TALLY_CHECK(!read->reported || *read->reported >= Micros(0), "a receipt costs less than nothing");
}

}  // namespace tally::fuzz
