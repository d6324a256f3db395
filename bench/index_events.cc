#include "bench/index_events.h"

#include <fmt/format.h>

namespace tally::bench {

namespace {

constexpr std::int64_t kStepsOfARun = 4;
constexpr std::int64_t kLag = 256;  // runs that are begun between two steps of one
constexpr std::int64_t kFirstWhole = (kStepsOfARun - 1) * kLag;  // the first run with all steps
constexpr std::uint64_t kTenants = 64;

// Ids are spread over all numbers, as in life.
RunId run_of(std::int64_t number) { return RunId(permute(1, static_cast<std::uint64_t>(number))); }

CorrelationId correlation_of(std::int64_t number) {
  CorrelationId::Rep bytes{};
  for (std::size_t i = 0; i < 2; ++i)
    put_u64(&bytes[8 * i], permute(2 + i, static_cast<std::uint64_t>(number)));
  return CorrelationId(bytes);
}

TenantId tenant_of(std::int64_t number) {
  return TenantId(fmt::format("tenant-{}", static_cast<std::uint64_t>(number) % kTenants));
}

bool is_checkpoint(std::int64_t seq) { return seq % 1'000 == 999; }
bool is_error(std::int64_t seq) { return seq % 1'000 == 499; }

std::int64_t run_number(std::int64_t seq) {
  return seq / kStepsOfARun + (kStepsOfARun - 1 - seq % kStepsOfARun) * kLag;
}

template <class Step>
domain::Event step_of(RunId run) {
  Step step;
  step.run = run;
  return domain::run::Events(std::move(step));
}

domain::Event end_of(RunId run, bool failed) {
  domain::run::Settled settled;
  settled.run = run;
  settled.phase = failed ? domain::run::Phase::failed : domain::run::Phase::succeeded;
  if (failed) settled.error_code = "timeout";
  return domain::run::Events(std::move(settled));
}

// Submit, lease, start and end of many runs that are under way at once; one in a hundred fails.
domain::Event step_of_run(std::int64_t seq, RunId run) {
  switch (seq % kStepsOfARun) {
    case 0:
      return step_of<domain::run::Submitted>(run);
    case 1:
      return step_of<domain::run::Leased>(run);
    case 2:
      return step_of<domain::run::Started>(run);
    default:
      return end_of(run, run_number(seq) % 100 == 0);
  }
}

domain::Recorded event_at(std::int64_t seq) {
  domain::Recorded recorded;
  recorded.header.actor = "key_0000000000000001";
  recorded.header.seq = seq;
  if (is_checkpoint(seq)) {
    recorded.event = domain::system::Events(domain::system::CheckpointSigned{});
    return recorded;
  }
  std::int64_t const number = run_number(seq);
  recorded.header.correlation = correlation_of(number);
  recorded.header.run = run_of(number);
  recorded.header.tenant = tenant_of(number);
  recorded.event = is_error(seq) ? domain::Event(domain::error::Events(domain::error::Recorded{}))
                                 : step_of_run(seq, *recorded.header.run);
  return recorded;
}

}  // namespace

std::vector<domain::Recorded> events_between(std::int64_t from, std::int64_t to) {
  std::vector<domain::Recorded> events;
  for (std::int64_t seq = from; seq < to; ++seq) events.push_back(event_at(seq));
  return events;
}

std::vector<marks::Mark> marks_of(std::span<domain::Recorded const> events) {
  std::vector<marks::Mark> marks;
  for (domain::Recorded const& one : events) {
    domain::Header const& header = one.header;
    if (header.correlation) marks.push_back({marks::key_of(*header.correlation), header.seq});
    if (header.run) marks.push_back({marks::key_of(*header.run), header.seq});
    auto const* run = std::get_if<domain::run::Events>(&one.event);
    if (run != nullptr && std::holds_alternative<domain::run::Submitted>(*run))
      marks.push_back({marks::key_of(*header.tenant), header.seq});
  }
  return marks;
}

bool has_whole_runs(std::int64_t events) { return events / kStepsOfARun > kFirstWhole; }

WholeRun whole_run(std::uint64_t choice, std::int64_t events) {
  auto const choices = static_cast<std::uint64_t>(events / kStepsOfARun - kFirstWhole);
  std::int64_t const number = kFirstWhole + static_cast<std::int64_t>(choice % choices);
  std::int64_t const last = number * kStepsOfARun + kStepsOfARun - 1;
  return {.run = run_of(number),
          .first = (number - kFirstWhole) * kStepsOfARun,
          .events = is_checkpoint(last) ? 3u : 4u};
}

}  // namespace tally::bench
