#pragma once

// A whole server in this process, with its real threads, files and sockets, in a directory of its
// own; for tests of what only those show.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "platform/file_blobs.h"
#include "platform/file_disk.h"
#include "platform/file_receipts.h"
#include "platform/file_signer.h"
#include "platform/file_vault.h"
#include "platform/http_server.h"
#include "platform/os_entropy.h"
#include "platform/system_calendar.h"
#include "server/server_threads.h"

namespace tally::server::testing {

inline constexpr std::string_view kToken = "tk_operator";

// Nothing is executed here.
class IdleRunner : public ports::JobRunner {
 public:
  Result<void> ready(Digest const&) override { return fail("job_unknown", "nothing runs here"); }
  void run(ports::RunRequest, std::function<void(ports::RunResult)> done) override {
    ports::WorkFailure failure;
    failure.code = "job_unknown";
    done(std::move(failure));
  }
  void cancel(RunId, std::uint64_t) override {}
};

class RunningServer {
 public:
  explicit RunningServer(ports::ExecutorLimits const& limits = ports::kLaneLimits)
      : threads(limits) {
    for (char const* folder : {"ledger", "snapshots", "keys/data", "blobs", "work"})
      std::filesystem::create_directories(directory_.path + "/" + folder);
    open();
    wiring::NodeOptions options;
    options.api.pepper = Bytes(32, 1);
    options.operator_key_sha256 = sha256(as_bytes(kToken));
    auto opened = wiring::Node::open({.clock = clock_,
                                      .calendar = calendar_,
                                      .entropy = entropy_,
                                      .disk = *disk_,
                                      .derived = *derived_,
                                      .signer = *signer_,
                                      .vault = *vault_,
                                      .blobs = *blobs_,
                                      .runner = runner_,
                                      .receipts = *receipts_,
                                      .executor = threads.executor(),
                                      .wake_loop = threads.wake_loop(),
                                      .wake_log = threads.wake_log(),
                                      .wake_worker = threads.wake_worker(),
                                      .on_failure = [](Error const&) { std::abort(); }},
                                     std::move(options));
    if (!opened) throw std::runtime_error(opened.error().detail);
    node = std::move(*opened);
    threads.start(*node);
    WakeEvent never;
    while (!node->started()) never.wait(milliseconds(1));
    http_ = *platform::HttpServer::start({}, node->api());
  }
  ~RunningServer() {
    http_->stop(Duration(0));
    threads.stop(Duration(0));
    http_.reset();
    node.reset();  // before the world that it stands in
  }
  RunningServer(RunningServer const&) = delete;
  RunningServer& operator=(RunningServer const&) = delete;

  std::uint16_t port() const { return http_->port(); }

  ServerThreads threads;
  std::unique_ptr<wiring::Node> node;

 private:
  struct Directory {
    Directory() {
      std::string name = ::testing::TempDir() + "server.XXXXXX";
      if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory: " + name);
      path = name;
    }
    ~Directory() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    Directory(Directory const&) = delete;
    Directory& operator=(Directory const&) = delete;
    std::string path;
  };
  void open() {
    std::string const& at = directory_.path;
    disk_ = *platform::FileDisk::open_directory(at + "/ledger");
    derived_ = *platform::FileDisk::open_directory(at + "/snapshots");
    signer_ = *platform::FileSigner::open_or_create(at + "/keys/ledger.key");
    vault_ = *platform::FileVault::open(at + "/keys/data", entropy_);
    blobs_.emplace(*platform::FileBlobs::open(at + "/blobs", clock_));
    receipts_.emplace(*platform::FileReceipts::open(at + "/work"));
  }

  Directory directory_;
  platform::SystemClock clock_;
  platform::SystemCalendar calendar_;
  platform::OsEntropy entropy_;
  std::unique_ptr<platform::FileDisk> disk_;
  std::unique_ptr<platform::FileDisk> derived_;
  std::unique_ptr<platform::FileSigner> signer_;
  std::unique_ptr<platform::FileVault> vault_;
  std::optional<platform::FileBlobs> blobs_;
  std::optional<platform::FileReceipts> receipts_;
  IdleRunner runner_;
  std::unique_ptr<platform::HttpServer> http_;
};

}  // namespace tally::server::testing
