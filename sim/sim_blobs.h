#pragma once

// Blobs in memory; what was put survives every crash.

#include <algorithm>
#include <map>

#include "ports/blobs.h"
#include "sim/sim_clock.h"

namespace tally::sim {

class SimBlobs final : public ports::Blobs {
 public:
  explicit SimBlobs(SimClock const& clock) : clock_(clock) {}

  Result<ContentRef> put(ByteView content) override {
    ContentRef const ref(sha256(content));
    Kept& kept = blobs_[ref];
    kept.bytes.assign(content.begin(), content.end());
    kept.put_at = now();
    return ref;
  }
  Result<Bytes> get(ContentRef const& ref) const override {
    auto const at = blobs_.find(ref);
    if (at == blobs_.end()) return fail("not_found", "There is no such blob.");
    return at->second.bytes;
  }
  Result<bool> contains(ContentRef const& ref) const override { return blobs_.contains(ref); }
  Instant now() const override { return kLifeBegins + clock_.monotonic(); }
  ports::Collected collect(std::span<ContentRef const> named, Instant put_before,
                           std::function<bool()> const& go_on) override {
    ports::Collected collected;
    std::erase_if(blobs_, [&](auto const& blob) {
      bool const stays =
          blob.second.put_at >= put_before || std::ranges::binary_search(named, blob.first);
      if (stays || !go_on()) return false;
      ++collected.blobs;
      collected.bytes += blob.second.bytes.size();
      return true;
    });
    return collected;
  }
  std::size_t size() const { return blobs_.size(); }

 private:
  struct Kept {
    Bytes bytes;
    Instant put_at;
  };
  SimClock const& clock_;
  std::map<ContentRef, Kept> blobs_;
};

}  // namespace tally::sim
