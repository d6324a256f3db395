#include "audit/enclosures.h"

#include <fmt/format.h>

#include "domain/enclosed.h"

namespace tally::audit {

namespace {

std::optional<std::string> wrong_blob(ContentRef const& ref, ports::Blobs const& blobs) {
  auto const found = blobs.get(ref);
  if (found && sha256(*found) == ref.digest()) return std::nullopt;
  std::string const name = ref.text();
  if (found || found.error().code == "damaged")
    return fmt::format("its payload, blob {}, has other bytes", name);
  if (found.error().code == "not_found")
    return fmt::format("its payload, blob {}, is missing", name);
  return fmt::format("its payload, blob {}, cannot be read: {}", name, found.error().detail);
}

}  // namespace

std::optional<std::string> wrong_enclosure(codec::Entry const& entry, ports::Blobs const* blobs) {
  domain::run::Enclosure const* named = domain::enclosure_in(entry.recorded.event);
  if (named == nullptr || named->blob) {
    if (!entry.enclosure.empty()) return "bytes lie beside it that it does not name";
    if (named == nullptr || blobs == nullptr) return std::nullopt;
    return wrong_blob(*named->blob, *blobs);
  }
  if (!named->stored) return "it does not say which bytes are its payload";
  if (sha256(entry.enclosure) == named->stored->digest()) return std::nullopt;
  return "the bytes beside it are not those of its payload";
}

}  // namespace tally::audit
