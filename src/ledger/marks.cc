#include "ledger/marks.h"

#include <algorithm>
#include <memory>

#include "base/digest.h"

namespace tally::ledger {

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
    part.resize(a.part.size() + b.part.size());
    auto at = part.begin();
    auto x = a.part.begin();
    auto y = b.part.begin();
    while (x != a.part.end() && y != b.part.end()) *at++ = *y < *x ? *y++ : *x++;
    a.part = {x, a.part.end()};
    b.part = {y, b.part.end()};
    return std::span<Mark const>(part.begin(), at);
  }
};

}  // namespace

MarkKey key_of(RunId run) { return {MarkKind::run, 0, run.value()}; }

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
    if (found.size() >= limit || std::prev(at)->key != key) return false;
    found.push_back((--at)->seq);
  }
  return found.size() < limit;
}

NextMarks merged(NextMarks a, NextMarks b) {
  auto const merge =
      std::make_shared<Merge>(Merge{.a = {.next = std::move(a)}, .b = {.next = std::move(b)}});
  return [merge] { return merge->next(); };
}

}  // namespace tally::ledger
