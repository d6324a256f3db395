#pragma once

#include <string_view>

namespace tally::cli {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace tally::cli
