#pragma once

// layers.toml: which folder may include which, and which third-party headers it may see.
//
//   open_headers = ["fmt"]                    third-party headers open to every folder (optional)
//   [folders]
//   domain = { path = "src/domain", layer = "L4", uses = [], headers = [] }
//
// A folder named `base` is open to all others. An entry of `headers` is a whole header
// ("sodium.h") or leading path components ("boost", "boost/asio").

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tally::layering {

// Open to every folder without being listed in `uses`.
inline constexpr std::string_view kBaseFolder = "base";

struct Folder {
  std::string name;
  std::string path;   // relative to the root, '/' between components, none at the end
  std::string layer;  // L0 to L7
  std::set<std::string> uses;
  std::vector<std::string> headers;
};

struct Layers {
  std::vector<Folder> folders;  // by name
  std::vector<std::string> open_headers;

  Folder const* find(std::string_view name) const;
  // The folder whose path is the longest one that holds the file; null if none does.
  Folder const* folder_of(std::string_view file) const;
};

// Error "layers_invalid": no TOML, an unknown or missing key, an unknown folder in `uses`, two
// folders with one path, or a cycle of `uses`; the detail says which and in what line.
Result<Layers> parse_layers(std::string_view toml);

}  // namespace tally::layering
