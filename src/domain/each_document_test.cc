#include "domain/each_document.h"

#include <gtest/gtest.h>

#include "domain/words_fixture.h"

namespace tally::domain {
namespace {

Document document(std::string_view content) { return testing::enclosure(content); }

std::vector<std::string> digests_in(auto const& of) {
  std::vector<std::string> digests;
  each_document(of, [&](Document const& one) { digests.push_back(one.digest); });
  return digests;
}
std::vector<std::string> digests_of(std::vector<std::string_view> const& contents) {
  std::vector<std::string> digests;
  for (auto const content : contents) digests.push_back(document(content).digest);
  return digests;
}

TEST(EachDocument, FindsTheInputOfARun) {
  run::Submitted submitted;
  submitted.input = document("input");
  EXPECT_EQ(digests_in(Event(run::Events(submitted))), digests_of({"input"}));
}

TEST(EachDocument, FindsAllThatAnEventHas) {
  run::Settled settled;
  EXPECT_EQ(digests_in(Event(run::Events(settled))), digests_of({}));
  settled.stderr_tail = document("stderr");
  settled.result = document("result");
  EXPECT_EQ(digests_in(Event(run::Events(settled))), digests_of({"result", "stderr"}));
}

// The command will be decided when people have signed, and needs its input then.
TEST(EachDocument, FindsThoseOfACommandThatIsPostponed) {
  run::Submit submit;
  submit.input = document("input");
  EXPECT_EQ(digests_in(Command(run::Commands(submit))), digests_of({"input"}));
  approval::Proposed proposed;
  proposed.row.command = Command(run::Commands(submit));
  EXPECT_EQ(digests_in(Event(approval::Events(proposed))), digests_of({"input"}));
}

TEST(EachDocument, FindsNoneWhereTheInputWasRefused) {
  EXPECT_EQ(digests_in(Event(run::Events(run::Refused()))), digests_of({}));
  EXPECT_EQ(digests_in(Event(run::Events(run::Started()))), digests_of({}));
}

}  // namespace
}  // namespace tally::domain
