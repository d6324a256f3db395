#include "audit/enclosures.h"

#include <fmt/format.h>

#include "domain/each_document.h"

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

std::optional<std::string> wrong_bytes_beside(domain::Document const& document, ByteView beside) {
  if (!document.stored) return "it does not say which bytes are its payload";
  if (sha256(beside) == document.stored->digest()) return std::nullopt;
  return "the bytes beside it are not those of its payload";
}

}  // namespace

std::optional<std::string> wrong_enclosure(codec::Entry const& entry, ports::Blobs const* blobs) {
  std::optional<std::string> wrong;
  bool names_bytes_beside = false;
  domain::each_document(entry.recorded.event, [&](domain::Document const& document) {
    if (wrong) return;
    names_bytes_beside = names_bytes_beside || !document.blob;
    if (!document.blob)
      wrong = wrong_bytes_beside(document, entry.enclosure);
    else if (blobs != nullptr)
      wrong = wrong_blob(*document.blob, *blobs);
  });
  if (wrong || names_bytes_beside || entry.enclosure.empty()) return wrong;
  return "bytes lie beside it that it does not name";
}

}  // namespace tally::audit
