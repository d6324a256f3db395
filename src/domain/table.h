#pragma once

// An ordered table of the state. It remembers which rows were touched since somebody last asked,
// and keeps a digest beside each row for whoever asks, so that the state's digest costs what
// changed and not what exists.
//
// A hundred thousand runs have random keys, and a command looks several of them up. A search tree
// with one key a node waits for memory at each of seventeen steps; a B-tree has its keys side by
// side and waits three or four times. Its nodes move what they hold, so they hold pointers: a row
// stays where it is for as long as it exists.

#include <absl/container/btree_map.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/digest.h"

namespace tally::domain {

template <class Key, class Row>
class Table {
  struct Entry {
    Row row;
    Digest noted = {};
    bool is_touched = false;
    bool is_erased = false;
  };
  using Entries = absl::btree_map<Key, std::unique_ptr<Entry>>;

 public:
  class Iterator {
   public:
    using value_type = std::pair<Key const&, Row const&>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(typename Entries::const_iterator at) : at_(at) {}
    value_type operator*() const { return {at_->first, at_->second->row}; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator const before = *this;
      ++*this;
      return before;
    }
    bool operator==(Iterator const&) const = default;

   private:
    typename Entries::const_iterator at_;
  };

  Table();
  ~Table();
  Table(Table&&) noexcept;
  Table& operator=(Table&&) noexcept;

  Row const* find(Key const& key) const;
  // It must exist.
  Row const& at(Key const& key) const;
  // For apply only: the row to change; it must exist.
  Row& edit(Key const& key);
  // For apply only: adds or replaces. Returns the row that was replaced, if any.
  std::optional<Row> put(Key const& key, Row row);
  // Returns what was there, if anything: it can be read until the touched rows are taken.
  Row const* erase(Key const& key);
  std::size_t size() const { return entries_.size(); }
  Iterator begin() const { return Iterator(entries_.begin()); }
  Iterator end() const { return Iterator(entries_.end()); }

  // Calls visit(key, row, noted) once for each row touched since the last call; `row` is null if
  // it was erased. What is left in `noted` is there again the next time; at first it is zero.
  template <class Visit>
  void take_touched(Visit&& visit) {
    // Their memory goes with them: whoever fills a table has touched all of it.
    auto const erased = std::exchange(erased_, {});
    for (auto const& [key, entry] : std::exchange(touched_, {})) {
      entry->is_touched = false;
      visit(key, entry->is_erased ? nullptr : &std::as_const(entry->row), entry->noted);
    }
  }
  // The same with every row that there is.
  template <class Visit>
  void take_all(Visit&& visit) {
    take_touched([](Key const&, Row const*, Digest const&) {});
    for (auto& [key, entry] : entries_) visit(key, &std::as_const(entry->row), entry->noted);
  }

 private:
  void touch(Key const& key, Entry& entry);

  Entries entries_;
  std::vector<std::pair<Key, Entry*>> touched_;
  std::vector<std::unique_ptr<Entry>> erased_;  // of them, those that are no more
};

// Outside the class, so that one file instantiates them for all (state.cc).

template <class Key, class Row>
Table<Key, Row>::Table() = default;
template <class Key, class Row>
Table<Key, Row>::~Table() = default;
template <class Key, class Row>
Table<Key, Row>::Table(Table&&) noexcept = default;
template <class Key, class Row>
Table<Key, Row>& Table<Key, Row>::operator=(Table&&) noexcept = default;

template <class Key, class Row>
Row const* Table<Key, Row>::find(Key const& key) const {
  auto const at = entries_.find(key);
  return at == entries_.end() ? nullptr : &at->second->row;
}

template <class Key, class Row>
Row const& Table<Key, Row>::at(Key const& key) const {
  Row const* row = find(key);
  TALLY_CHECK(row != nullptr, "a row that must exist does not");
  return *row;
}

template <class Key, class Row>
Row& Table<Key, Row>::edit(Key const& key) {
  auto const at = entries_.find(key);
  TALLY_CHECK(at != entries_.end(), "a row that must exist does not");
  touch(at->first, *at->second);
  return at->second->row;
}

template <class Key, class Row>
std::optional<Row> Table<Key, Row>::put(Key const& key, Row row) {
  auto const [at, is_new] = entries_.try_emplace(key);
  std::optional<Row> replaced;
  if (is_new)
    at->second = std::make_unique<Entry>(Entry{.row = std::move(row)});
  else
    replaced = std::exchange(at->second->row, std::move(row));
  touch(at->first, *at->second);
  return replaced;
}

template <class Key, class Row>
Row const* Table<Key, Row>::erase(Key const& key) {
  auto const at = entries_.find(key);
  if (at == entries_.end()) return nullptr;
  touch(key, *at->second);
  at->second->is_erased = true;
  erased_.push_back(std::move(at->second));
  entries_.erase(at);
  return &erased_.back()->row;
}

template <class Key, class Row>
void Table<Key, Row>::touch(Key const& key, Entry& entry) {
  if (!std::exchange(entry.is_touched, true)) touched_.emplace_back(key, &entry);
}

}  // namespace tally::domain
