#pragma once

// Where two JSON documents differ, by pointer (RFC 6901).

#include <string>
#include <string_view>
#include <vector>

#include "audit/replay.h"

namespace tally::audit {

// Both texts must be JSON; values are shown in canonical form, "nothing" for an absent member.
void append_differences(std::string const& pointer, std::string_view recorded,
                        std::string_view replayed, std::vector<Difference>& differences);

}  // namespace tally::audit
