// The full cycle over HTTP: each connection submits ten runs, leases ten, starts and completes each
// of them, and begins again. A run is 3.1 requests and four events. What is refused with 503 is
// asked again at once, and counted.

#include <fmt/format.h>

#include "bench/child.h"
#include "bench/load.h"
#include "bench/measure.h"

namespace tally::bench {

namespace {

constexpr std::string_view kWorkPath = "/v1/work";
constexpr std::size_t kConnections = 64;
constexpr std::size_t kBatch = 10;
constexpr int kOverloaded = 503;
constexpr std::string_view kSubmitBody =
    R"({"job":"bench-echo","input":{"n":1},"max_cost_usd":"0.0001","timeout_s":30,"labels":{}})";

struct Leased {
  std::string lease;
  std::string fence;
};

enum class Step { submit, lease, start, complete };

struct Worker {
  Step step = Step::submit;
  std::size_t done = 0;   // in this step
  std::size_t taken = 0;  // leased of this batch
  std::vector<Leased> leased;
};

class Cycle {
 public:
  Cycle(std::string authorization, std::uint64_t round, std::uint64_t runs)
      : authorization_(std::move(authorization)),
        round_(round),
        runs_(runs),
        workers_(kConnections) {}

  bool next(std::size_t connection, std::string& request);
  void heard(std::size_t connection, int status, std::string_view body);
  std::uint64_t completed() const { return completed_; }
  std::uint64_t wrong() const { return wrong_; }
  std::string const& first_wrong() const { return first_wrong_; }
  std::uint64_t overloaded() const { return overloaded_; }

 private:
  void submit(std::string& request);
  static void read_leases(Worker& worker, std::string_view body);
  void advance(Worker& worker);

