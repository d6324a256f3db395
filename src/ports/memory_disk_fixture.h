#pragma once

// A directory in memory, for tests: every write is durable, and bytes can be changed by hand.

#include <algorithm>
#include <map>

#include "ports/disk.h"

namespace tally::ports::testing {

class MemoryDisk : public Disk {
 public:
  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    for (auto const& [name, content] : files) names.push_back(name);
    return names;
  }
  Result<std::unique_ptr<DiskFile>> open(std::string const& name) override {
    auto at = files.find(name);
    if (at == files.end()) return fail("io_error", "no such file");
    return std::make_unique<File>(at->second);
  }
  Result<std::unique_ptr<DiskFile>> create_zeroed(std::string const& name,
                                                  std::uint64_t size) override {
    if (files.contains(name)) return fail("io_error", "the file exists");
    files[name].resize(size);
    return open(name);
  }
  Result<void> put(std::string const& name, Content const& content) override {
    Bytes bytes;
    TRY_VOID(content([&](ByteView part) -> Result<void> {
      bytes.insert(bytes.end(), part.begin(), part.end());
      return {};
    }));
    files[name] = std::move(bytes);
    return {};
  }
  Result<void> remove(std::string const& name) override {
    files.erase(name);
    return {};
  }

  Result<std::uint64_t> free_bytes() const override { return free; }

  std::map<std::string, Bytes> files;
  std::uint64_t free = std::uint64_t{1} << 40;

 private:
  class File final : public DiskFile {
   public:
    explicit File(Bytes& content) : content_(content) {}
    std::uint64_t size() const override { return content_.size(); }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
      if (offset + bytes.size() > content_.size()) return fail("io_error", "past the end");
      std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(offset), bytes.size(),
                  bytes.begin());
      return {};
    }
    Result<void> write_durable(std::uint64_t offset, ByteView bytes) override {
      if (offset + bytes.size() > content_.size()) return fail("io_error", "past the end");
      std::ranges::copy(bytes, content_.begin() + static_cast<std::ptrdiff_t>(offset));
      return {};
    }

   private:
    Bytes& content_;
  };
};

}  // namespace tally::ports::testing
