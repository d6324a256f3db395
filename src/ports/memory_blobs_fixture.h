#pragma once

// Blobs in memory, for tests.

#include <algorithm>
#include <map>

#include "ports/blobs.h"

namespace tally::ports::testing {

class MemoryBlobs final : public Blobs {
 public:
  Result<ContentRef> put(ByteView content) override {
    ContentRef const ref(sha256(content));
    files[ref] = Bytes(content.begin(), content.end());
    put_at[ref] = at;
    return ref;
  }
  Result<Bytes> get(ContentRef const& ref) const override {
    if (failing) return fail("io_error", "the blob cannot be read", "errno 5");
    auto const found = files.find(ref);
    if (found == files.end()) return fail("not_found", "no such blob");
    return found->second;
  }
  Result<bool> contains(ContentRef const& ref) const override { return files.contains(ref); }
  Instant now() const override { return at; }
  Collected collect(std::span<ContentRef const> named, Instant put_before,
                    std::function<bool()> const& go_on) override {
    Collected collected;
    std::erase_if(files, [&](auto const& file) {
      bool const named_or_young =
          std::ranges::binary_search(named, file.first) || put_at[file.first] >= put_before;
      if (named_or_young || !go_on()) return false;
      if (failing) {
        ++collected.failed;
        collected.fault = Error{"io_error", "the blob cannot be removed", "errno 5"};
        return false;
      }
      ++collected.blobs;
      collected.bytes += file.second.size();
      return true;
    });
    return collected;
  }
  std::size_t size() const { return files.size(); }

  std::map<ContentRef, Bytes> files;
  std::map<ContentRef, Instant> put_at;
  Instant at{};          // what now() says
  bool failing = false;  // reading and removing
};

}  // namespace tally::ports::testing
