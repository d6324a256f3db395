#pragma once

// Names that stand for the server itself wherever a person or an actor is named.

#include <algorithm>
#include <array>
#include <string_view>

namespace tally::domain::directory {

inline constexpr std::array<std::string_view, 8> kReservedPeople{
    "admin", "nobody", "root", "server", "system", "tally", "tallystick", "worker"};

constexpr bool is_reserved(std::string_view person) {
  return std::ranges::find(kReservedPeople, person) != kReservedPeople.end();
}

}  // namespace tally::domain::directory
