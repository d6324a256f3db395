#include "layering/layers_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <map>
#include <optional>

namespace tally::layering {
namespace {

constexpr std::string_view kRemedy = "Mend layers.toml and check again.";

tl::unexpected<Error> invalid(toml::node const& at, std::string const& what) {
  return fail("layers_invalid",
              fmt::format("layers.toml line {}: {}. {}", at.source().begin.line, what, kRemedy));
}

Result<std::string> text_at(toml::table const& table, std::string const& owner,
                            std::string_view key) {
  if (auto const* text = table[key].as_string()) return text->get();
  return invalid(table, fmt::format("{} needs {} = \"...\"", owner, key));
}

Result<std::vector<std::string>> list_of(toml::node const* node, toml::node const& owner,
                                         std::string_view key) {
  auto wrong = [&] { return invalid(owner, fmt::format("{} must be a list of strings", key)); };
  if (node == nullptr || !node->is_array()) return wrong();
  std::vector<std::string> list;
  for (auto const& entry : *node->as_array()) {
    if (!entry.is_string()) return wrong();
    list.push_back(entry.as_string()->get());
  }
  return list;
}

Result<void> only_known_keys(toml::table const& table, std::string const& owner,
                             std::set<std::string_view> const& known) {
  for (auto const& [key, node] : table)
    if (!known.contains(key.str()))
      return invalid(node, fmt::format("{} has the unknown key \"{}\"", owner, key.str()));
  return {};
}

bool is_layer(std::string_view text) {
  return text.size() == 2 && text[0] == 'L' && text[1] >= '0' && text[1] <= '7';
}

// Relative, normal, inside the root: anything else would let a file escape its folder.
bool is_plain_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.back() == '/') return false;
  auto framed = "/" + std::string(path) + "/";
  for (auto part : {"//", "/./", "/../", "\\"})
    if (framed.find(part) != std::string::npos) return false;
  return true;
}

Result<Folder> folder_from(std::string const& name, toml::node const& node) {
  auto const* table = node.as_table();
  if (table == nullptr) return invalid(node, fmt::format("{} must be a table", name));
  TRY_VOID(only_known_keys(*table, name, {"path", "layer", "uses", "headers"}));
  TRY(path, text_at(*table, name, "path"));
  TRY(layer, text_at(*table, name, "layer"));
  TRY(uses, list_of(table->get("uses"), *table, "uses"));
  TRY(headers, list_of(table->get("headers"), *table, "headers"));
  if (!is_plain_path(path))
    return invalid(node,
                   fmt::format("the path \"{}\" of {} is not a plain relative path", path, name));
  if (!is_layer(layer))
    return invalid(node,
                   fmt::format("the layer of {} is \"{}\", not one of L0 to L7", name, layer));
  return Folder{name, path, layer, {uses.begin(), uses.end()}, std::move(headers)};
}

Result<void> check_paths(Layers const& layers, toml::table const& table) {
  std::map<std::string, std::string> owners;
  for (auto const& folder : layers.folders) {
    auto [owner, fresh] = owners.try_emplace(folder.path, folder.name);
    if (!fresh)
      return invalid(*table.get(folder.name),
                     fmt::format("{} and {} have the same path", owner->second, folder.name));
  }
  return {};
}

// Depth first over `uses`: white folders are unseen, grey ones on the trail, black ones done. An
// edge to a grey folder closes a cycle, and the trail from there is its names.
class CycleSearch {
 public:
  explicit CycleSearch(Layers const& layers) : layers_(layers) {}

  std::optional<std::string> from(std::string const& name) {
    if (done_.contains(name)) return std::nullopt;
    for (std::size_t i = 0; i < trail_.size(); ++i)
      if (trail_[i] == name) return closed_at(i);
    trail_.push_back(name);
    for (auto const& used : layers_.find(name)->uses)
      if (auto cycle = from(used)) return cycle;
    trail_.pop_back();
    done_.insert(name);
    return std::nullopt;
  }

 private:
  std::string closed_at(std::size_t i) const {
    auto start = trail_.begin() + static_cast<std::ptrdiff_t>(i);
    return fmt::format("{} -> {}", fmt::join(start, trail_.end(), " -> "), trail_[i]);
  }

  Layers const& layers_;
  std::vector<std::string> trail_;
  std::set<std::string> done_;
};

Result<void> check_uses(Layers const& layers, toml::table const& table) {
  for (auto const& folder : layers.folders)
    for (auto const& used : folder.uses)
      if (layers.find(used) == nullptr)
        return invalid(*table.get(folder.name),
                       fmt::format("{} uses \"{}\", which is no folder", folder.name, used));
  CycleSearch search(layers);
  for (auto const& folder : layers.folders)
    if (auto cycle = search.from(folder.name))
      return invalid(*table.get(folder.name), fmt::format("uses form the cycle {}", *cycle));
  return {};
}

Result<Layers> layers_from(toml::table const& root) {
  TRY_VOID(only_known_keys(root, "the file", {"folders", "open_headers"}));
  Layers layers;
  if (auto const* open = root.get("open_headers")) {
    TRY(headers, list_of(open, *open, "open_headers"));
    layers.open_headers = std::move(headers);
  }
  auto const* folders = root["folders"].as_table();
  if (folders == nullptr || folders->empty())
    return invalid(root, "there is no [folders] table with an entry");
  for (auto const& [key, node] : *folders) {
    TRY(folder, folder_from(std::string(key.str()), node));
    layers.folders.push_back(std::move(folder));
  }
  TRY_VOID(check_paths(layers, *folders));
  TRY_VOID(check_uses(layers, *folders));
  return layers;
}

bool holds(Folder const& folder, std::string_view file) {
  return file.size() > folder.path.size() && file.starts_with(folder.path) &&
         file[folder.path.size()] == '/';
}

}  // namespace

Folder const* Layers::find(std::string_view name) const {
  for (auto const& folder : folders)
    if (folder.name == name) return &folder;
  return nullptr;
}

Folder const* Layers::folder_of(std::string_view file) const {
  Folder const* best = nullptr;
  for (auto const& folder : folders)
    if (holds(folder, file) && (best == nullptr || folder.path.size() > best->path.size()))
      best = &folder;
  return best;
}

Result<Layers> parse_layers(std::string_view toml) {
  try {
    return layers_from(toml::parse(toml));
  } catch (toml::parse_error const& error) {
    return fail("layers_invalid",
                fmt::format("layers.toml line {}: {}. {}", error.source().begin.line,
                            error.description(), kRemedy));
  }
}

}  // namespace tally::layering
