#include "projections/error_index.h"

#include <gtest/gtest.h>

#include "projections/ledger_fixture.h"

namespace tally::projections::testing {
namespace {

constexpr std::size_t kBlockRows = 16;

// One query for each way to ask, about this error.
std::vector<ErrorQuery> queries_about(Listed const& one) {
  std::vector<ErrorQuery> all(9);
  all[0].error_class = one.error_class;
  all[1].family = family_of(one.error_class);
  all[2].component = one.component;
  all[3].tenant = one.tenant;
  all[4].correlation = one.correlation;
  all[5].run = one.run;
  all[6].layer = one.layer;
  all[6].least = one.severity;
  all[7].from = one.at;
  all[7].error_class = one.error_class;
  all[8].to = one.at;
  all[8].component = one.component;
  ErrorQuery whole = all[0];
  whole.component = one.component;
  whole.tenant = one.tenant;
  whole.correlation = one.correlation;
  whole.before = one.seq;
  all.push_back(whole);
  return all;
}

TEST(ErrorIndex, FindsWhatAWalkOverTheLedgerFinds) {
  Ledger ledger;
  tell_a_story(ledger, 7, 700);
  ErrorIndex index(kBlockRows);
  for (auto const& entry : ledger.entries) index.apply(entry);
  auto const all = errors_in(ledger, ledger.durable);
  ASSERT_GT(all.size(), 3 * kBlockRows);
  ASSERT_LT(all.size(), ErrorIndex::kBlocksMax * kBlockRows);
  EXPECT_EQ(index.size(), all.size());
  for (Listed const& one : all) {
    for (ErrorQuery query : queries_about(one)) {
      auto const expected = naive(all, query);
      for (std::size_t const limit : {1u, 3u, 1'000u}) {
        query.limit = limit;
        EXPECT_EQ(all_of(index, query), expected) << one.seq << " " << limit;
      }
    }
  }
}

TEST(ErrorIndex, ListsATenantsErrorsToThatTenantOnly) {
  ErrorIndex index(kBlockRows);
  for (std::int64_t seq = 0; seq < 40; ++seq)
    index.apply(error_at(seq, ErrorClass::infra_storage, "disk",
                         seq % 3 == 0   ? std::optional(TenantId("acme"))
                         : seq % 3 == 1 ? std::optional(TenantId("beta"))
                                        : std::nullopt));
  for (auto const seq : all_of(index, {.tenant = TenantId("acme"), .limit = 5}))
    EXPECT_EQ(seq % 3, 0);
  EXPECT_EQ(all_of(index, {.tenant = TenantId("acme"), .limit = 5}).size(), 14u);
  EXPECT_TRUE(all_of(index, {.tenant = TenantId("nobody")}).empty());
}

TEST(ErrorIndex, DropsTheOldestBlockWhenItIsFullAndSaysFromWhereOnItIsComplete) {
  ErrorIndex index(kBlockRows);
  constexpr std::int64_t kHeld = ErrorIndex::kBlocksMax * kBlockRows;
  for (std::int64_t seq = 0; seq < kHeld - 1; ++seq)
    index.apply(error_at(seq, ErrorClass::infra_storage, "disk"));
  EXPECT_EQ(index.find({}).complete_from, 0);
  for (std::int64_t seq = kHeld - 1; seq < 3 * kHeld; ++seq) {
    index.apply(error_at(seq, ErrorClass::infra_storage, "disk"));
    EXPECT_LE(index.size(), static_cast<std::size_t>(kHeld));
  }
  auto const from = index.find({}).complete_from;
  EXPECT_GT(from, 0);
  auto const found = all_of(index, {.component = "disk"});
  EXPECT_EQ(found.back(), from);
  EXPECT_EQ(static_cast<std::size_t>(3 * kHeld - from), found.size());
}

// The rarest of what was asked for is walked. Where all of it is frequent and nothing fits, a page
// ends early, and says where to go on.
TEST(ErrorIndex, LooksAtNoMoreThanItsBoundForOnePage) {
  ErrorIndex index;
  constexpr std::int64_t kMany = 80'000;
  for (std::int64_t seq = 0; seq < kMany; ++seq)
    index.apply(seq % 2 == 0 ? error_at(seq, ErrorClass::infra_storage, "disk")
                             : error_at(seq, ErrorClass::infra_network, "http"));
  ErrorQuery const query{.least = Severity::critical};
  auto const page = index.find(query);
  EXPECT_TRUE(page.seqs.empty());
  ASSERT_TRUE(page.next);
  EXPECT_EQ(*page.next, kMany - static_cast<std::int64_t>(ErrorIndex::kLookedAtMax));
  EXPECT_TRUE(all_of(index, query).empty());
  EXPECT_EQ(index.find({.component = "tape"}).next, std::nullopt);
}

Bytes saved(ErrorIndex const& index) {
  Bytes bytes;
  auto const written = index.save([&](ByteView part) -> Result<void> {
    bytes.insert(bytes.end(), part.begin(), part.end());
    return {};
  });
  EXPECT_TRUE(written);
  return bytes;
}

TEST(ErrorIndex, LoadedFromWhatItSavedItIsTheSame) {
  Ledger ledger;
  tell_a_story(ledger, 8, 500);
  ErrorIndex index(kBlockRows);
  for (auto const& entry : ledger.entries) index.apply(entry);
  Bytes const bytes = saved(index);
  ErrorIndex again(kBlockRows);
  ASSERT_TRUE(again.load(bytes));
  EXPECT_EQ(saved(again), bytes);
  for (Listed const& one : errors_in(ledger, ledger.durable))
    for (ErrorQuery const& query : queries_about(one))
      EXPECT_EQ(all_of(again, query), all_of(index, query));
}

// Whatever was saved may come back cut or changed; it is refused, and nothing else happens.
TEST(ErrorIndex, ReadsAnyBytesWithoutHarm) {
  ErrorIndex index(kBlockRows);
  for (std::int64_t seq = 0; seq < 20; ++seq)
    index.apply(error_at(seq, ErrorClass::infra_storage, "disk", TenantId("acme")));
  Bytes const bytes = saved(index);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ErrorIndex again(kBlockRows);
    EXPECT_FALSE(again.load(ByteView(bytes).first(length))) << length;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes changed = bytes;
    changed[at] ^= 0xff;
    ErrorIndex again(kBlockRows);
    if (again.load(changed)) {
      EXPECT_LE(all_of(again, {.component = "disk"}).size(), 20u);
    }
  }
}

}  // namespace
}  // namespace tally::projections::testing
