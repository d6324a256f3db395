#include "server/log.h"

#include <gtest/gtest.h>

#include <semaphore>

#include "json/value.h"
#include "ledger/hand_ports_fixture.h"

namespace tally::server {
namespace {

struct Written {
  std::vector<json::Value> lines() const {
    std::vector<json::Value> documents;
    for (auto const& text : texts) documents.push_back(*json::parse(text));
    return documents;
  }
  std::vector<std::string> texts;
  ledger::testing::HandClock clock;
  ledger::testing::SeededEntropy entropy;
};

wiring::ErrorNotice told() {
  wiring::ErrorNotice one;
  one.error.component = "api";
  one.error.context = {{"route", "GET /x"}};
  one.error.message = "it broke";
  one.internal = "/srv/data: errno 5";
  return one;
}

TEST(Log, LeavesNoLineWithoutACorrelation) {
  Written written;
  {
    Log log(written.clock, written.entropy,
            [&](auto const& line) { written.texts.push_back(line); });
    log.write({.message = "stopping"});
    log.write({.message = "said", .run = RunId(7), .correlation = CorrelationId({1})});
    log.write(told());
    auto traced = told();
    traced.correlation = CorrelationId({2});
    log.write(traced);
  }
  auto const lines = written.lines();
  ASSERT_EQ(lines.size(), 4u);
  for (auto const& line : lines) {
    EXPECT_EQ(line.find("correlation_id")->string()->size(), 32u);
    for (auto const* member : {"timestamp", "severity", "component", "message"})
      EXPECT_NE(line.find(member), nullptr) << member;
  }
  EXPECT_EQ(*lines[0].find("correlation_id"), *lines[2].find("correlation_id"));
  EXPECT_EQ(*lines[1].find("correlation_id")->string(), "01000000000000000000000000000000");
  EXPECT_EQ(*lines[3].find("correlation_id")->string(), "02000000000000000000000000000000");
  EXPECT_EQ(*lines[3].find("causes")->array()->at(0).string(), "/srv/data: errno 5");
}

// The reader of stderr hangs: whoever writes goes on, and later learns how much is missing.
TEST(Log, NeverMakesAWriterWait) {
  Written written;
  std::binary_semaphore reads(0);
  bool hangs = true;
  {
    Log log(written.clock, written.entropy, [&](auto const& line) {
      if (std::exchange(hangs, false)) reads.acquire();
      written.texts.push_back(line);
    });
    log.write({.message = "first"});
    for (std::size_t i = 0; i < 3 * kLogLinesMax; ++i) log.write({.message = "more"});
    reads.release();
  }
  EXPECT_LE(written.texts.size(), 2 * kLogLinesMax + 3);
  EXPECT_NE(written.texts.back().find("found no place"), std::string::npos);
}

}  // namespace
}  // namespace tally::server
