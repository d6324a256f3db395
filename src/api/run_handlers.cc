// Reading, listing and cancelling runs. Another tenant's run is 404, like one that never was.

#include "api/handlers.h"
#include "api/run_reading.h"

namespace tally::api {

namespace {

constexpr std::int64_t kListDefault = 50;
constexpr std::size_t kListScanMax = 2000;  // runs looked at for one page of a filtered list

std::optional<RunId> run_in_path(Exchange& x) {
  auto const id = parse_id<RunId>(x.path.at(0));
  if (!id) x.problem("not_found", "no run of yours has this id");
  return id;
}

ports::HttpHeaders poll_hint(domain::run::Row const& row) {
  if (domain::run::is_final(row.phase)) return {};
  return {{"retry-after", "1"}};
}

struct Page {
  std::string status;
  std::size_t limit = 0;
  std::optional<std::int64_t> before;
};

// Walks back from the cursor until the page is full, the runs end, or enough was looked at.
Result<wire::RunList> page_of(Exchange& x, Page page) {
  auto& services = x.services;
  wire::RunList list;
  for (std::size_t looked = 0; looked < kListScanMax && list.runs.size() < page.limit;) {
    TRY(found, services.reader.index().runs_of(x.caller().tenant, page.before, page.limit));
    for (std::int64_t const seq : found) {
      if (list.runs.size() == page.limit) break;
      page.before = seq;
      ++looked;
      TRY(submitted, services.reader.entry(seq));
      if (!submitted.recorded.header.run)
        return fail("index_damaged", "the index names an event of no run");
      RunId const run = *submitted.recorded.header.run;
      TRY(row, services.reader.run(run));
      if (is_past_retention(services, row)) continue;
      if (page.status.empty() || page.status == domain::run::status_of(row.phase))
        list.runs.push_back(read_run_view(services, run, row));
    }
    if (found.size() < page.limit) {
      page.before.reset();
      break;
    }
  }
  if (!page.before) return list;
  TRY(more, services.reader.index().runs_of(x.caller().tenant, page.before, 1));
  if (!more.empty()) list.next = std::to_string(*page.before);
  return list;
}

std::optional<Page> page_asked(Exchange& x) {
  Page page;
  page.status = x.query.text("status");
  page.limit =
      static_cast<std::size_t>(x.query.integer("limit", kListDefault, 1, wire::kRunsPerPageMax));
  if (x.query.has("cursor")) page.before = x.query.integer("cursor", 0, 0, json::kIntegerMax);
  bool known = page.status.empty();
  for (auto const& status : wire::kRunStatuses) known = known || page.status == status;
  if (!known) x.query.fault("status", "must be one of the seven states of a run");
  if (!x.query_is_good()) return std::nullopt;
  return page;
}

void send_result(Exchange& x, domain::run::Row const& row) {
  if (!domain::run::is_final(row.phase))
    return x.problem("result_not_ready", {}, {{"retry-after", "1"}});
  if (!row.result) return x.problem("no_result");
  auto result = read_result(x.services, row);
  if (!result) return x.storage_failed(result.error());
  std::string const etag = "\"" + ContentRef(sha256(as_bytes(*result))).text() + "\"";
  if (x.request.header("if-none-match") == etag)
    return x.text(304, "application/json", "", {{"etag", etag}});
  x.text(200, "application/json", std::move(*result), {{"etag", etag}});
}

void show_run(Exchange& x, RunId run, domain::run::Row const& row) {
  x.json(200, read_run_view(x.services, run, row), poll_hint(row));
}

void cancel_live(ExchangePtr const& x, RunId run) {
  domain::run::Cancel const command{.run = run, .tenant = x->caller().tenant};
  x->post(ledger::Lane::control, domain::RunCommand(command), {}, [x, run](ledger::Answer const&) {
    with_run(x, run, Duration(0),
             [x, run](domain::run::Row const& row) { show_run(*x, run, row); });
  });
}

}  // namespace

void get_run(ExchangePtr x) {
  auto const run = run_in_path(*x);
  if (!run) return;
  auto const wait = x->query.integer("wait_s", 0, 0, wire::kRunWaitSecondsMax);
  if (!x->query_is_good()) return;
  with_run(x, *run, seconds(wait),
           [x, run = *run](domain::run::Row const& row) { show_run(*x, run, row); });
}

void list_runs(ExchangePtr x) {
  auto page = page_asked(*x);
  if (!page) return;
  x->services.later([x, page = *page] {
    auto const list = page_of(*x, page);
    if (!list) return x->storage_failed(list.error());
    x->json(200, *list);
  });
}

// A run that ended may have left memory, and the core with it: its end is told from its row.
void cancel_run(ExchangePtr x) {
  auto const run = run_in_path(*x);
  if (!run) return;
  with_run(x, *run, Duration(0), [x, run = *run](domain::run::Row const& row) {
    if (!domain::run::is_final(row.phase)) return cancel_live(x, run);
    if (row.phase != domain::run::Phase::cancelled)
      return x->problem("conflict", "the run has ended and cannot be cancelled");
    x->count_unchanged(ledger::Answer{});
    show_run(*x, run, row);
  });
}

void get_result(ExchangePtr x) {
  auto const run = run_in_path(*x);
  if (!run) return;
  with_run(x, *run, Duration(0), [x](domain::run::Row const& row) { send_result(*x, row); });
}

}  // namespace tally::api
