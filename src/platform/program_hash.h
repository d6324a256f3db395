#pragma once

#include <string>

namespace tally::platform {

// SHA-256 of the program that runs, in hex: which build took a decision. Empty if it cannot be
// read.
std::string program_hash();

}  // namespace tally::platform
