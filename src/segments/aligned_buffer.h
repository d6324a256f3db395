#pragma once

// Memory that starts on a disk block, so that a write past the page cache needs no copy. Grows,
// never shrinks; growing forgets the content. Who writes frames uses one for all of them.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "base/check.h"
#include "ports/disk.h"

namespace tally::segments {

class AlignedBuffer {
 public:
  // At least `bytes` bytes with unspecified content.
  std::span<std::uint8_t> take(std::size_t bytes) {
    if (bytes > capacity_) grow(bytes);
    return {memory_.get(), bytes};
  }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };
  void grow(std::size_t bytes) {
    capacity_ = (bytes + ports::kDiskBlock - 1) / ports::kDiskBlock * ports::kDiskBlock;
    memory_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(ports::kDiskBlock, capacity_)));
    TALLY_CHECK(memory_ != nullptr, "out of memory for a frame");
  }

  std::unique_ptr<std::uint8_t, Free> memory_;
  std::size_t capacity_ = 0;
};

}  // namespace tally::segments
