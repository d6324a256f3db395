#include "api/run_reading.h"

#include "api/admission.h"
#include "api/waiting.h"
#include "domain/system_tenant.h"
#include "views/submit_view.h"

namespace tally::api {

namespace {

domain::run::Submit const* submit_of(domain::Recorded const& recorded) {
  if (!recorded.snapshot) return nullptr;
  auto const* group = std::get_if<domain::run::Commands>(&recorded.snapshot->command);
  return group ? std::get_if<domain::run::Submit>(group) : nullptr;
}

void no_such_run(Exchange& x) { x.problem("not_found", "no run of yours has this id"); }

// A run that left memory, or is another tenant's, is told from its own events.
void with_archived(ExchangePtr const& x, RunId run,
                   std::function<void(domain::run::Row const&)> const& done) {
  auto const row = x->services.reader.run(run);
  bool const absent = !row && row.error().code == "not_found";
  if (absent || (row && !may_see_runs(*x, row->tenant))) return no_such_run(*x);
  if (!row) return x->storage_failed(row.error());
  done(*row);
}

}  // namespace

bool may_see_runs(Exchange const& x, TenantId const& tenant) {
  return tenant == x.caller().tenant ||
         (domain::is_system(tenant) && x.caller().may(KeyScope::ops_read));
}

wire::Labels labels_of(domain::Recorded const& submitted) {
  auto const* submit = submit_of(submitted);
  return submit == nullptr ? wire::Labels{} : submit->labels;
}

bool is_past_retention(Services const& services, domain::run::Row const& row) {
  return row.finished_at &&
         services.loop.now() - *row.finished_at >
             services.loop.directory()->settings.period(domain::setting::kRunRetention);
}

namespace {

views::RunExtras extras_of(Services& services, RunId run, domain::run::Row const& row) {
  views::RunExtras extras;
  if (auto const entry = services.reader.entry(row.submit_seq)) {
    extras.evidence = views::evidence_view(entry->recorded.header, entry->leaf_hash);
    extras.labels = labels_of(entry->recorded);
  }
  if (row.stderr_tail) {
    if (auto tail = read_stderr_tail(services, row)) extras.stderr_tail = std::move(*tail);
  }
  extras.waiting = waiting_of(services, run, row);
  return extras;
}

}  // namespace

wire::Run read_run_view(Services& services, RunId run, domain::run::Row const& row) {
  auto extras = extras_of(services, run, row);
  if (row.result) {
    if (auto const plain = read_result(services, row))
      extras.result_ref = ContentRef(sha256(as_bytes(*plain)));
  }
  return views::run_view(run, row, std::move(extras));
}

wire::Run read_listed_run(Services& services, RunId run, domain::run::Row const& row) {
  return views::run_view(run, row, extras_of(services, run, row));
}

Result<std::string> read_stderr_tail(Services& services, domain::run::Row const& row) {
  if (!row.stderr_tail) return fail("not_found", "the run left no stderr");
  TRY(entry, services.reader.entry(row.stderr_seq));
  return services.payloads.open(row.tenant, *row.stderr_tail, entry.enclosure);
}

Result<std::string> read_result(Services& services, domain::run::Row const& row) {
  if (!row.result) return fail("not_found", "the run has no result");
  if (row.result->blob) return services.payloads.open(row.tenant, *row.result, {});
  TRY(entry, services.reader.entry(row.result_seq));
  return services.payloads.open(row.tenant, *row.result, entry.enclosure);
}

void with_run(ExchangePtr const& x, RunId run, Duration wait,
              std::function<void(domain::run::Row const&)> done) {
  x->services.loop.read_run(
      x->caller().tenant, run, wait,
      [x, run, wait, done = std::move(done)](ledger::RunReading reading) {
        if (reading.fate != ledger::PostStatus::decided) return x->fate(reading.fate);
        x->later(TaskLane::read, [x, run, wait, done, row = std::move(reading.row)] {
          if (wait > Duration(0) && !is_still_admitted(*x)) return;
          auto const unless_gone = [&](domain::run::Row const& found) {
            if (is_past_retention(x->services, found)) return x->problem("run_gone");
            done(found);
          };
          if (row) return unless_gone(*row);
          with_archived(x, run, unless_gone);
        });
      });
}

}  // namespace tally::api
