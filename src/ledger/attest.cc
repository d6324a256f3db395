#include "ledger/attest.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::ledger {

namespace {

constexpr std::int64_t kLookBackStep = 256;     // events
constexpr std::int64_t kLookBackMost = 65'536;  // some seconds of the busiest server

Result<Attested> pass(ports::Disk& ledger, Snapshots& snapshots, AttestOptions const& options) {
  Attested attested;
  audit::VerifyOptions asked{.vkey = options.vkey,
                             .progress = options.progress,
                             .beside = audit::Beside::a_writer,
                             .until = options.acknowledged,
                             .from = {},
                             .keep_at = options.checkpointed,
                             .keep = [&](audit::Basis const& basis) {
                               attested.saved = snapshots.save(basis);
                               if (attested.saved) attested.snapshot = basis.tree.size();
                             }};
  if (options.reach == Reach::tail)
    asked.from = [&]() -> Result<audit::Basis> { return snapshots.newest(); };
  TRY(report, audit::verify(ledger, asked));
  if (report.ok && report.events < options.acknowledged) {
    report.ok = false;
    report.bad_seq = report.events;
    report.what = fmt::format("the ledger ends after {} events; {} were acknowledged",
                              report.events, options.acknowledged);
  }
  attested.report = std::move(report);
  return attested;
}

}  // namespace

Result<domain::system::CheckpointSigned> covered_checkpoint(Reader const& reader) {
  TRY(last, reader.last_checkpoint());
  std::int64_t const least = std::max<std::int64_t>(last.size - kLookBackMost, 0);
  for (std::int64_t to = last.size; to > least;) {
    std::int64_t const from = std::max<std::int64_t>(to - kLookBackStep, 0);
    TRY(found, reader.entries(from, static_cast<std::size_t>(to - from)));
    for (auto entry = found.rbegin(); entry != found.rend(); ++entry)
      if (auto const* checkpoint = domain::checkpoint_in(entry->recorded.event)) return *checkpoint;
    to = from;
  }
  return fail("not_found", "no checkpoint is covered by a later one");
}

Result<Attested> attest(ports::Disk& ledger, Snapshots& snapshots, AttestOptions const& options) {
  TRY(attested, pass(ledger, snapshots, options));
  if (attested.report.ok || options.reach == Reach::whole) return attested;
  AttestOptions whole_ledger = options;
  whole_ledger.reach = Reach::whole;
  TRY(whole, pass(ledger, snapshots, whole_ledger));
  audit::Report const& tail = attested.report;
  if (whole.report.ok)
    whole.tail_differed =
        tail.bad_seq ? fmt::format("event {}: {}", *tail.bad_seq, tail.what) : tail.what;
  return whole;
}

std::optional<ports::Collected> collect_documents(audit::Report const& report, ports::Blobs& blobs,
                                                  Instant put_before,
                                                  std::function<bool()> const& go_on) {
  bool const read_all = report.ok && report.begin == 0;
  if (!read_all) return std::nullopt;
  return blobs.collect(report.blobs, put_before, go_on);
}

}  // namespace tally::ledger
