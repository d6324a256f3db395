// The published schema says what the reader takes, no more and no less.

#include "wire/schema.h"

#include <gtest/gtest.h>

#include <regex>

#include "wire/admin_messages.h"
#include "wire/budget_messages.h"
#include "wire/from_json.h"
#include "wire/key_messages.h"
#include "wire/ops_messages.h"
#include "wire/work_messages.h"

namespace tally::wire {
namespace {

template <class T>
bool reads(std::string const& text, Rule const& rule) {
  Reading reading(Strictness::strict);
  T into{};
  read_any(reading, json::Value(std::string_view(text)), "", rule, into);
  return reading.take().empty();
}

template <class T>
bool fits(std::string const& text, Rule const& rule) {
  Schemas schemas;
  auto const schema = schema_of<T>(schemas, rule);
  auto const* most = schema.find("maxLength");
  bool const short_enough = most == nullptr || std::ssize(text) <= *most->integer();
  return short_enough && std::regex_match(text, std::regex(*schema.find("pattern")->string()));
}

template <class T>
void expect_agreement(std::vector<std::string> const& texts, Rule const& rule = {}) {
  for (std::string const& text : texts)
    EXPECT_EQ(fits<T>(text, rule), reads<T>(text, rule)) << '"' << text << '"';
}

std::vector<std::string> amounts() {
  std::vector<std::string> texts{"",         "0",   "0.0", "1",          "-1",          "-0.0500",
                                 "+1",       ".5",  "5.",  "1.123456",   "1.1234567",   "1e3",
                                 "0.000001", "1,5", " 1",  "0000000001", "00000000001", "1.5.5"};
  for (std::size_t decimals : {53u, 54u, 60u, 62u, 63u})
    texts.push_back("0." + std::string(decimals, '1'));
  texts.push_back("123." + std::string(60, '1'));
  texts.push_back("123." + std::string(61, '1'));
  return texts;
}

TEST(Schema, TakesTheAmountsThatTheReaderTakes) {
  expect_agreement<Micros>(amounts());
  expect_agreement<Micros>(amounts(), {.min = 1});
  expect_agreement<SaidCost>(amounts());
}

TEST(Schema, TakesTheNamesAndIdsThatTheReaderTakes) {
  expect_agreement<JobName>({"a", "a.b", ".", "..", "...", "A", "", "a b", std::string(65, 'a')});
  expect_agreement<CorrelationId>({std::string(32, '0'), std::string(32, 'a'), "ab"});
}

// The members without which an empty object is refused.
template <class T>
void expect_required() {
  Schemas schemas;
  (void)schema_of<T>(schemas);
  auto const* required = schemas.at(std::string(T::kName)).find("required");
  std::vector<std::string> asked;
  if (required != nullptr)
    for (auto const& one : *required->array()) asked.push_back("/" + *one.string());
  std::vector<std::string> missed;
  auto const read = from_json<T>(json::Value(json::Object{}), Strictness::strict);
  if (!read)
    for (FieldError const& one : read.error()) missed.push_back(one.pointer);
  EXPECT_EQ(asked, missed) << T::kName;
}

TEST(Schema, RequiresOfARequestWhatTheReaderRequires) {
  expect_required<SubmitRequest>();
  expect_required<Plan>();
  expect_required<TenantRequest>();
  expect_required<PersonRequest>();
  expect_required<KeyRequest>();
  expect_required<GrantRequest>();
  expect_required<ModeRequest>();
  expect_required<ResolutionRequest>();
  expect_required<QuorumRequest>();
  expect_required<LeaseRequest>();
  expect_required<CompleteRequest>();
  expect_required<FailRequest>();
}

}  // namespace
}  // namespace tally::wire
