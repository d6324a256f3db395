// How long a tenant's submit, its retry and a lease take while others take more than their share:
// 900 strangers on an open route, each from an address of its own, and another tenant's 900 pages
// of events. Its quiet figures are measured before each of them, in the same process.

#include <fmt/format.h>

#include <cstdio>

#include "bench/child.h"
#include "bench/crowd.h"
#include "bench/load.h"
#include "bench/measure.h"

namespace tally::bench {

namespace {

constexpr double kMs = 1000;
constexpr std::uint64_t kFilling = 3'000;
constexpr std::size_t kFillers = 32;
constexpr std::size_t kPagesAtOnce = 4;  // of a connection

constexpr std::string_view kBody =
    R"({"job":"bench-echo","input":{"n":1},"max_cost_usd":"0.0001","timeout_s":30,"labels":{}})";

// Submits, retries and leases in turn, on one connection.
class Victim {
 public:
  Victim(Served const& served, std::string name) : served_(served), name_(std::move(name)) {}
  Result<LoadReport> ask(std::uint64_t rounds, double seconds_max);

 private:
  void next(std::string& request);

  Served const& served_;
  std::string name_;
  std::uint64_t asked_ = 0;
};

void Victim::next(std::string& request) {
  std::uint64_t const round = asked_ / 3;
  if (asked_++ % 3 == 2)
    return write_post(request, "/v1/work/lease", served_.authorization,
                      R"({"jobs":["bench-echo"],"max":1,"wait_s":0})");
  write_post(request, "/v1/runs",
             fmt::format("{}Idempotency-Key: {}-{}\r\n", served_.authorization, name_, round),
             kBody);
}

Result<LoadReport> Victim::ask(std::uint64_t rounds, double seconds_max) {
  return run_load({.port = served_.child.port(),
                   .connections = 1,
                   .seconds_max = seconds_max,
                   .next =
                       [&](std::size_t, std::string& request) {
                         if (asked_ == 3 * rounds) return false;
                         next(request);
                         return true;
                       },
                   .heard = {}});
}

// The body of one request's answer.
Result<std::string> ask_once(Served const& served, std::string_view path, std::string_view body) {
  std::string text;
  bool asked = false;
  TRY(report, run_load({.port = served.child.port(),
                        .connections = 1,
                        .seconds_max = 10,
                        .next =
                            [&](std::size_t, std::string& request) {
                              write_post(request, path, served.authorization, body);
                              return !std::exchange(asked, true);
                            },
                        .heard = [&](std::size_t, int, std::string_view got) { text = got; }}));
  if (report.count(201) == 0) return fail("refused", fmt::format("{}: {}", path, text));
  return text;
}

// A key of a tenant that is not the victim's, which sees all events.
Result<std::string> greedy_key(Served const& served) {
  TRY_VOID(ask_once(served, "/v1/admin/tenants", R"({"tenant":"greedy"})"));
  TRY(made, ask_once(served, "/v1/admin/keys",
                     R"({"tenant":"greedy","scopes":["evidence:read","ops:read"]})"));
  constexpr std::string_view kToken = R"("token":")";
  auto const at = made.find(kToken) + kToken.size();
  return made.substr(at, made.find('"', at) - at);
}

// So that there are whole tiles and full pages.
Result<void> fill(Served const& served) {
  std::uint64_t keys = 0;
  TRY(report, run_load({.port = served.child.port(),
                        .connections = kFillers,
                        .seconds_max = 60,
                        .next =
                            [&](std::size_t, std::string& request) {
                              if (keys == kFilling) return false;
                              write_post(request, "/v1/runs",
                                         fmt::format("{}Idempotency-Key: filling-{}\r\n",
                                                     served.authorization, keys++),
                                         kBody);
                              return true;
                            },
                        .heard = {}}));
  if (report.count(202) != kFilling) return fail("refused", "the ledger could not be filled");
  return {};
}

std::string answered(std::map<int, std::uint64_t> const& statuses) {
  std::string text;
  for (auto const& [status, count] : statuses)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", status, count);
  return text;
}

void add_row(Table& table, std::string const& beside, LoadReport const& report,
             std::string const& bar, std::string const& crowd) {
  auto const& all = report.latencies_us;
  std::string const more = report.out_of_time ? "over " : "";
  double const worst = report.out_of_time ? report.wall_us : percentile(all, 100);
  table.row({beside, std::to_string(all.size()), figure(percentile(all, 50) / kMs),
             figure(percentile(all, 99) / kMs), more + figure(worst / kMs), bar,
             answered(report.statuses), crowd});
}

struct Beside {
  std::string name;
  std::string bar;
  CrowdPlan plan;
};

Result<void> measure_beside(Served const& served, Options const& options, Beside const& beside,
                            Table& table) {
  std::uint64_t const rounds = number(options, "rounds");
  auto const most = static_cast<double>(number(options, "seconds"));
  Victim quiet(served, beside.name + "-quiet");
  TRY(alone, quiet.ask(rounds, most));
  add_row(table, "nobody", alone, "", "");
  TRY(crowd, Crowd::start(beside.plan));
  Victim victim(served, beside.name);
  auto const report = victim.ask(rounds, most);
  auto const& statuses = crowd->stop();
  if (!report) return tl::unexpected(report.error());
  add_row(table, beside.name, *report, beside.bar,
          fmt::format("{}; hung up on {}", answered(statuses), crowd->hung_up()));
  return {};
}

Result<void> run(Options const& options) {
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(sync, measure_sync(scratch));
  std::puts(fmt::format("a durable 4 KiB write of this disk: p50 {} ms, p99 {} ms",
                        figure(sync.p50_us / kMs), figure(sync.p99_us / kMs))
                .c_str());
  TRY(served, serve(options.at("tally"), scratch));
  TRY_VOID(fill(served));
  TRY(greedy, greedy_key(served));
  std::uint64_t const count = number(options, "crowd");
  Table table({"beside", "requests", "p50 ms", "p99 ms", "worst ms", "bar p99, worst",
               "victim's answers", "the others' answers"});
  TRY_VOID(measure_beside(
      served, options,
      {.name = "strangers",
       .bar = "50, 500",
       .plan = {.port = served.child.port(),
                .connections = count,
                .pipelined = 16,
                .own_addresses = true,
                .request = "GET /ledger/tile/0/000 HTTP/1.1\r\nHost: bench\r\n\r\n"}},
      table));
  TRY_VOID(measure_beside(
      served, options,
      {.name = "pages",
       .bar = "100, 1000",
       .plan = {.port = served.child.port(),
                .connections = count / kPagesAtOnce,
                .pipelined = kPagesAtOnce,
                .request = fmt::format("GET /v1/events?limit=1000 HTTP/1.1\r\nHost: bench\r\n"
                                       "Authorization: Bearer {}\r\n\r\n",
                                       greedy)}},
      table));
  table.print();
  std::puts(
      fmt::format("server {} MB resident afterwards", served.child.resident_bytes() >> 20).c_str());
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program("fairness", argc, argv,
                         {{"dir", "."},
                          {"rounds", "500"},
                          {"seconds", "60"},
                          {"crowd", "900"},
                          {"tally", tally_beside_us()}},
                         run);
}
