// Names, bounds and text of our own numbers.

#include <gtest/gtest.h>

#include <thread>

#include "base/page_fixture.h"
#include "metrics/exposition.h"
#include "metrics/naming.h"

namespace tally::metrics {
namespace {

static_assert(std::ranges::all_of(kTable.rows(), is_well_named));
static_assert(are_in_order(kTable.rows()));

bool has_line(std::string const& text, std::string const& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

std::size_t count_of(std::string const& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string shown(Registry const& registry) { return exposition(registry, Format::text); }

TEST(Naming, RefusesWhatPromtoolWouldWarnOf) {
  Row const good{.name = "jobs_total", .help = "Jobs.", .type = Type::counter, .unit = ""};
  EXPECT_TRUE(is_well_named(good));
  auto const with = [&](auto change) {
    Row row = good;
    change(row);
    return is_well_named(row);
  };
  EXPECT_FALSE(with([](Row& row) { row.name = "jobs"; }));
  EXPECT_FALSE(with([](Row& row) { row.name = "Jobs_total"; }));
  EXPECT_FALSE(with([](Row& row) { row.type = Type::gauge; }));
  EXPECT_FALSE(with([](Row& row) { row.help = ""; }));
  EXPECT_FALSE(with([](Row& row) { row.help = "Jobs\n."; }));
  EXPECT_FALSE(with([](Row& row) { row.unit = "seconds"; }));
  EXPECT_FALSE(with([](Row& row) { row.type = Type::histogram; }));
  EXPECT_FALSE(
      with([](Row& row) { row = {.name = "x_count", .help = "X.", .type = Type::gauge}; }));
  EXPECT_FALSE(with([](Row& row) {
    row.label_count = 1;
    row.labels[0].name = "le";
  }));
}

TEST(Registry, AddsUpWhatThreadsCount) {
  Registry registry;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) registry.add(kTable.reconciles, 1, "again");
      registry.add(kTable.overrun, Micros(1));
    });
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(has_line(shown(registry), "tally_reconciles_total{outcome=\"again\"} 20000"));
  EXPECT_TRUE(has_line(shown(registry), "tally_overrun_usd_total 0.00002"));
}

TEST(Registry, ShowsCountersOfKnownWordsBeforeTheFirstEvent) {
  auto const text = shown(Registry());
  EXPECT_TRUE(has_line(text, "tally_overruns_total 0"));
  EXPECT_TRUE(has_line(text, "tally_reconciles_total{outcome=\"audit\"} 0"));
  EXPECT_TRUE(has_line(
      text, "log_entries_total{severity=\"CRITICAL\",reconcile_type=\"no_receipt_audit\"} 0"));
  EXPECT_TRUE(has_line(text, "tally_run_duration_seconds_count{status=\"failed\"} 0"));
  EXPECT_EQ(text.find("tally_disk_free_bytes "), text.find("tally_disk_free_bytes Bytes"));
}

TEST(Registry, TakesNoTextOfARequestForALabel) {
  Registry registry({.routes = {"/v1/runs", "/v1/runs/{id}"}, .codes = {"not_found"}});
  registry.add(kTable.http_requests, 1, ByMethod::Value::of("BREW"), "/v1/runs/run_1", 1000);
  registry.add(kTable.http_requests, 1, "GET", "/v1/runs/{id}", 200);
  registry.raise_to(kTable.refusals, 3, "made_up");
  auto const text = shown(registry);
  EXPECT_TRUE(
      has_line(text, "http_requests_total{method=\"other\",route=\"other\",status=\"(other)\"} 1"));
  EXPECT_TRUE(has_line(
      text, "http_requests_total{method=\"GET\",route=\"/v1/runs/{id}\",status=\"200\"} 1"));
  EXPECT_TRUE(has_line(text, "tally_refusals_total{code=\"(other)\"} 3"));
  EXPECT_EQ(text.find("run_1"), std::string::npos);
}

TEST(Registry, KeepsSumsExactPastALabelsBound) {
  Registry registry;
  std::vector<std::tuple<Micros, TenantId>> rows;
  for (std::size_t i = 0; i < ByTenant::kMax + 5; ++i)
    rows.emplace_back(Micros(1), TenantId("t" + std::to_string(i)));
  registry.replace(kTable.tenant_held, rows);
  auto const text = shown(registry);
  EXPECT_EQ(count_of(text, "tally_tenant_held_usd{"), ByTenant::kMax + 1);
  EXPECT_TRUE(has_line(text, "tally_tenant_held_usd{tenant=\"(other)\"} 0.000005"));
}

TEST(Registry, ForgetsTheSeriesThatAReplacementLeavesOut) {
  Registry registry;
  registry.replace(kTable.tenant_held, {{Micros(2'500'000), TenantId("a")}});
  EXPECT_TRUE(has_line(shown(registry), "tally_tenant_held_usd{tenant=\"a\"} 2.5"));
  registry.replace(kTable.tenant_held, {{Micros(-1), TenantId("b")}});
  auto const text = shown(registry);
  EXPECT_EQ(text.find("tenant=\"a\""), std::string::npos);
  EXPECT_TRUE(has_line(text, "tally_tenant_held_usd{tenant=\"b\"} -0.000001"));
}

TEST(Registry, BoundsTheSeriesOfOneMetric) {
  Registry registry;
  for (std::size_t job = 0; job < 100; ++job)
    for (std::size_t tenant = 0; tenant < 100; ++tenant)
      registry.set(kTable.runs_without_worker, 1, JobName("j" + std::to_string(job)),
                   TenantId("t" + std::to_string(tenant)));
  EXPECT_EQ(count_of(shown(registry), "tally_runs_without_worker{"), Registry::kSeriesMax);
  for (int status = ByHttpStatus::kMin; status <= ByHttpStatus::kMax; ++status)
    for (auto method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
      registry.add(kTable.http_requests, 1, ByMethod::Value::of(method), "", status);
  EXPECT_EQ(count_of(shown(registry), "http_requests_total{"), Registry::kSeriesMax + 1);
  EXPECT_TRUE(has_line(shown(registry),
                       "http_requests_total{method=\"other\",route=\"other\",status=\"(other)\"} " +
                           std::to_string(500 * 5 - Registry::kSeriesMax)));
}

TEST(Exposition, CountsBucketsUpwardsAndEndsWithAllThereIs) {
  Registry registry({.routes = {"/health"}});
  auto const answered_in = [&](Duration took) {
    registry.observe(kTable.http_request_duration, took, "GET", "/health");
  };
  answered_in(milliseconds(1));  // a bound belongs to its bucket
  answered_in(microseconds(1001));
  answered_in(seconds(3600));
  auto const text = shown(registry);
  std::string const of = "{method=\"GET\",route=\"/health\"";
  std::string const name = "http_request_duration_seconds";
  EXPECT_TRUE(has_line(text, "# TYPE " + name + " histogram"));
  EXPECT_TRUE(has_line(text, name + "_bucket" + of + ",le=\"0.001\"} 1"));
  EXPECT_TRUE(has_line(text, name + "_bucket" + of + ",le=\"0.0025\"} 2"));
  EXPECT_TRUE(has_line(text, name + "_bucket" + of + ",le=\"30\"} 2"));
  EXPECT_TRUE(has_line(text, name + "_bucket" + of + ",le=\"+Inf\"} 3"));
  EXPECT_TRUE(has_line(text, name + "_sum" + of + "} 3600.002001"));
  EXPECT_TRUE(has_line(text, name + "_count" + of + "} 3"));
  EXPECT_NE(exposition(registry, Format::openmetrics).find(",le=\"30.0\"}"), std::string::npos);
}

TEST(Exposition, SaysWhatAMetricIsOnce) {
  auto const text = shown(Registry());
  for (Row const& row : kTable.rows()) {
    EXPECT_EQ(count_of(text, "# HELP " + std::string(row.name) + " "), 1u) << row.name;
    EXPECT_EQ(count_of(text, "# TYPE " + std::string(row.name) + " "), 1u) << row.name;
  }
  EXPECT_EQ(text.find("# UNIT"), std::string::npos);
}

TEST(Exposition, DiffersByFormatAsTheirSpecificationsSay) {
  Registry registry({.routes = {"a\"b\\c\nd"}});
  registry.add(kTable.http_requests, 1, "GET", "a\"b\\c\nd", 200);
  auto const text = shown(registry);
  EXPECT_TRUE(has_line(text, "# TYPE http_requests_total counter"));
  EXPECT_NE(text.find("route=\"a\\\"b\\\\c\\nd\""), std::string::npos);
  EXPECT_EQ(text.find("# EOF"), std::string::npos);
  auto const open = exposition(registry, Format::openmetrics);
  EXPECT_TRUE(has_line(open, "# TYPE http_requests counter"));
  EXPECT_TRUE(has_line(open, "# UNIT tally_overrun_usd usd"));
  EXPECT_TRUE(open.ends_with("# EOF\n"));
}

TEST(Page, HasTheTableAsItIs) {
  pages::expect_on_page("docs/formats/metrics.md", table_of_metrics(), "metrics_test");
}

}  // namespace
}  // namespace tally::metrics