  std::string authorization_;
  std::uint64_t round_;  // part of the keys, so that no round repeats those of another
  std::uint64_t runs_;
  std::uint64_t submitted_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t wrong_ = 0;
  std::string first_wrong_;
  std::uint64_t overloaded_ = 0;
  std::vector<Worker> workers_;
};

void Cycle::submit(std::string& request) {
  write_post(
      request, "/v1/runs",
      fmt::format("{}Idempotency-Key: cycle-{}-{}\r\n", authorization_, round_, submitted_++),
      kSubmitBody);
}

bool Cycle::next(std::size_t connection, std::string& request) {
  Worker const& worker = workers_[connection];
  if (worker.step == Step::submit) {
    if (worker.done == 0 && submitted_ + kBatch > runs_) return false;
    submit(request);
  } else if (worker.step == Step::lease) {
    write_post(
        request, fmt::format("{}/lease", kWorkPath), authorization_,
        fmt::format(R"({{"jobs":["bench-echo"],"max":{},"wait_s":0}})", kBatch - worker.taken));
  } else {
    Leased const& one = worker.leased[worker.done];
    std::string const lease = fmt::format("{}/{}", kWorkPath, one.lease);
    if (worker.step == Step::start) {
      write_post(request, lease + "/start", authorization_,
                 fmt::format(R"({{"fence":{}}})", one.fence));
    } else {
      write_post(request, lease + "/complete", authorization_,
                 fmt::format(R"({{"fence":{},"result":{{"n":1}}}})", one.fence));
    }
  }
  return true;
}

// The values of "lease_id" and "fence", which stand in this order in every item.
void Cycle::read_leases(Worker& worker, std::string_view body) {
  constexpr std::string_view kLease = R"("lease_id":")";
  constexpr std::string_view kFence = R"("fence":)";
  worker.leased.clear();
  for (std::size_t at = body.find(kLease); at != std::string_view::npos;
       at = body.find(kLease, at)) {
    at += kLease.size();
    std::size_t const end = body.find('"', at);
    std::size_t const fence = body.find(kFence, end) + kFence.size();
    worker.leased.push_back(
        {.lease = std::string(body.substr(at, end - at)),
         .fence = std::string(body.substr(fence, body.find(',', fence) - fence))});
  }
}

// After a lease of fewer than asked for, the rest of the batch is leased next.
void Cycle::advance(Worker& worker) {
  std::size_t const wanted = worker.step == Step::submit  ? kBatch
                             : worker.step == Step::lease ? 1
                                                          : worker.leased.size();
  if (++worker.done < wanted) return;
  worker.done = 0;
  constexpr std::array<Step, 4> kAfter{Step::lease, Step::start, Step::complete, Step::submit};
  worker.step = kAfter[static_cast<std::size_t>(worker.step)];
  if (worker.step != Step::submit) return;
  if (worker.taken < kBatch)
    worker.step = Step::lease;
  else
    worker.taken = 0;
}

void Cycle::heard(std::size_t connection, int status, std::string_view body) {
  Worker& worker = workers_[connection];
  if (status == kOverloaded) {
    ++overloaded_;
    return;
  }
  if (status / 100 != 2 && wrong_++ == 0) first_wrong_ = fmt::format("{} {}", status, body);
  if (worker.step == Step::complete) ++completed_;
  if (worker.step == Step::lease) {
    read_leases(worker, body);
    worker.taken += worker.leased.size();
    if (worker.leased.empty()) return;  // asks again
  }
  advance(worker);
}

struct Figures {
  std::vector<double> cpu_us;
  double best_rate = 0;
  double p50_us = 0;
  double p99_us = 0;
  std::uint64_t runs = 0;
  std::uint64_t overloaded = 0;
};

Result<void> one_round(Served const& served, Cycle& cycle, Figures& into) {
  std::uint64_t const before = cycle.completed();
  double const cpu = served.child.cpu_us();
  TRY(report, run_load({.port = served.child.port(),
                        .connections = kConnections,
                        .seconds_max = 120,
                        .next = [&](std::size_t c, std::string& r) { return cycle.next(c, r); },
                        .heard = [&](std::size_t c, int status,
                                     std::string_view body) { cycle.heard(c, status, body); }}));
  auto const runs = static_cast<double>(cycle.completed() - before);
  if (report.out_of_time || cycle.wrong() > 0 || cycle.completed() == before)
    return fail("refused", fmt::format("{} answers were refusals, the first: {}", cycle.wrong(),
                                       cycle.first_wrong()));
  into.runs += cycle.completed();
  into.overloaded += cycle.overloaded();
  into.cpu_us.push_back((served.child.cpu_us() - cpu) / runs);
  double const rate = runs / report.wall_us * 1e6;
  if (rate > into.best_rate) {
    into.best_rate = rate;
    into.p50_us = percentile(report.latencies_us, 50);
    into.p99_us = percentile(report.latencies_us, 99);
  }
  return {};
}

Result<void> run(Options const& options) {
  TRY(scratch, Scratch::make(options.at("dir")));
  TRY(sync, measure_sync(scratch));
  TRY(served, serve(options.at("tally"), scratch));
  std::uint64_t const rounds = number(options, "rounds");
  Figures figures;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    Cycle cycle(served.authorization, round, number(options, "runs"));
    TRY_VOID(one_round(served, cycle, figures));
  }
  Table table(
      {"", "CPU us a run", "least", "most", "best runs/s", "request p50 us", "request p99 us"});
  table.row({"submit, lease, start, complete", figure(percentile(figures.cpu_us, 50)),
             figure(percentile(figures.cpu_us, 0)), figure(percentile(figures.cpu_us, 100)),
             figure(figures.best_rate), figure(figures.p50_us), figure(figures.p99_us)});
  table.row({"a durable 4 KiB write of this disk", figure(sync.cpu_us), "", "", "",
             figure(sync.p50_us), figure(sync.p99_us)});
  table.print();
  std::puts(fmt::format("ledger {} MB, server {} MB resident, after {} runs, {} frames; {} "
                        "answers were 503",
                        scratch.bytes("data/ledger") >> 20, served.child.resident_bytes() >> 20,
                        figures.runs, metric(served, "tally_frames_total"), figures.overloaded)
                .c_str());
  return {};
}

}  // namespace

}  // namespace tally::bench

int main(int argc, char** argv) {
  using namespace tally::bench;
  return measure_program(
      "cycle", argc, argv,
      {{"dir", "."}, {"runs", "10000"}, {"rounds", "5"}, {"tally", tally_beside_us()}}, run);
}
