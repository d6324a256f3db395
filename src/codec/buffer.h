#pragma once

// Where canonical bytes are written: a text that grows at its end and keeps its room when it is
// cleared, so that writing one value after the other into it allocates nothing. A string could do
// the same, but asks for room and writes a terminator with each piece, and most pieces are a few
// bytes long.

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace tally::codec {

class Buffer {
 public:
  std::string_view text() const {
    TALLY_CHECK(!spoiled_, "what has no canonical form was to be recorded");
    return {room_.data(), size_};
  }
  std::size_t size() const { return size_; }
  void clear() {
    size_ = 0;
    spoiled_ = false;
  }
  // What was to be written has no canonical form: a text that is not UTF-8, an integer beyond
  // 2^53-1. From here to clear() there is nothing to read.
  void spoil() { spoiled_ = true; }
  bool spoiled() const { return spoiled_; }
  // Takes back what was written behind `size`.
  void shorten(std::size_t size) {
    TALLY_CHECK(size <= size_, "a buffer was to be shortened to more than it holds");
    size_ = size;
  }
  // True if `c` was written last.
  bool ends_with(char c) const { return size_ > 0 && room_.data()[size_ - 1] == c; }

  // Adds `count` bytes, which the caller fills before it adds more.
  char* extend(std::size_t count) {
    if (room_.size() - size_ < count) grow(count);
    char* const at = room_.data() + size_;
    size_ += count;
    return at;
  }
  void put(char c) { *extend(1) = c; }
  void put(std::string_view text) { std::copy(text.begin(), text.end(), extend(text.size())); }

 private:
  [[gnu::noinline]] void grow(std::size_t count) { room_.resize(2 * room_.size() + count); }

  std::vector<char> room_ = std::vector<char>(2'048);  // most leaves are shorter
  std::size_t size_ = 0;
  bool spoiled_ = false;
};

}  // namespace tally::codec
