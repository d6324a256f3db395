#include <gtest/gtest.h>

#include <set>

#include "wire/admin_messages.h"
#include "wire/budget_messages.h"
#include "wire/evidence_messages.h"
#include "wire/from_json.h"
#include "wire/idempotency_key.h"
#include "wire/ops_messages.h"
#include "wire/problem.h"
#include "wire/problem_catalog.h"
#include "wire/schema.h"
#include "wire/to_json.h"
#include "wire/work_messages.h"

namespace tally::wire {
namespace {

json::Value parsed(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : json::Value();
}

template <class T>
std::vector<FieldError> errors_of(std::string_view text) {
  auto read = from_json<T>(parsed(text), Strictness::strict);
  return read ? std::vector<FieldError>{} : read.error();
}

std::vector<std::string> pointers(std::vector<FieldError> const& errors) {
  std::vector<std::string> all;
  for (auto const& error : errors) all.push_back(error.pointer);
  return all;
}

template <class T>
void expect_round_trip(T const& message) {
  std::string const text = to_json(message);
  auto const again = from_json<T>(parsed(text), Strictness::strict);
  ASSERT_TRUE(again.has_value()) << again.error()[0].pointer << again.error()[0].detail;
  EXPECT_EQ(*again, message) << text;
}

TEST(SubmitRequestReader, ReadsTheBodyOfTheContract) {
  auto const read = from_json<SubmitRequest>(
      parsed(R"({"job":"log-patterns","input":{"a":[1,2]},"max_cost_usd":"0.0500",)"
             R"("timeout_s":30,"labels":{"team":"x"}})"),
      Strictness::strict);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->job, JobName("log-patterns"));
  EXPECT_EQ(read->max_cost_usd, Micros(50'000));
  EXPECT_EQ(read->timeout_s, 30);
  EXPECT_EQ(read->labels.at("team"), "x");
  EXPECT_EQ(json::write(read->input), R"({"a":[1,2]})");
}

TEST(SubmitRequestReader, CollectsEverythingThatIsWrong) {
  auto const errors = errors_of<SubmitRequest>(
      R"({"job":"NO","max_cost_usd":"0.12345678","timeout_s":0,"labels":{"a":1}})");
  EXPECT_EQ(pointers(errors),
            (std::vector<std::string>{"/job", "/input", "/max_cost_usd", "/timeout_s", "/labels"}));
  EXPECT_NE(errors[2].detail.find("6 decimals"), std::string::npos);
  EXPECT_NE(errors[3].detail.find("1 to 86400"), std::string::npos);
}

TEST(SubmitRequestReader, SuggestsTheNearestNameForAnUnknownMember) {
  auto const errors =
      errors_of<SubmitRequest>(R"({"job":"j","input":1,"max_cost_usd":"1","timeout":5})");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].pointer, "/timeout");
  EXPECT_NE(errors[0].detail.find("\"timeout_s\""), std::string::npos);
}

TEST(SubmitRequestReader, NeverRepeatsALongUnknownNameOrAnyValue) {
  std::string const canary = "tk_0123456789abcdef0123456789abcdef0123456789abcdef";
  auto const errors = errors_of<SubmitRequest>(
      R"({"job":")" + canary + R"(X","input":1,"max_cost_usd":")" + canary + R"(","timeout_s":")" +
      canary + R"(",")" + canary + R"(":1,"labels":{")" + canary + canary + R"(":"v"}})");
  EXPECT_EQ(errors.size(), 5u);
  for (auto const& error : errors) {
    EXPECT_EQ((error.pointer + error.detail).find(canary), std::string::npos) << error.detail;
  }
}

TEST(SubmitRequestReader, HoldsEveryLimitOfLabelsAtItsEdge) {
  auto const body = [](std::size_t count, std::size_t key, std::size_t value) {
    std::string labels;
    for (std::size_t i = 0; i < count; ++i) {
      std::string name = std::to_string(i);
      name.resize(key, 'k');
      labels += (i ? ",\"" : "\"") + name + "\":\"" + std::string(value, 'v') + "\"";
    }
    return R"({"job":"j","input":null,"max_cost_usd":"1","labels":{)" + labels + "}}";
  };
  EXPECT_TRUE(errors_of<SubmitRequest>(body(16, 64, 256)).empty());
  EXPECT_FALSE(errors_of<SubmitRequest>(body(17, 64, 256)).empty());
  EXPECT_FALSE(errors_of<SubmitRequest>(body(1, 65, 256)).empty());
  EXPECT_FALSE(errors_of<SubmitRequest>(body(1, 64, 257)).empty());
}

