#pragma once

// What there is, in a sentence about a name that there is not.

#include <cstddef>
#include <string>

namespace tally::api {

inline constexpr std::size_t kNamesShownMax = 20;

// "; there are: acme, default" of a map by names; "; there are none".
template <class Map>
std::string there_are(Map const& names) {
  std::string text;
  std::size_t shown = 0;
  for (auto const& [name, row] : names) {
    if (shown == kNamesShownMax) return text + ", and more";
    text += (shown++ == 0 ? "; there are: " : ", ") + name.value();
  }
  return text.empty() ? "; there are none" : text;
}

}  // namespace tally::api
