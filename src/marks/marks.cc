#include "marks/marks.h"

#include <algorithm>
#include <memory>

#include "base/digest.h"

namespace tally::marks {

namespace {

// One side of a merge: the part that is being read, and how far.
struct Side {
  NextMarks next;
  std::span<Mark const> part = {};
  bool ended = false;
  // False at the end.
  Result<bool> fill() {
    if (part.empty() && !ended) {
      TRY(more, next());
      part = more;
      ended = part.empty();
    }
    return !part.empty();
  }
};

struct Merge {
  Side a;
  Side b;
  std::vector<Mark> part = {};

  // One side's part at a time is used up, so that asking for more is rare.
  Result<std::span<Mark const>> next() {
    TRY(have_a, a.fill());
    TRY(have_b, b.fill());
    if (!have_a) return std::exchange(b.part, {});
    if (!have_b) return std::exchange(a.part, {});
    part.resize(std::max(part.size(), a.part.size() + b.part.size()));
    return std::span<Mark const>(part.data(), merge(a.part, b.part, part.data()));
  }
};

NextMarks merged_pair(NextMarks a, NextMarks b) {
  auto const both =
      std::make_shared<Merge>(Merge{.a = {.next = std::move(a)}, .b = {.next = std::move(b)}});
  return [both] { return both->next(); };
}

}  // namespace

MarkKey key_of(RunId run) { return {MarkKind::run, 0, run.value()}; }
MarkKey key_of(KeyId key) { return {MarkKind::key, 0, key.value()}; }

MarkKey key_of(CorrelationId const& correlation) {
  auto const* bytes = correlation.value().data();
  return {MarkKind::correlation, get_u64(bytes), get_u64(bytes + 8)};
}

MarkKey key_of(TenantId const& tenant) {
  Digest const digest = sha256(as_bytes(tenant.value()));
  return {MarkKind::tenant, get_u64(digest.bytes.data()), get_u64(digest.bytes.data() + 8)};
}

bool take_newest(std::span<Mark const> marks, MarkKey const& key, std::int64_t before,
                 std::size_t limit, std::vector<std::int64_t>& found) {
  auto at = std::ranges::lower_bound(marks, Mark{key, before});
  while (at != marks.begin()) {
    if (found.size() >= limit || std::prev(at)->key() != key) return false;
    found.push_back((--at)->seq());
  }
  return found.size() < limit;
}

bool take_oldest(std::span<Mark const> marks, MarkKey const& key, std::int64_t from,
                 std::size_t limit, std::vector<std::int64_t>& found) {
  for (auto at = std::ranges::lower_bound(marks, Mark{key, from}); at != marks.end(); ++at) {
    if (found.size() >= limit || at->key() != key) return false;
    found.push_back(at->seq());
  }
  return found.size() < limit;
}

// Which side is next is chosen without a branch, as marks are compared.
Mark* merge(std::span<Mark const>& a, std::span<Mark const>& b, Mark* to) {
  Mark const* x = a.data();
  Mark const* y = b.data();
  Mark const* const x_end = x + a.size();
  Mark const* const y_end = y + b.size();
  while (x != x_end && y != y_end) {
    bool const of_b = *y < *x;
    *to++ = *(of_b ? y : x);
    y += of_b ? 1 : 0;
    x += of_b ? 0 : 1;
  }
  a = {x, x_end};
  b = {y, y_end};
  return to;
}

// In pairs, and the pairs in pairs: no mark goes through more merges than it must.
NextMarks merged(std::vector<NextMarks> sequences) {
  while (sequences.size() > 1) {
    std::vector<NextMarks> pairs;
    for (std::size_t i = 0; i + 1 < sequences.size(); i += 2)
      pairs.push_back(merged_pair(std::move(sequences[i]), std::move(sequences[i + 1])));
    if (sequences.size() % 2 == 1) pairs.push_back(std::move(sequences.back()));
    sequences = std::move(pairs);
  }
  return std::move(sequences.front());
}

}  // namespace tally::marks
