#pragma once

// "Are these the bytes that the event names?" The leaf holds their hash, as stored, so nobody needs
// a key to check them.

#include <optional>
#include <string>

#include "codec/entry.h"
#include "ports/blobs.h"

namespace tally::audit {

// What is wrong with the stored bytes of the event's documents, if anything is. Without `blobs` the
// payloads that lie there are not read.
std::optional<std::string> wrong_enclosure(codec::Entry const& entry, ports::Blobs const* blobs);

}  // namespace tally::audit
