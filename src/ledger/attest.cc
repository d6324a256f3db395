#include "ledger/attest.h"

#include <fmt/format.h>

namespace tally::ledger {

namespace {

Result<Attested> pass(ports::Disk& ledger, Snapshots& snapshots, AttestOptions const& options) {
  Attested attested;
  audit::Asked asked{.vkey = options.vkey,
                     .progress = options.progress,
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

Result<Attested> attest(ports::Disk& ledger, Snapshots& snapshots, AttestOptions const& options) {
  TRY(attested, pass(ledger, snapshots, options));
  if (attested.report.ok || options.reach == Reach::whole) return attested;
  AttestOptions whole_ledger = options;
  whole_ledger.reach = Reach::whole;
  TRY(whole, pass(ledger, snapshots, whole_ledger));
  if (whole.report.ok) whole.tail_differed = attested.report.what;
  return whole;
}

}  // namespace tally::ledger