TEST(SubmitRequestReader, CountsCharactersAndNotBytes) {
  std::string value;
  for (int i = 0; i < 256; ++i) value += "\u00e9";
  EXPECT_TRUE(errors_of<SubmitRequest>(
                  R"({"job":"j","input":1,"max_cost_usd":"1","labels":{"a":")" + value + "\"}}")
                  .empty());
}

TEST(SubmitRequestReader, RefusesAnAmountThatIsANumber) {
  auto const errors = errors_of<SubmitRequest>(R"({"job":"j","input":1,"max_cost_usd":0.05})");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].detail.find("as a string"), std::string::npos);
}

TEST(SubmitRequestReader, RefusesABodyThatIsNoObject) {
  auto const errors = errors_of<SubmitRequest>("[1]");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].pointer, "");
}

TEST(Reader, BoundsTheNumberOfErrors) {
  std::string body = "{";
  for (int i = 0; i < 100; ++i) body += "\"zzzzzzz" + std::to_string(i) + "\":1,";
  body.back() = '}';
  EXPECT_EQ(errors_of<GrantRequest>(body).size(), kFieldErrorsMax);
}

TEST(Reader, PassesOverUnknownMembersWhenLenient) {
  auto const document = parsed(R"({"amount_usd":"2.5","later":true})");
  EXPECT_FALSE(from_json<GrantRequest>(document, Strictness::strict).has_value());
  EXPECT_EQ(from_json<GrantRequest>(document, Strictness::lenient)->amount_usd, Micros(2'500'000));
}

TEST(Reader, RefusesAGrantOfNothing) {
  EXPECT_EQ(errors_of<GrantRequest>(R"({"amount_usd":"0"})")[0].detail, "must be more than zero");
}

TEST(Reader, NamesTheChoicesOfAWord) {
  auto const errors = errors_of<ModeRequest>(R"({"mode":"pause","reason":"r"})");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].detail, "must be one of normal, safe, stop, halt");
}

TEST(Reader, PointsIntoLists) {
  EXPECT_EQ(pointers(errors_of<LeaseRequest>(R"({"jobs":["ok","Not Ok"]})")),
            std::vector<std::string>{"/jobs/1"});
  EXPECT_EQ(pointers(errors_of<LeaseRequest>(R"({"jobs":[]})")), std::vector<std::string>{"/jobs"});
}

TEST(Messages, SurviveARoundTrip) {
  expect_round_trip(SubmitRequest{.job = JobName("j"),
                                  .input = json::Value(1),
                                  .max_cost_usd = Micros(5),
                                  .timeout_s = 3,
                                  .labels = {{"a", "b"}},
                                  .parent_run_id = RunId(7)});
  wire::Run run;
  run.run_id = RunId(1);
  run.status = "succeeded";
  run.job = JobName("j");
  run.receipt =
      Receipt{Micros(1), Micros(2), "completed", Micros(3), Micros(1), Micros(2), Micros(4), true};
  run.result = ResultRef{ContentRef(sha256(as_bytes("x"))), 3};
  expect_round_trip(run);
  expect_round_trip(Plan{PlanName("p"), Rate{1, 60}, "safe_mode", Micros(5)});
  expect_round_trip(Plan{PlanName("p"), std::nullopt, "count", std::nullopt});
  Problem problem;
  problem.code = "budget_exceeded";
  problem.correlation_id = *parse_correlation_id("000102030405060708090a0b0c0d0e0f");
  problem.errors = {{"/a", "is required"}};
  problem.money =
      MoneyDetails{"tenant", Micros(1), Micros(2), Micros(3), Micros(4), Micros(5), Micros(6)};
  expect_round_trip(problem);
  problem.money.reset();
  problem.errors.clear();
  expect_round_trip(problem);
}

