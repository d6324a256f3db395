// A page of errors: GET /v1/errors?class=..., a hundred of a class that is rare among very many,
// from the request to the body. Beside it the walk that it replaced: the newest errors are read one
// after the other until a hundred fit.

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <future>

#include "base/check.h"
#include "bench/ledger_rig.h"
#include "bench/measure.h"
#include "domain/error/finding.h"
#include "views/error_view.h"
#include "wire/to_json.h"

namespace tally::bench {

namespace {

constexpr std::size_t kPage = 100;

// Every `rare`th error is infra.storage, the others are infra.network.
domain::error::Recorded error_at(std::uint64_t number, std::uint64_t rare) {
  domain::error::Recorded error;
  error.component = "bench";
  error.error_class = number % rare == 0 ? ErrorClass::infra_storage : ErrorClass::infra_network;
  error.exception_type = "io_error";
  error.layer = Layer::L6;
  error.message = "a sector of the disk could not be read, and was read again";
  error.subject = TenantId(std::string(wiring::kDefaultTenant));
  return error;
}

ledger::Origin origin_of(std::uint64_t number) {
  CorrelationId::Rep correlation{};
  put_u64(correlation.data(), number + 1);
  return {.actor = "bench", .correlation = CorrelationId(correlation), .span = {}, .tenant = {}};
}

void post_errors(wiring::Node& node, std::uint64_t from, std::uint64_t count, std::uint64_t rare) {
  std::atomic<std::uint64_t> left = count;
  auto const ended = std::make_shared<std::promise<void>>();  // outlives the call that keeps it
  for (std::uint64_t number = from; number < from + count; ++number)
    node.loop().post(ledger::Lane::control,
                     {.command = domain::error::Commands(error_at(number, rare)),
                      .enclosure = {},
                      .origin = origin_of(number),
                      .done = [&left, ended](ledger::Answer const&) {
                        if (--left == 0) ended->set_value();
                      }});
  ended->get_future().wait();
}

// Takes the one answer of a request.
struct Waiting : ports::Responder::Sink {
  void send(ports::HttpResponse response) override { answer.set_value(std::move(response)); }
  // A page comes whole.
  std::shared_ptr<ports::ResponseStream::Sink> begin(ports::HttpHead) override { return nullptr; }
  bool gone() const override { return false; }
  std::promise<ports::HttpResponse> answer;
};

Result<double> ask_for_a_page(wiring::Node& node, std::string const& more) {
  auto const sink = std::make_shared<Waiting>();
  auto answer = sink->answer.get_future();
  double const began = wall_us();
  node.api().handle({.method = "GET",
                     .path = "/v1/errors",
                     .query = "class=infra.storage&limit=100&after_seq=0" + more,
                     .headers = {{"authorization", "Bearer tk_bench"}},
                     .body = {},
                     .peer = "127.0.0.1",
                     .from_loopback = true},
                    ports::Responder(sink));
  auto const response = answer.get();
  double const took = wall_us() - began;
  if (response.status == 200) return took;
  return fail("refused", fmt::format("{}: {}", response.status, response.body));
}

// As /v1/errors was answered before: which events speak of an error was known, and no more.
Result<double> walk_for_a_page(wiring::Node& node, std::vector<std::int64_t> const& errors) {
  double const began = wall_us();
  wire::ErrorList list;
  for (std::int64_t const seq : errors) {
    TRY(entry, node.reader().entry(seq));
    auto const finding = domain::error::finding_of(entry.recorded.event);
    if (!finding || finding->error_class != ErrorClass::infra_storage) continue;
    list.errors.push_back(views::error_view(entry.recorded, *finding, IdKey(1)));
    if (list.errors.size() == kPage) break;
  }
  TALLY_CHECK(wire::to_json(list).size() > kPage, "a page has its errors");
  return wall_us() - began;
}

std::vector<std::int64_t> all_errors(wiring::Node& node) {
  std::vector<std::int64_t> all;
  projections::ErrorQuery query;
  query.limit = 10'000;
  for (bool more = true; more;) {
    auto const page = node.error_memory().index().find(query);
    all.insert(all.end(), page.seqs.begin(), page.seqs.end());
    query.before = page.next;
    more = page.next.has_value();
  }
  return all;
}

template <class Ask>
Result<void> measure(Table& table, std::string name, std::uint64_t rounds, std::string bar,
                     Ask const& ask) {
  std::vector<double> took;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    TRY(one, ask());
    took.push_back(one / 1'000);
  }
  table.row({std::move(name), figure(percentile(took, 50)), figure(percentile(took, 100)),
             std::move(bar)});
  return {};
}

Result<void> run(Options const& options) {
  std::uint64_t const events = number(options, "events");
  std::uint64_t const rounds = number(options, "rounds");
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(rig, LedgerRig::open(scratch));
  TRY_VOID(rig->start());
  wiring::Node& node = rig->node();
  // Commands that wait at once stand in one frame, and an event is read with its frame.
  std::uint64_t const together = number(options, "together");
  for (std::uint64_t made = 0; made < events; made += together)
    post_errors(node, made, std::min(together, events - made), number(options, "rare"));
  auto const folded = spent_by([&] {
    while (node.error_memory().projector().standing().lag_events > 0) (void)node.step_projector();
  });
  auto const saved = spent_by([&] { node.save_projections(); });
  auto const errors = all_errors(node);
  std::puts(
      fmt::format("{} events, {} errors; folded with {:.2f} us of CPU each, saved in {:.0f} ms",
                  node.index().size(), errors.size(),
                  folded.cpu_us / static_cast<double>(errors.size()), saved.wall_us / 1'000)
          .c_str());
  Table table({"a page of 100 errors of a rare class", "median ms", "worst ms", "bar"});
  TRY_VOID(measure(table, "GET /v1/errors?class=infra.storage", rounds, "2 ms",
                   [&] { return ask_for_a_page(node, ""); }));
  auto const deep = fmt::format("&before={}", node.index().size() / 2);
  TRY_VOID(measure(table, "the same deep in the list, each from the disk", rounds, "",
                   [&] { return ask_for_a_page(node, deep); }));
  TRY_VOID(measure(table, "the walk before, over the newest errors", rounds, "",
                   [&] { return walk_for_a_page(node, errors); }));
  table.print();
  rig->stop();
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program("a page of errors", argc, argv,
                         {{"dir", "/var/tmp"},
                          {"events", "1000000"},
                          {"rare", "500"},
                          {"rounds", "20"},
                          {"together", "64"}},
                         run);
}
