#pragma once

// An ordered table of the state. It remembers which rows were touched since somebody last asked,
// so that the state's digest costs what changed and not what exists.

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"

namespace tally::domain {

template <class Key, class Row>
class Table {
 public:
  Row const* find(Key const& key) const {
    auto at = rows_.find(key);
    return at == rows_.end() ? nullptr : &at->second;
  }
  Row const& at(Key const& key) const {
    Row const* row = find(key);
    TALLY_CHECK(row != nullptr, "a row that must exist does not");
    return *row;
  }
  // For apply only: the row to change; it must exist.
  Row& edit(Key const& key) {
    auto at = rows_.find(key);
    TALLY_CHECK(at != rows_.end(), "a row that must exist does not");
    touched_.push_back(key);
    return at->second;
  }
  // For apply only: adds or replaces.
  Row& put(Key const& key, Row row) {
    touched_.push_back(key);
    return rows_.insert_or_assign(key, std::move(row)).first->second;
  }
  // The same; the row that was replaced, if any.
  std::optional<Row> exchange(Key const& key, Row row) {
    touched_.push_back(key);
    auto const [at, is_new] = rows_.try_emplace(key, row);
    if (is_new) return std::nullopt;
    return std::exchange(at->second, std::move(row));
  }
  void erase(Key const& key) {
    touched_.push_back(key);
    rows_.erase(key);
  }
  std::size_t size() const { return rows_.size(); }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  // The keys touched since the last call, possibly repeated.
  std::vector<Key> take_touched() { return std::exchange(touched_, {}); }

 private:
  std::map<Key, Row> rows_;
  std::vector<Key> touched_;
};

}  // namespace tally::domain
