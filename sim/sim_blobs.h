#pragma once

// Blobs in memory; what was put survives every crash.

#include <map>

#include "ports/blobs.h"

namespace tally::sim {

class SimBlobs final : public ports::Blobs {
 public:
  Result<ContentRef> put(ByteView content) override {
    ContentRef const ref(sha256(content));
    blobs_.try_emplace(ref, content.begin(), content.end());
    return ref;
  }
  Result<Bytes> get(ContentRef const& ref) const override {
    auto const at = blobs_.find(ref);
    if (at == blobs_.end()) return fail("not_found", "There is no such blob.");
    return at->second;
  }
  Result<bool> contains(ContentRef const& ref) const override { return blobs_.contains(ref); }

 private:
  std::map<ContentRef, Bytes> blobs_;
};

}  // namespace tally::sim
