#pragma once

// The name that somebody probably meant.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

// The closest of `known`, if it is close enough to be a slip: at most two edits (a character more,
// less or other, or two neighbours swapped), and fewer than half of the name's characters. Else the
// only one that begins as `name` does, with three characters at least.
std::optional<std::string> nearest(std::string_view name, std::vector<std::string> const& known);

}  // namespace tally
