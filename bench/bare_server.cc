#include "bench/bare_server.h"

#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/measure.h"
#include "platform/file_disk.h"
#include "platform/http_server.h"
#include "segments/segment_log.h"
#include "server/server_threads.h"

namespace tally::bench {

namespace {

constexpr std::string_view kAnswer = R"({"status":"queued"})";
constexpr LedgerId kBareLedger{1};

struct Waiting {
  std::string body;
  ports::Responder responder;
};

class BareService : public ports::HttpService {
 public:
  explicit BareService(segments::SegmentLog& log) : log_(log) {
    writer_ = std::thread([this] { write(); });
    preparer_ = std::thread([this] { prepare(); });
  }
  ~BareService() override {
    stop_ = true;
    wake_.set();
    pause_.set();
    writer_.join();
    preparer_.join();
  }

  void handle(ports::HttpRequest request, ports::Responder responder) override {
    {
      std::lock_guard<std::mutex> const guard(mutex_);
      waiting_.push_back({std::move(request.body), std::move(responder)});
    }
    wake_.set();
  }
  ports::HttpResponse refuse(ports::HttpFault, int status, std::string_view detail) override {
    return {.status = status, .headers = {}, .body = std::string(detail)};
  }

 private:
  void write() {
    while (!stop_) {
      std::vector<Waiting> now;
      {
        std::lock_guard<std::mutex> const guard(mutex_);
        now.swap(waiting_);
      }
      if (now.empty())
        wake_.wait(seconds(1));
      else
        commit(now);
    }
  }
  void commit(std::vector<Waiting>& group) {
    ports::LogFrame frame;
    frame.epoch = 1;
    frame.first_seq = next_seq_;
    for (Waiting const& one : group)
      frame.records.push_back({.leaf = to_bytes(one.body), .enclosure = {}});
    bool const durable = log_.append(frame).has_value();
    next_seq_ += group.size();
    for (Waiting& one : group)
      one.responder.send({.status = durable ? 202 : 500,
                          .headers = {{"content-type", "application/json"}},
                          .body = std::string(kAnswer)});
  }
  // The next segment's file is made ahead of need, as the real server does.
  void prepare() {
    while (!stop_) {
      (void)log_.prepare_next();
      pause_.wait(milliseconds(100));
    }
  }

  segments::SegmentLog& log_;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;
  std::uint64_t next_seq_ = 0;  // the writer's own
  std::atomic<bool> stop_ = false;
  server::WakeEvent wake_;
  server::WakeEvent pause_;
  std::thread writer_;
  std::thread preparer_;
};

Result<void> serve_until_told(std::string const& directory, sigset_t const& signals) {
  TRY(disk, platform::FileDisk::open_directory(directory));
  std::uint64_t salt = 0;
  TRY(made, segments::SegmentLog::create(*disk, kBareLedger, {}, [&salt] { return ++salt; }));
  BareService service(*made.log);
  TRY(server, platform::HttpServer::start({}, service));
  std::puts(fmt::format("bare server on http://127.0.0.1:{}", server->port()).c_str());
  std::fflush(stdout);
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  server->stop(seconds(1));
  return {};
}

}  // namespace

int serve_bare(std::string const& directory) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto const served = serve_until_told(directory, signals);
  return served ? 0 : complain(served.error());
}

}  // namespace tally::bench