TEST(Messages, WriteMembersInTheOrderOfTheContract) {
  SubmitAnswer answer;
  answer.run_id = RunId(1);
  answer.status = "queued";
  answer.job = JobName("j");
  auto const text = to_json(answer);
  EXPECT_TRUE(text.starts_with(
      R"({"run_id":"run_0000000000000001","status":"queued","job":"j",)"
      R"("cost":{"held_usd":"0.0000"},)"
      R"("budget":{"available_usd":"0.0000","held_usd":"0.0000","spent_usd":"0.0000"},"links":)"));
}

TEST(Schema, DescribesWhatTheReaderDemands) {
  Schemas schemas;
  auto const reference = schema_of<SubmitRequest>(schemas);
  EXPECT_EQ(*reference.find("$ref")->string(), "#/components/schemas/SubmitRequest");
  auto const& schema = schemas.at("SubmitRequest");
  EXPECT_EQ(json::write(*schema.find("required")), R"(["job","input","max_cost_usd"])");
  EXPECT_EQ(*schema.find("properties")->find("timeout_s")->find("maximum")->integer(), 86'400);
}

TEST(IdempotencyKey, IsTheSameQuotedOrBare) {
  EXPECT_EQ(*parse_idempotency_key("abc"), "abc");
  EXPECT_EQ(*parse_idempotency_key("\"abc\""), "abc");
  EXPECT_EQ(*parse_idempotency_key(R"("a\"b\\c")"), R"(a"b\c)");
}

TEST(IdempotencyKey, HasBetween1And255PrintableCharacters) {
  EXPECT_TRUE(parse_idempotency_key(std::string(255, 'k')).has_value());
  EXPECT_FALSE(parse_idempotency_key(std::string(256, 'k')).has_value());
  for (std::string_view bad :
       {"", "  ", "\"\"", "\"", "\"a", "\"a\\\"", "\"a\"b\"", "a\tb", "\xC3\xA9"})
    EXPECT_FALSE(parse_idempotency_key(bad).has_value()) << bad;
}

TEST(ProblemCatalog, SaysOfEachKindWhetherTheSameRequestMayBeSentAgain) {
  for (auto const& kind : problem_kinds()) {
    Retry const retry = retry_of(kind);
    if (kind.code == "halted")
      EXPECT_EQ(retry, Retry::never);
    else if (kind.status == 429 || kind.status == 503)
      EXPECT_EQ(retry, Retry::later) << kind.code;
    else if (kind.status == 402 || kind.status == 409 || kind.status == 422)
      EXPECT_EQ(retry, Retry::never) << kind.code;
    else
      EXPECT_EQ(retry, Retry::unsaid) << kind.code;
  }
}

TEST(Problem, IsReadBackWithItsMoneyOrItsStandstill) {
  Problem problem;
  problem.code = "budget_exceeded";
  problem.correlation_id = *parse_correlation_id("0af7651916cd43dd8448eb211c80319c");
  problem.money = MoneyDetails{"tenant:a", Micros(6), Micros(5), Micros(4),
                               Micros(3),  Micros(2), Micros(1)};
  auto read_back = [](Problem const& one) {
    auto const read = from_json<Problem>(*json::parse(to_json(one)), Strictness::lenient);
    EXPECT_TRUE(read) << to_json(one);
    return read.value_or(Problem());
  };
  EXPECT_EQ(read_back(problem), problem);
  problem.money.reset();
  EXPECT_EQ(read_back(problem), problem);
  problem.halt = HaltDetails{.mode = "stop",
                             .scope = "run:run_00000000000000ab",
                             .reason = "drill",
                             .since = Instant(1),
                             .run_id = RunId(0xAB),
                             .ends_by_itself = false};
  EXPECT_EQ(read_back(problem), problem);
}

TEST(ProblemCatalog, HasEachCodeOnceWithStatusAndHelp) {
  std::set<std::string_view> codes;
  for (auto const& kind : problem_kinds()) {
    EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
    EXPECT_GE(kind.status, 400);
    EXPECT_FALSE(kind.meaning.empty() || kind.remedy.empty()) << kind.code;
  }
  EXPECT_EQ(problem_kind("no such code").code, "internal");
}

}  // namespace
}  // namespace tally::wire
