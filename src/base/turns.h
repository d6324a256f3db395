#pragma once

// A queue in which owners take turns: who brings a thousand things waits for those of all others
// after each of its own. Things of one owner stay in order. One thread at a time.

#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tally {

template <class Item>
class Turns {
 public:
  void put(std::string_view owner, Item item) {
    auto at = lines_.find(owner);
    if (at == lines_.end()) {
      at = lines_.emplace(owner, std::list<Item>()).first;
      next_.push_back(at);
    }
    at->second.push_back(std::move(item));
    ++size_;
  }

  // The oldest thing of the owner whose turn it is; that owner's next turn comes after all others'.
  std::optional<Item> take() {
    if (next_.empty()) return std::nullopt;
    auto const at = next_.front();
    next_.pop_front();
    std::optional<Item> item(std::move(at->second.front()));
    at->second.pop_front();
    --size_;
    if (at->second.empty())
      lines_.erase(at);
    else
      next_.push_back(at);
    return item;
  }

  std::size_t size_of(std::string_view owner) const {
    auto const at = lines_.find(owner);
    return at == lines_.end() ? 0 : at->second.size();
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  using Lines = std::map<std::string, std::list<Item>, std::less<>>;
  Lines lines_;  // by owner; none is empty
  std::deque<typename Lines::iterator> next_;
  std::size_t size_ = 0;
};

}  // namespace tally
