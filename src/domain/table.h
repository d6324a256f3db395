#pragma once

// A table of the state. It remembers which rows were touched since somebody last asked, and keeps a
// digest beside each row for whoever asks, so that the state's digest costs what changed and not
// what exists.
//
// A hundred thousand runs have random keys, and a command looks several of them up. A search tree
// with one key a node waits for memory at each of seventeen steps, a B-tree three or four times, a
// hash table once. Its order changes with every start of the program, so nothing may depend on it;
// whoever needs an order asks for one. It moves what it holds, so it holds pointers: a row stays
// where it is for as long as it exists.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
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
  using Entries = absl::flat_hash_map<Key, std::unique_ptr<Entry>>;

 public:
  using Rows = std::vector<std::pair<Key const&, Row const&>>;

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
  // All rows, by ascending key; valid until the next change. Costs a sort.
  Rows in_order() const;
  // Calls visit(key, row) with each row, in no order: for sums, and for what orders them itself.
  template <class Visit>
  void each(Visit&& visit) const {
    for (auto const& [key, entry] : entries_) visit(key, entry->row);
  }

  // Calls visit(key, row, noted) once for each row touched since the last call; `row` is null if
  // it was erased. What is left in `noted` is there again the next time; at first it is zero. It
  // may be written until the table changes again, of an erased row during the visit only.
  template <class Visit>
  void take_touched(Visit&& visit) {
    // Their memory goes with them: whoever fills a table has touched all of it.
    auto const erased = std::exchange(erased_, {});
    for (auto const& [key, entry] : std::exchange(touched_, {})) {
      entry->is_touched = false;
      visit(key, entry->is_erased ? nullptr : &std::as_const(entry->row), entry->noted);
    }
  }
  // Instead of a call whose rows nobody needs.
  void forget_touched() {
    take_touched([](Key const&, Row const*, Digest const&) {});
  }
  // Calls visit(key, row, noted) with the rows of one of `parts` parts, in no order. Different
  // parts may be visited at once.
  template <class Visit>
  void each_of_part(std::size_t part, std::size_t parts, Visit&& visit) {
    std::size_t turn = 0;
    for (auto& [key, entry] : entries_)
      if (turn++ % parts == part) visit(key, std::as_const(entry->row), entry->noted);
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
    at->second = std::make_unique<Entry>(std::move(row));
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
typename Table<Key, Row>::Rows Table<Key, Row>::in_order() const {
  std::vector<typename Entries::const_pointer> sorted;
  sorted.reserve(entries_.size());
  for (auto const& entry : entries_) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, [](auto const* entry) -> Key const& { return entry->first; });
  Rows rows;
  rows.reserve(sorted.size());
  for (auto const* entry : sorted) rows.emplace_back(entry->first, entry->second->row);
  return rows;
}

template <class Key, class Row>
void Table<Key, Row>::touch(Key const& key, Entry& entry) {
  if (!std::exchange(entry.is_touched, true)) touched_.emplace_back(key, &entry);
}

}  // namespace tally::domain
