// What anybody needs to check the ledger: the last checkpoint, hash tiles, and, with a key, the
// entries themselves (C2SP tlog-checkpoint and tlog-tiles).

#include <charconv>

#include "api/handlers.h"
#include "api/route_of.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

constexpr std::int64_t kTileWidth = 256;
constexpr std::string_view kOctets = "application/octet-stream";

// "x001/x234/067" is 1234067: groups of three digits, all but the last with an x.
std::optional<std::int64_t> tile_index(std::string_view path) {
  std::int64_t index = 0;
  while (true) {
    bool const more = path.starts_with('x');
    if (more) path.remove_prefix(1);
    if (path.size() < 3 || index > json::kIntegerMax / 1000) return std::nullopt;
    std::int64_t group = 0;
    auto const [end, error] = std::from_chars(path.data(), path.data() + 3, group);
    if (error != std::errc() || end != path.data() + 3 || group < 0) return std::nullopt;
    index = index * 1000 + group;
    path.remove_prefix(3);
    if (!more) return path.empty() ? std::optional(index) : std::nullopt;
    if (!path.starts_with('/')) return std::nullopt;
    path.remove_prefix(1);
  }
}

struct TilePlace {
  std::int64_t index = 0;
  std::int64_t width = kTileWidth;
};

// "<index>" or "<index>.p/<width>".
std::optional<TilePlace> tile_place(std::string_view path) {
  TilePlace place;
  auto const partial = path.find(".p/");
  if (partial != std::string_view::npos) {
    auto const width = path.substr(partial + 3);
    auto const [end, error] =
        std::from_chars(width.data(), width.data() + width.size(), place.width);
    bool const good = error == std::errc() && end == width.data() + width.size() &&
                      !width.starts_with('0') && place.width > 0 && place.width < kTileWidth;
    if (!good) return std::nullopt;
  }
  auto const index = tile_index(path.substr(0, partial));
  if (!index) return std::nullopt;
  place.index = *index;
  return place;
}

// Each entry with its length before it, 16 bits, big-endian.
std::string bundle_of(std::vector<ledger::Entry> const& entries) {
  std::string bundle;
  for (auto const& entry : entries) {
    bundle.push_back(static_cast<char>(entry.leaf.size() >> 8));
    bundle.push_back(static_cast<char>(entry.leaf.size() & 0xFF));
    bundle += as_text(entry.leaf);
  }
  return bundle;
}

void send_bundle(Exchange& x, TilePlace place) {
  auto const& reader = x.services.reader;
  std::int64_t const from = place.index * kTileWidth;
  if (from + place.width > reader.index().size()) return x.problem("not_found", "no such tile");
  auto const entries = reader.entries(from, static_cast<std::size_t>(place.width));
  if (!entries) return x.storage_failed(entries.error());
  if (entries->size() < static_cast<std::size_t>(place.width))
    return x.broken("the log is shorter than its index");
  x.text(200, kOctets, bundle_of(*entries), {{"cache-control", "private, immutable"}});
}

// A slice, and then the next one, each in its turn among what is asked openly.
void read_tree_on(Services& services) {
  bool const more = services.options.read_tree && services.options.read_tree();
  bool const goes_on =
      more && services.executor.run(TaskLane::open, {.owner = "tree", .run = [&services] {
                                                       read_tree_on(services);
                                                     }});
  if (!goes_on) services.reads_tree = false;
}

void send_hash_tile(Exchange& x, std::string const& path) {
  auto tile = x.services.options.hash_tile(path);
  if (tile)
    return x.text(200, kOctets, std::string(as_text(*tile)),
                  {{"cache-control", "public, immutable, max-age=31536000"}});
  if (tile.error().code == "not_found") return x.problem("not_found", "no such tile");
  if (tile.error().code != "not_ready") return x.storage_failed(tile.error());
  x.problem("overloaded", tile.error().detail + "; ask again");
  if (!x.services.reads_tree.exchange(true)) read_tree_on(x.services);
}

void send_checkpoint(Exchange& x) {
  auto const checkpoint = x.services.reader.last_checkpoint();
  if (!checkpoint) return x.storage_failed(checkpoint.error());
  x.text(200, "text/plain; charset=utf-8", checkpoint->note);
}

void get_checkpoint(ExchangePtr x) {
  x->later(TaskLane::open, [x] { send_checkpoint(*x); });
}

void get_hash_tile(ExchangePtr x, wire::TilePath const& asked) {
  if (!x->services.options.hash_tile) return x->problem("not_found", "no such tile");
  x->later(TaskLane::open, [x, path = asked.path] { send_hash_tile(*x, path); });
}

// Bundles hold the events of all tenants.
void get_entry_bundle(ExchangePtr x, wire::TilePath const& asked) {
  if (!x->caller().may(KeyScope::ops_read))
    return x->problem("forbidden", "bundles hold all tenants' events: this needs ops:read besides");
  auto const place = tile_place(asked.path);
  if (!place) return x->problem("not_found", "no such tile");
  x->later(TaskLane::query, [x, place = *place] { send_bundle(*x, place); });
}

}  // namespace

std::vector<Route> ledger_routes() {
  return {
      route<wire::kGetCheckpoint, get_checkpoint>(RateClass::open),
      route<wire::kGetEntryBundle, get_entry_bundle>(RateClass::read),
      route<wire::kGetHashTile, get_hash_tile>(RateClass::open),
  };
}

}  // namespace tally::api
