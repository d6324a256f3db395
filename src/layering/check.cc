#include "layering/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <set>

#include "layering/known_headers.h"
#include "layering/layers_file.h"
#include "layering/source_text.h"

namespace tally::layering {
namespace {

namespace fs = std::filesystem;

Result<std::string> read(fs::path const& file) {
  std::error_code error;
  auto size = fs::file_size(file, error);
  if (error) return fail("io_error", fmt::format("cannot read {}", file.string()));
  if (size > kSourceBytesMax)
    return fail("io_error", fmt::format("{} has {} bytes; at most {} are read", file.string(), size,
                                        kSourceBytesMax));
  std::string text(size, '\0');
  std::ifstream in(file, std::ios::binary);
  if (!in.read(text.data(), static_cast<std::streamsize>(size)))
    return fail("io_error", fmt::format("cannot read {}", file.string()));
  return text;
}

bool is_source(fs::path const& file) {
  static std::set<std::string> const extensions = {".h", ".hpp", ".cc", ".cpp", ".c", ".cxx"};
  return extensions.contains(file.extension().string());
}

std::string before_slash(std::string const& path) { return path.substr(0, path.find('/')); }

// All sources in the top directories of the declared folders, relative to the root, sorted.
Result<std::vector<std::string>> sources(fs::path const& root, Layers const& layers) {
  std::set<std::string> tops;
  for (auto const& folder : layers.folders) tops.insert(before_slash(folder.path));
  std::vector<std::string> found;
  for (auto const& top : tops) {
    std::error_code error;
    if (!fs::is_directory(root / top, error)) continue;
    fs::recursive_directory_iterator walk(root / top, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error))
      if (is_source(walk->path()) && walk->is_regular_file(error))
        found.push_back(walk->path().lexically_relative(root).generic_string());
    if (error) return fail("io_error", fmt::format("cannot list {}: {}", top, error.message()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool listed(std::vector<std::string> const& entries, std::string_view header) {
  return std::any_of(entries.begin(), entries.end(), [&](std::string const& entry) {
    return header == entry || header.starts_with(entry + "/");
  });
}

// A test, or a header for tests: state_test.cc, http_test_peer.h, sandbox_fixture.h.
bool is_for_tests(std::string_view file) {
  auto name = file.substr(file.rfind('/') + 1);
  return name.ends_with("_test.cc") || name.ends_with("_fixture.h") ||
         (name.ends_with(".h") && name.find("_test_") != std::string_view::npos);
}

struct Place {
  std::string file;
  int line = 0;
};
using Edge = std::pair<std::string, std::string>;  // includes, is included

class Checker {
 public:
  Checker(fs::path const& root, Layers const& layers) : root_(root), layers_(layers) {
    // Include paths: the root and every directory that holds a folder.
    include_roots_ = {""};
    for (auto const& folder : layers.folders)
      include_roots_.insert(fs::path(folder.path).parent_path().generic_string());
  }

  Result<void> file(std::string const& path) {
    ++report_.files_scanned;
    auto const* folder = layers_.folder_of(path);
    if (folder == nullptr) {
      add({path, 0}, "this source belongs to no folder of layers.toml",
          "Move it into a folder, or declare its directory in layers.toml.");
      return {};
    }
    TRY(text, read(root_ / path));
    for (auto const& include : includes_of(text)) check_include(*folder, path, include);
    return {};
  }

  Report finish() && {
    for (auto const& [edge, place] : edges_) report_cycle(edge, place);
    return std::move(report_);
  }

 private:
  void add(Place const& place, std::string what, std::string remedy) {
    report_.violations.push_back({place.file, place.line, std::move(what), std::move(remedy)});
  }

  void check_include(Folder const& folder, std::string const& file, Include const& include) {
    Place place{file, include.line};
    if (include.form == Form::computed) {
      add(place, fmt::format("#include {} names its file through a macro", include.target),
          "Write the file's name, so that the include can be checked.");
    } else if (auto target = ours(file, include)) {
      check_own(folder, place, *target);
    } else {
      check_foreign(folder, place, include);
    }
  }

  // The path of the included file if it is one of the tree: first beside the includer, then by
  // the include paths.
  std::optional<std::string> ours(std::string const& file, Include const& include) const {
    auto beside = fs::path(file).parent_path().generic_string();
    if (include.form == Form::quoted && exists(joined(beside, include)))
      return joined(beside, include);
    for (auto const& directory : include_roots_)
      if (exists(joined(directory, include))) return joined(directory, include);
    return include.form == Form::quoted ? yet_to_come(include) : std::nullopt;
  }

  // A file that does not exist, if its name leads into a declared folder.
  std::optional<std::string> yet_to_come(Include const& include) const {
    for (auto const& directory : include_roots_) {
      auto path = joined(directory, include);
      auto const* folder = layers_.folder_of(path);
      if (folder != nullptr && folder->path.size() > directory.size()) return path;
    }
    return std::nullopt;
  }

  static std::string joined(std::string const& directory, Include const& include) {
    return (fs::path(directory) / include.target).lexically_normal().generic_string();
  }

  bool exists(std::string const& path) const {
    std::error_code error;
    return !path.starts_with("../") && !path.starts_with('/') &&
           fs::is_regular_file(root_ / path, error);
  }

  void check_own(Folder const& folder, Place const& place, std::string const& target) {
    auto const* other = layers_.folder_of(target);
    if (other == nullptr) {
      add(place, fmt::format("{} includes {}, which belongs to no folder", folder.name, target),
          "Move what is included into a folder, or declare its directory in layers.toml.");
      return;
    }
    if (other == &folder) return;
    edges_.try_emplace({folder.name, other->name}, place);
    if (other->name == kBaseFolder || folder.uses.contains(other->name)) return;
    add(place,
        fmt::format("{} ({}) includes {} of {} ({}), but does not list it in `uses`", folder.name,
                    folder.layer, target, other->name, other->layer),
        fmt::format("Turn the dependency round or put what both need into a folder that {} uses; "
                    "only if the layers allow it, add \"{}\" to its `uses` in layers.toml.",
                    folder.name, other->name));
  }

  void check_foreign(Folder const& folder, Place const& place, Include const& include) {
    auto const& header = include.target;
    if (include.form == Form::angle && is_system_header(header)) return;
    if (listed(folder.headers, header) || listed(layers_.open_headers, header)) return;
    if (is_for_tests(place.file) && header.starts_with("gtest/")) return;
    add(place,
        fmt::format("{} includes the third-party header {}, but does not list it in `headers`",
                    folder.name, header),
        fmt::format("Reach it through a port or a folder that may see it; only if {} is the place "
                    "for it, add \"{}\" to its `headers` in layers.toml.",
                    folder.name, before_slash(header)));
  }

  // An edge closes a cycle if a way leads back. Reported once, at the edge that leaves the first
  // folder by name.
  void report_cycle(Edge const& edge, Place const& place) {
    auto way = shortest_way(edge.second, edge.first);
    if (way.empty() || *std::min_element(way.begin(), way.end()) != edge.first) return;
    add(place,
        fmt::format("folders include each other in a circle: {} -> {}", edge.first,
                    fmt::join(way, " -> ")),
        "Cut one of these includes: put what both sides need into a folder below them.");
  }

  // Breadth first; the folders from `from` to `to`, both included, or empty.
  std::vector<std::string> shortest_way(std::string const& from, std::string const& to) const {
    std::map<std::string, std::string> reached_from{{from, ""}};
    std::deque<std::string> queue{from};
    while (!queue.empty() && !reached_from.contains(to)) {
      auto here = queue.front();
      queue.pop_front();
      for (auto const& [edge, place] : edges_)
        if (edge.first == here && reached_from.try_emplace(edge.second, here).second)
          queue.push_back(edge.second);
    }
    std::vector<std::string> way;
    if (!reached_from.contains(to)) return way;
    for (auto name = to; !name.empty(); name = reached_from.at(name)) way.push_back(name);
    std::reverse(way.begin(), way.end());
    return way;
  }

  fs::path root_;
  Layers const& layers_;
  std::set<std::string> include_roots_;
  std::map<Edge, Place> edges_;  // the first include of each
  Report report_;
};

}  // namespace

Result<Report> check(fs::path const& root) {
  auto file = root / "layers.toml";
  if (std::error_code error; !fs::is_regular_file(file, error))
    return fail("layers_missing",
                fmt::format("there is no {}; name the tree with --root", file.string()));
  TRY(toml, read(file));
  TRY(layers, parse_layers(toml));
  TRY(paths, sources(root, layers));
  if (paths.empty())
    return fail("layers_empty", fmt::format("no source lies in the folders of {}; nothing was "
                                            "checked",
                                            file.string()));
  Checker checker(root, layers);
  for (auto const& path : paths) TRY_VOID(checker.file(path));
  return std::move(checker).finish();
}

}  // namespace tally::layering
