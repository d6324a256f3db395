// Reading, listing and cancelling runs. Another tenant's run is 404, like one that never was.

#include <charconv>

#include "api/handlers.h"
#include "api/route_of.h"
#include "api/run_reading.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

constexpr std::size_t kRunsLookedAtMax = 200;  // for one page, each by all of its events

ports::HttpHeaders poll_hint(domain::run::Row const& row) {
  if (domain::run::is_final(row.phase)) return {};
  return {{"retry-after", "1"}};
}

struct Page {
  std::optional<RunStatus> status;
  std::optional<wire::LabelFilter> label;
  TenantId tenant;
  std::size_t limit = 0;
  std::optional<std::int64_t> before;

  bool wants(domain::run::Row const& row) const {
    return !status || status == domain::run::seen_as(row.phase);
  }
  bool wants(wire::Labels const& labels) const {
    if (!label) return true;
    auto const at = labels.find(label->name);
    return at != labels.end() && at->second == label->value;
  }
};

// Walks back from the cursor until the page is full, the runs end, or enough was looked at.
Result<wire::RunList> page_of(Services& services, Page const& page) {
  wire::RunList list;
  std::size_t const most = std::min(page.limit, kRunsLookedAtMax);
  TRY(found, services.reader.index().runs_of(page.tenant, page.before, kRunsLookedAtMax + 1));
  bool const more = found.size() > kRunsLookedAtMax;
  if (more) found.pop_back();
  for (std::int64_t const seq : found) {
    TRY(submitted, services.reader.entry(seq));
    if (!submitted.recorded.header.run)
      return fail("index_damaged", "the index names an event of no run");
    RunId const run = *submitted.recorded.header.run;
    TRY(row, services.reader.run(run));
    bool const wanted = page.wants(row) && page.wants(labels_of(submitted.recorded));
    if (wanted && !is_past_retention(services, row))
      list.runs.push_back(read_listed_run(services, run, row));
    bool const full = list.runs.size() == most;
    bool const last = seq == found.back();
    if (full || last) {
      if (more || !last) list.next = std::to_string(seq);
      break;
    }
  }
  return list;
}

// Whose runs are not shown one by one are not listed either.
bool may_list(Exchange& x, TenantId const& tenant) {
  if (may_see_runs(x, tenant)) return true;
  x.problem("forbidden",
            "a key lists the runs of its own tenant, and with ops:read those of system; no scope "
            "shows another tenant's: ask with a key of that tenant");
  return false;
}

// The cursor is ours: the sequence where the page before ended.
std::optional<Page> page_asked(Exchange& x, wire::RunListParameters const& asked) {
  Page page{.status = asked.status,
            .label = asked.label,
            .tenant = asked.tenant.value_or(x.caller().tenant),
            .limit = static_cast<std::size_t>(asked.limit),
            .before = {}};
  if (!may_list(x, page.tenant)) return std::nullopt;
  if (!asked.cursor) return page;
  std::string const& cursor = *asked.cursor;
  std::int64_t before = 0;
  auto const [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), before);
  if (error == std::errc() && end == cursor.data() + cursor.size() && before >= 0) {
    page.before = before;
    return page;
  }
  x.invalid_parameter("cursor", "must be `next` of a page before");
  return std::nullopt;
}

void send_result(Exchange& x, domain::run::Row const& row) {
  if (!domain::run::is_final(row.phase)) return x.problem("result_not_ready");
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

// A run that ended may have left memory, and the core with it: its end is told from its row.
void cancel_ended(Exchange& x, RunId run, domain::run::Row const& row) {
  if (row.phase != domain::run::Phase::cancelled)
    return x.problem("conflict", "the run has ended and cannot be cancelled");
  x.count_unchanged(ledger::Answer{});
  show_run(x, run, row);
}

void ask_to_cancel(ExchangePtr const& x, RunId run, domain::run::Row const& row) {
  domain::run::Cancel const command{.run = run, .tenant = x->caller().tenant};
  x->post(
      ledger::Lane::control, domain::run::Commands(command), {},
      [x, run](ledger::Answer const&) {
        with_run(x, run, Duration(0),
                 [x, run](domain::run::Row const& now) { show_run(*x, run, now); });
      },
      [x, run, row](domain::Refusal const& refusal) {
        bool const of_the_key = refusal.code == domain::RefusalCode::idempotency_key_reused;
        if (of_the_key || !domain::run::is_final(row.phase)) return x->refuse(refusal);
        cancel_ended(*x, run, row);
      });
}

void get_run(ExchangePtr x, wire::RunParameters const& asked) {
  with_run(x, asked.id, seconds(asked.wait_s),
           [x, run = asked.id](domain::run::Row const& row) { show_run(*x, run, row); });
}

void list_runs(ExchangePtr x, wire::RunListParameters const& asked) {
  auto page = page_asked(*x, asked);
  if (!page) return;
  x->later(TaskLane::read, [x, page = *page] {
    auto const list = page_of(x->services, page);
    if (!list) return x->storage_failed(list.error());
    x->json(200, *list);
  });
}

// The core is asked about a run that ended only where a key may have an answer already.
void cancel_run(ExchangePtr x, wire::RunPath const& asked) {
  with_run(x, asked.id, Duration(0), [x, run = asked.id](domain::run::Row const& row) {
    if (row.tenant != x->caller().tenant)
      return x->problem("forbidden", "the run is the server's own: nobody cancels it");
    bool const ended = domain::run::is_final(row.phase) && !x->idempotency_key;
    if (ended) return cancel_ended(*x, run, row);
    ask_to_cancel(x, run, row);
  });
}

void get_result(ExchangePtr x, wire::RunPath const& asked) {
  with_run(x, asked.id, Duration(0), [x](domain::run::Row const& row) { send_result(*x, row); });
}

}  // namespace

std::vector<Route> run_routes() {
  return {
      route<wire::kListRuns, list_runs>(RateClass::read),
      route<wire::kGetRun, get_run>(RateClass::read),
      route<wire::kCancelRun, cancel_run>(RateClass::control),
      route<wire::kGetRunResult, get_result>(RateClass::read),
  };
}

}  // namespace tally::api
