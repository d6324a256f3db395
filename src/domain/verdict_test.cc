#include "domain/verdict.h"

#include <gtest/gtest.h>

#include "base/closed_words.h"

namespace tally::domain {
namespace {

using Verdicts = std::vector<Verdict>;

RuleExplanation rule(Verdict verdict, RuleClass rule_class = RuleClass::blocker) {
  RuleExplanation made;
  made.rule = "a rule";
  made.verdict = verdict;
  made.rule_class = rule_class;
  return made;
}

Verdict of(std::vector<RuleExplanation> rules) {
  return Explanation{.rules = std::move(rules), .not_checked = {}}.verdict();
}

static_assert(Verdict() == Verdict::inconclusive);
static_assert(worst_of({}) == Verdict::inconclusive);

TEST(Verdict, IsInconclusiveUntilSomebodySaysOtherwise) {
  EXPECT_EQ(Verdict(), Verdict::inconclusive);
  EXPECT_EQ(RuleExplanation().verdict, Verdict::inconclusive);
  EXPECT_EQ(RuleExplanation().rule_class, RuleClass::blocker);
  EXPECT_EQ(Verdicts(3)[1], Verdict::inconclusive);
  EXPECT_EQ(Explanation().verdict(), Verdict::inconclusive);
}

TEST(Verdict, HasFiveWordsFromTheBestToTheWorst) {
  auto const all = all_of(Verdict());
  EXPECT_TRUE(std::ranges::is_sorted(all));
  EXPECT_EQ(kWords<Verdict>, (std::array<std::string_view, 5>{"pass", "warn", "inconclusive",
                                                              "error", "fail"}));
  for (Verdict const one : all) EXPECT_EQ(parse_word<Verdict>(name_of(one)), one);
  EXPECT_EQ(parse_word<Verdict>("ok"), std::nullopt);
}

TEST(Verdict, LetsThroughOnlyPassAndWarn) {
  for (Verdict const one : all_of(Verdict()))
    EXPECT_EQ(lets_through(one), one == Verdict::pass || one == Verdict::warn) << name_of(one);
}

TEST(Verdict, OfSeveralIsTheWorstInAnyOrder) {
  for (Verdict const one : all_of(Verdict())) {
    for (Verdict const other : all_of(Verdict())) {
      EXPECT_EQ(worst_of(Verdicts{one, other}), std::max(one, other));
      EXPECT_EQ(worst_of(Verdicts{other, Verdict::pass, one}), std::max(one, other));
    }
    EXPECT_EQ(worst_of(Verdicts{one}), one);
  }
}

TEST(Verdict, TellsScriptsApartWhatBlocks) {
  EXPECT_EQ(exit_code_of(Verdict::pass), 0);
  EXPECT_EQ(exit_code_of(Verdict::warn), 0);
  EXPECT_EQ(exit_code_of(Verdict::fail), 1);
  EXPECT_EQ(exit_code_of(Verdict::inconclusive), 3);
  EXPECT_EQ(exit_code_of(Verdict::error), 4);
  for (Verdict const one : all_of(Verdict()))
    EXPECT_EQ(exit_code_of(one) == 0, lets_through(one)) << name_of(one);
}

TEST(Explanation, WithoutRulesPassesNothing) {
  Explanation nothing;
  nothing.not_checked = {"everything: no rule was given"};
  EXPECT_EQ(nothing.verdict(), Verdict::inconclusive);
}

TEST(Explanation, OfAdviceAlonePassesNothing) {
  EXPECT_EQ(of({rule(Verdict::pass, RuleClass::advisory)}), Verdict::inconclusive);
  EXPECT_EQ(of({rule(Verdict::pass, RuleClass::advisory), rule(Verdict::pass)}), Verdict::pass);
}

TEST(Explanation, TakesAdviceAsAWarningAtMost) {
  for (Verdict const one : all_of(Verdict()))
    EXPECT_EQ(of({rule(Verdict::pass), rule(one, RuleClass::advisory)}),
              one == Verdict::pass ? Verdict::pass : Verdict::warn);
}

TEST(Explanation, OfARuleWhoseEvidenceIsMissingIsNeverAYes) {
  EXPECT_EQ(of({rule(Verdict::pass), rule(Verdict::pass, RuleClass::missing)}),
            Verdict::inconclusive);
  EXPECT_EQ(of({rule(Verdict::fail, RuleClass::missing)}), Verdict::fail);
}

TEST(Explanation, CountsACrashedCheckAmongManyThatPassed) {
  std::vector<RuleExplanation> rules(20, rule(Verdict::pass));
  rules[11] = rule(Verdict::error, RuleClass::waivable);
  EXPECT_EQ(of(rules), Verdict::error);
  rules[3] = rule(Verdict());
  EXPECT_EQ(of(rules), Verdict::error);
  rules[19] = rule(Verdict::fail);
  EXPECT_EQ(of(rules), Verdict::fail);
}

}  // namespace
}  // namespace tally::domain
