#include "server/wiring/event_counts.h"

#include <gtest/gtest.h>

#include "metrics/exposition.h"

namespace tally::wiring {
namespace {

constexpr Instant kSubmitted{1'767'225'600'000'000};

bool has_line(metrics::Registry const& registry, std::string const& line) {
  return exposition(registry, metrics::Format::text).find("\n" + line + "\n") != std::string::npos;
}

domain::Recorded settled(domain::run::Phase phase, Micros overrun) {
  domain::run::Settled event;
  event.phase = phase;
  event.charge.overrun = overrun;
  domain::Recorded recorded;
  recorded.header.at = kSubmitted + seconds(3);
  recorded.event = domain::run::Events(event);
  return recorded;
}

TEST(EventCounts, SayHowLongARunTookFromItsSubmitToItsEnd) {
  metrics::Registry registry;
  domain::run::Row row;
  row.created_at = kSubmitted;
  row.phase = domain::run::Phase::succeeded;
  count_event(registry, settled(row.phase, Micros(0)), &row);
  EXPECT_TRUE(has_line(registry, R"(tally_run_duration_seconds_sum{status="succeeded"} 3)"));
  EXPECT_TRUE(
      has_line(registry, R"(tally_run_duration_seconds_bucket{status="succeeded",le="1"} 0)"));
  EXPECT_TRUE(
      has_line(registry, R"(tally_run_duration_seconds_bucket{status="succeeded",le="5"} 1)"));
  EXPECT_TRUE(has_line(registry, "tally_overruns_total 0"));
}

TEST(EventCounts, AddUpWhatRunsCostAboveTheirHolds) {
  metrics::Registry registry;
  for (int i = 0; i < 2; ++i)
    count_event(registry, settled(domain::run::Phase::failed, Micros(250'000)), nullptr);
  EXPECT_TRUE(has_line(registry, "tally_overruns_total 2"));
  EXPECT_TRUE(has_line(registry, "tally_overrun_usd_total 0.5"));
  EXPECT_TRUE(has_line(registry, R"(tally_run_duration_seconds_count{status="failed"} 0)"));
}

TEST(EventCounts, GiveAReconcileTypeThatNobodyKnowsNoSeriesOfItsOwn) {
  metrics::Registry registry;
  domain::Recorded recorded;
  for (auto type : {"damaged_receipt_audit", "of_a_later_version"}) {
    domain::run::AuditRequired event;
    event.reconcile_type = type;
    recorded.event = domain::run::Events(event);
    count_event(registry, recorded, nullptr);
  }
  std::string const name = R"(log_entries_total{severity="CRITICAL",reconcile_type=)";
  EXPECT_TRUE(has_line(registry, name + "\"damaged_receipt_audit\"} 1"));
  EXPECT_TRUE(has_line(registry, name + "\"(other)\"} 1"));
}

}  // namespace
}  // namespace tally::wiring
