#pragma once

// The end of a sentence about an unknown name: which names there are.

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
