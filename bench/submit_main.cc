// Durable submits over HTTP, against the ceiling: the same HTTP server and log with nothing
// between. Both run at once and are measured in turn, so that both see the same machine.

#include <fmt/format.h>

#include "bench/bare_server.h"
#include "bench/child.h"
#include "bench/load.h"
#include "bench/measure.h"

namespace tally::bench {

namespace {

constexpr std::string_view kBody =
    R"({"job":"bench-echo","input":{"customer":"c-1042","lines":17,"note":"one of many"},)"
    R"("max_cost_usd":"0.0001","timeout_s":30,"labels":{"team":"bench"}})";
constexpr std::size_t kCrowd = 64;
constexpr std::uint64_t kAloneShare = 10;  // one connection is slow: a tenth of the requests

struct Peer {
  std::string name;
  Child const& server;
  std::string fields;
  std::uint64_t keys = 0;
};

struct Figures {
  std::vector<double> cpu_us;  // of the server, for each request, by round
  double client_cpu_us = 0;
  double best_rate = 0;
  double p50_us = 0;  // of the best round
  double p99_us = 0;
};

Result<void> one_round(Peer& peer, std::size_t connections, std::uint64_t count, Figures& into) {
  std::uint64_t const last = peer.keys + count;
  double const before = peer.server.cpu_us();
  TRY(report, run_load({.port = peer.server.port(),
                        .connections = connections,
                        .seconds_max = 60,
                        .next =
                            [&](std::size_t, std::string& request) {
                              if (peer.keys == last) return false;
                              write_post(request, "/v1/runs",
                                         fmt::format("{}Idempotency-Key: bench-{}\r\n", peer.fields,
                                                     peer.keys++),
                                         kBody);
                              return true;
                            },
                        .heard = {}}));
  double const server_cpu = peer.server.cpu_us() - before;
  auto const answered = static_cast<double>(report.count(202));
  if (report.out_of_time || report.count(202) != count)
    return fail("refused",
                fmt::format("{}: {} of {} requests got 202", peer.name, report.count(202), count));
  into.cpu_us.push_back(server_cpu / answered);
  into.client_cpu_us = report.own_cpu_us / answered;
  double const rate = answered / report.wall_us * 1e6;
  if (rate > into.best_rate) {
    into.best_rate = rate;
    into.p50_us = percentile(report.latencies_us, 50);
    into.p99_us = percentile(report.latencies_us, 99);
  }
  return {};
}

void add_row(Table& table, Peer const& peer, std::size_t connections, Figures const& figures) {
  table.row({peer.name, std::to_string(connections), figure(percentile(figures.cpu_us, 50)),
             figure(percentile(figures.cpu_us, 0)), figure(percentile(figures.cpu_us, 100)),
             figure(figures.best_rate), figure(figures.p50_us), figure(figures.p99_us),
             figure(figures.client_cpu_us)});
}

Result<void> measure(std::vector<Peer>& peers, std::size_t connections, std::uint64_t count,
                     std::uint64_t rounds, Table& table) {
  std::vector<Figures> figures(peers.size());
  for (std::uint64_t round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < peers.size(); ++i)
      TRY_VOID(one_round(peers[i], connections, count, figures[i]));
  for (std::size_t i = 0; i < peers.size(); ++i) add_row(table, peers[i], connections, figures[i]);
  double const ours = figures.back().best_rate;
  std::puts(
      fmt::format("{} connections: {:.2f} of the ceiling's rate, {:.1f} times its CPU", connections,
                  ours / figures.front().best_rate,
                  percentile(figures.back().cpu_us, 50) / percentile(figures.front().cpu_us, 50))
          .c_str());
  return {};
}

Result<void> run(Options const& options) {
  std::uint64_t const count = number(options, "count");
  std::uint64_t const rounds = number(options, "rounds");
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(sync, measure_sync(scratch));
  std::puts(fmt::format("a durable 4 KiB write of this disk: p50 {} us, p99 {} us, CPU {} us",
                        figure(sync.p50_us), figure(sync.p99_us), figure(sync.cpu_us))
                .c_str());
  TRY(bare, Child::start({own_program(), "bare", scratch.path("bare")}, scratch.path("bare.log")));
  TRY(served, serve(options.at("tally"), scratch));
  std::vector<Peer> peers{
      {.name = "bare ceiling", .server = bare, .fields = served.authorization, .keys = 0},
      {.name = "tally", .server = served.child, .fields = served.authorization, .keys = 0}};
  Table table({"server", "connections", "CPU us each", "least", "most", "best submits/s", "p50 us",
               "p99 us", "client CPU us"});
  TRY_VOID(measure(peers, 1, std::max<std::uint64_t>(count / kAloneShare, 1), rounds, table));
  double const frames = metric(served, "tally_frames_total");
  TRY_VOID(measure(peers, kCrowd, count, rounds, table));
  double const crowd_frames = metric(served, "tally_frames_total") - frames;
  table.print();
  std::puts(fmt::format("{} submits a frame at {} connections; ledger {} MB, server {} MB resident "
                        "after {} runs",
                        figure(static_cast<double>(count * rounds) / crowd_frames), kCrowd,
                        scratch.bytes("data/ledger") >> 20, served.child.resident_bytes() >> 20,
                        peers.back().keys)
                .c_str());
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  if (argc == 3 && std::string_view(argv[1]) == "bare") return serve_bare(argv[2]);
  return measure_program(
      "submit", argc, argv,
      {{"dir", "."}, {"count", "20000"}, {"rounds", "5"}, {"tally", tally_beside_us()}}, run);
}
