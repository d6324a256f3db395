#pragma once

// Large payloads by the hash of their (sealed) bytes.

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace tally::ports {

class Blobs {
 public:
  virtual ~Blobs() = default;
  // Durable when it returns; the same content twice is one blob.
  virtual Result<ContentRef> put(ByteView content) = 0;
  // Errors: "not_found", "damaged" (content does not match its hash).
  virtual Result<Bytes> get(ContentRef const& ref) const = 0;
  virtual Result<bool> contains(ContentRef const& ref) const = 0;
};

}  // namespace tally::ports
