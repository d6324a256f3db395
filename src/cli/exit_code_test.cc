#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include "domain/verdict.h"

namespace tally::cli {

TEST(ExitCode, OfAVerdictIsOneOfThoseThatHelpLists) {
  using domain::Verdict;
  auto const code_of = [](Verdict verdict) { return ExitCode{domain::exit_code_of(verdict)}; };
  EXPECT_EQ(code_of(Verdict::pass), ExitCode::yes);
  EXPECT_EQ(code_of(Verdict::warn), ExitCode::yes);
  EXPECT_EQ(code_of(Verdict::fail), ExitCode::no);
  EXPECT_EQ(code_of(Verdict::inconclusive), ExitCode::inconclusive);
  EXPECT_EQ(code_of(Verdict::error), ExitCode::failed);
  for (std::size_t i = 0; i < kExitCodes.size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(kExitCodes[i].first), i);
}

}  // namespace tally::cli
