#pragma once

// A ledger as projections see it, and a list of its errors that is made without any index.

#include "domain/error/finding.h"
#include "domain/workload_fixture.h"
#include "ports/hand_clock_fixture.h"
#include "ports/memory_disk_fixture.h"
#include "projections/error_index.h"
#include "projections/projector.h"

namespace tally::projections::testing {

using ports::testing::MemoryDisk;

inline Digest leaf_hash_of(std::int64_t seq, std::string_view history) {
  return sha256(as_bytes(std::string(history) + std::to_string(seq)));
}

inline codec::Entry entry_of(domain::Recorded const& recorded, std::string_view history = "one") {
  return {.recorded = recorded,
          .leaf_hash = leaf_hash_of(recorded.header.seq, history),
          .leaf = {},
          .enclosure = {}};
}

// An error of this class, for lists of many.
inline codec::Entry error_at(std::int64_t seq, ErrorClass error_class, std::string component,
                             std::optional<TenantId> subject = {}) {
  domain::error::Recorded error;
  error.component = std::move(component);
  error.error_class = error_class;
  error.layer = may_emit(Layer::L4, error_class) ? Layer::L4 : Layer::L6;
  error.subject = std::move(subject);
  domain::Recorded recorded;
  recorded.event = domain::error::Events(error);
  recorded.header.seq = seq;
  recorded.header.at = Instant(1'000 * seq);
  return entry_of(recorded);
}

// What is durable, and a projector's world on it.
struct Ledger {
  std::vector<codec::Entry> entries;
  std::int64_t durable = 0;
  std::optional<Error> unreadable;
  LedgerId id{7};
  MemoryDisk disk;
  ports::testing::HandClock clock;
  std::vector<Error> faults;

  ProjectorWorld world() {
    return {.disk = disk,
            .clock = clock,
            .ledger = id,
            .each = [this](std::int64_t from, auto const& take) -> Result<std::int64_t> {
              if (unreadable) return tl::unexpected<Error>(*unreadable);
              for (; from < durable; ++from) {
                TRY(go_on, take(entries[static_cast<std::size_t>(from)]));
                if (!go_on) return from + 1;
              }
              return from;
            },
            .size = [this] { return durable; },
            .wake = {},
            .fault = [this](Error const& why) { faults.push_back(why); }};
  }
};

// What an error is listed by; in the order of the ledger, as somebody counts who has no index.
struct Listed {
  std::int64_t seq = 0;
  Instant at;
  ErrorClass error_class = ErrorClass::system_internal;
  std::string component;
  Layer layer = Layer::L4;
  Severity severity = Severity::error;
  std::optional<TenantId> tenant;
  std::optional<CorrelationId> correlation;
  std::optional<RunId> run;
};

inline std::vector<Listed> errors_in(Ledger const& ledger, std::int64_t end) {
  std::vector<Listed> all;
  for (std::int64_t seq = 0; seq < end; ++seq) {
    auto const& recorded = ledger.entries[static_cast<std::size_t>(seq)].recorded;
    auto const finding = domain::error::finding_of(recorded.event);
    if (!finding) continue;
    all.push_back({.seq = seq,
                   .at = recorded.header.at,
                   .error_class = finding->error_class,
                   .component = finding->component,
                   .layer = finding->layer,
                   .severity = finding->severity,
                   .tenant = finding->subject ? finding->subject : recorded.header.tenant,
                   .correlation = recorded.header.correlation,
                   .run = finding->run ? finding->run : recorded.header.run});
  }
  return all;
}

inline bool fits(Listed const& one, ErrorQuery const& query) {
  return (!query.error_class || one.error_class == *query.error_class) &&
         (!query.family || family_of(one.error_class) == *query.family) &&
         (query.component.empty() || one.component == query.component) &&
         (!query.tenant || one.tenant == query.tenant) &&
         (!query.correlation || one.correlation == query.correlation) &&
         (!query.run || one.run == query.run) && (!query.layer || one.layer == *query.layer) &&
         one.severity >= query.least && (!query.from || one.at >= *query.from) &&
         (!query.to || one.at < *query.to) && (!query.before || one.seq < *query.before);
}

inline std::vector<std::int64_t> naive(std::vector<Listed> const& all, ErrorQuery const& query) {
  std::vector<std::int64_t> found;
  for (auto one = all.rbegin(); one != all.rend(); ++one)
    if (fits(*one, query)) found.push_back(one->seq);
  return found;
}

// Page after page.
inline std::vector<std::int64_t> all_of(ErrorIndex const& index, ErrorQuery query) {
  std::vector<std::int64_t> all;
  for (bool more = true; more;) {
    auto const page = index.find(query);
    EXPECT_LE(page.seqs.size(), query.limit);
    all.insert(all.end(), page.seqs.begin(), page.seqs.end());
    query.before = page.next;
    more = page.next.has_value();
  }
  return all;
}

// A few hundred events of every kind.
inline void tell_a_story(Ledger& ledger, std::uint64_t seed, std::size_t events) {
  domain::testing::Workload load(seed);
  while (load.world.history.size() < events) load.step();
  for (domain::Recorded const& recorded : load.world.history)
    ledger.entries.push_back(entry_of(recorded));
  ledger.durable = static_cast<std::int64_t>(ledger.entries.size());
}

}  // namespace tally::projections::testing
