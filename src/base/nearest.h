#pragma once

// The name that somebody probably meant.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

// The closest of `known` by Levenshtein distance, if it is close enough to be a slip: at most two
// edits, and fewer than half of the name's characters.
std::optional<std::string> nearest(std::string_view name, std::vector<std::string> const& known);

}  // namespace tally
