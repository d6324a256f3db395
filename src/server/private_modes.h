#pragma once

// Who else may read or change what the data directory holds. Files that the server makes are its
// user's alone; a copy, a restore or a umask may have opened them.

#include <string>

#include "base/result.h"

namespace tally::server {

// Of what is there: nobody else may write to the directory itself, or do anything with the folders
// in it, operator.key and keys/pepper. Error "key_permissions", with the command that mends it.
Result<void> check_private_modes(std::string const& directory);

}  // namespace tally::server
