#pragma once

// A hash table that can be asked for one key and cannot be iterated: its order changes with every
// start of the program, so nothing may depend on it.

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <utility>

namespace tally::domain {

template <class Key, class Value>
class Lookup {
 public:
  // Null where there is no such key. The pointer is valid until the next change.
  Value const* find(Key const& key) const {
    auto const at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
  }
  // Adds or replaces.
  void put(Key const& key, Value value) { entries_.insert_or_assign(key, std::move(value)); }
  void erase(Key const& key) { entries_.erase(key); }
  std::size_t size() const { return entries_.size(); }
  friend bool operator==(Lookup const&, Lookup const&) = default;

 private:
  absl::flat_hash_map<Key, Value> entries_;
};

}  // namespace tally::domain
