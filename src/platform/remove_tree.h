#pragma once

// Removes what sandboxed work left behind, whatever it did to it: directories that nobody may read
// or that lie deeper than a path can be long.

#include <string>

#include "base/result.h"

namespace tally::platform {

// `path` and everything below it; symbolic links are removed and not followed. What is not there is
// no error. Errors: "io_error".
Result<void> remove_tree(std::string const& path);

}  // namespace tally::platform
