#include "wire/parameters.h"

#include <gtest/gtest.h>

#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::wire {
namespace {

template <class P>
std::vector<std::string> faults_of(std::string_view query) {
  P message{};
  ParameterReader reader("/v1/runs", {}, query);
  P::fields(message, reader);
  std::vector<std::string> faults;
  for (FieldError const& error : reader.take()) faults.push_back(error.detail);
  return faults;
}

template <class P>
P read(std::string_view pattern, std::vector<std::string> const& segments, std::string_view query) {
  P message{};
  ParameterReader reader(pattern, segments, query);
  P::fields(message, reader);
  EXPECT_TRUE(reader.take().empty() && reader.is_there());
  return message;
}

using Faults = std::vector<std::string>;

TEST(Parameters, OfAQueryAreKnownAndEachIsThereOnce) {
  EXPECT_EQ(faults_of<RunListParameters>(""), Faults{});
  EXPECT_EQ(faults_of<RunListParameters>("status=queued&limit=5&label=a%3Db+c&cursor=7"), Faults{});
  EXPECT_EQ(faults_of<RunListParameters>("limt=5"),
            Faults{"the query has an unknown parameter; did you mean limit?"});
  EXPECT_EQ(faults_of<RunListParameters>("secret=5"),
            Faults{"the query has an unknown parameter; known are: status, label, "
                   "tenant, limit, cursor"});
  EXPECT_EQ(faults_of<Nothing>("secret=5"),
            Faults{"the query has an unknown parameter; this path takes none"});
  for (auto const* broken : {"limit=1&limit=1", "limit=%4", "limit=%zz"})
    EXPECT_EQ(faults_of<RunListParameters>(broken),
              Faults{"the query parameter limit is given twice or is not percent-encoded "
                     "correctly"});
}

TEST(Parameters, OfAQueryAreWithinTheirBounds) {
  EXPECT_EQ(faults_of<RunListParameters>("limit=0"),
            Faults{"the query parameter limit must be 1 to 200"});
  EXPECT_EQ(faults_of<RunListParameters>("limit=ten&label=x"),
            (Faults{"the query parameter label must be NAME=VALUE",
                    "the query parameter limit must be an integer"}));
  EXPECT_EQ(faults_of<SubmitParameters>("dry_run=yes"),
            Faults{"the query parameter dry_run must be true or false"});
  EXPECT_EQ(faults_of<RunListParameters>("status=done"),
            Faults{"the query parameter status must be one of queued, running, succeeded, failed, "
                   "expired, cancelled, audit_required"});
}

TEST(Parameters, AreReadFromPathAndQuery) {
  auto const run = read<RunParameters>("/v1/runs/{id}", {"run_00000000000000ff"}, "wait_s=3");
  EXPECT_EQ(run.id, RunId(255));
  EXPECT_EQ(run.wait_s, 3);
  auto const list = read<RunListParameters>("/v1/runs", {}, "label=team%3Dred&status=failed");
  EXPECT_EQ(list.label, (LabelFilter{"team", "red"}));
  EXPECT_EQ(list.status, RunStatus::failed);
  EXPECT_EQ(list.limit, 50);
  ParameterReader reader("/v1/runs/{id}", {"run_1"}, "");
  RunPath path{};
  RunPath::fields(path, reader);
  EXPECT_FALSE(reader.is_there());
}

TEST(Target, IsWhatTheReaderReads) {
  EXPECT_EQ(target_of(kGetRun.pattern, RunParameters{.id = RunId(255)}),
            "/v1/runs/run_00000000000000ff");
  EXPECT_EQ(target_of(kGetRun.pattern, RunParameters{.id = RunId(255), .wait_s = 3}),
            "/v1/runs/run_00000000000000ff?wait_s=3");
  EXPECT_EQ(target_of(kGetTenantBudget.pattern, TenantPath{TenantId("acme")}),
            "/v1/admin/tenants/acme/budget");
  RunListParameters const asked{.status = RunStatus::failed,
                                .label = LabelFilter{"a b", "c&d=e/\xC3\xA4"},
                                .tenant = TenantId("acme"),
                                .limit = 7,
                                .cursor = "12"};
  auto const target = target_of(kListRuns.pattern, asked);
  EXPECT_EQ(
      target,
      "/v1/runs?status=failed&label=a%20b%3Dc%26d%3De%2F%C3%A4&tenant=acme&limit=7&cursor=12");
  auto const again = read<RunListParameters>("/v1/runs", {}, target.substr(target.find('?') + 1));
  EXPECT_EQ(again.label, asked.label);
  EXPECT_EQ(again.tenant, asked.tenant);
  EXPECT_EQ(again.cursor, asked.cursor);
}

}  // namespace
}  // namespace tally::wire
