#include "audit/books.h"

#include "audit/ledger_fixture.h"
#include "domain/workload_fixture.h"

namespace tally::audit::testing {
namespace {

codec::Entry entry_of(domain::Recorded recorded) {
  codec::Entry entry;
  entry.recorded = std::move(recorded);
  return entry;
}
// What the books say of a history: fine, or the first error.
std::string booked(std::vector<domain::Recorded> const& history, Books& books) {
  for (domain::Recorded const& recorded : history)
    if (auto const entered = books.enter(entry_of(recorded)); !entered)
      return entered.error().detail;
  return "fine";
}
template <class Change>
std::string booked_forged(Change change) {
  World const world = paid_world();
  auto const seq = seq_of<domain::run::Events, domain::run::Settled>(world.history);
  Books books;
  auto const said = booked(
      forged(world.history, seq,
             [&](domain::Recorded& recorded) {
               change(event_of<domain::run::Events, domain::run::Settled>(recorded).postings);
             }),
      books);
  EXPECT_NE(said.find("event " + std::to_string(seq)), std::string::npos) << said;
  return said;
}

TEST(Books, AgreeWithTheStateAfterAnyHistory) {
  for (std::uint64_t const seed : {11u, 12u}) {
    Workload load(seed);
    Books books;
    std::size_t entered = 0;
    for (int i = 0; i < 4000; ++i) {
      load.step();
      for (; entered < load.world.history.size(); ++entered)
        ASSERT_TRUE(books.enter(entry_of(load.world.history[entered])));
      ASSERT_TRUE(books.compare(load.world.state)) << i;
    }
    EXPECT_GT(entered, 1000u);
  }
}

TEST(Books, FindPostingsThatDoNotSumToZero) {
  auto const said = booked_forged([](domain::Postings& postings) {
    postings[1].delta = postings[1].delta + Micros(1);
    postings[1].balance = postings[1].balance + Micros(1);
  });
  EXPECT_TRUE(said.ends_with(" sum to 1")) << said;
}

TEST(Books, FindABalanceThatThePostingsDoNotAddUpTo) {
  auto const said = booked_forged(
      [](domain::Postings& postings) { postings[1].balance = postings[1].balance - Micros(3); });
  EXPECT_NE(said.find("the postings say"), std::string::npos) << said;
}

TEST(Books, FindADroppedPosting) {
  booked_forged([](domain::Postings& postings) { postings.pop_back(); });
}

TEST(Books, FindAStateThatSaysSomethingElse) {
  World world = paid_world();
  Books books;
  ASSERT_EQ(booked(world.history, books), "fine");
  auto& spent = world.state.tenants.edit(kAcme).balances.of(domain::AccountKind::spent);
  spent = spent + Micros(1);
  auto const compared = books.compare(world.state);
  ASSERT_FALSE(compared);
  EXPECT_EQ(compared.error().detail,
            "spent of tenant acme is 1021 in the state and 1020 in the books");
}

TEST(Books, FindMoneyOfATenantThatNeverWasPostedTo) {
  World world = paid_world();
  Books const empty;
  EXPECT_FALSE(empty.compare(world.state));
}

}  // namespace
}  // namespace tally::audit::testing
