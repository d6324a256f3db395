#include "wire/by_value.h"

namespace tally::wire {

json::Value one_form(Micros amount) { return json::Value(format_usd(amount)); }
json::Value one_form(Instant instant) { return json::Value(to_rfc3339(instant)); }

}  // namespace tally::wire
