#pragma once

// A server without sockets and threads: the real loop over a log in memory, and the API on it.
// Tests send requests and step the loop until the answers are there.

#include <memory>
#include <string>

#include "api/api.h"
#include "api/test_store.h"
#include "json/value.h"
#include "ledger/loop.h"
#include "ports/memory_disk_fixture.h"
#include "projections/error_index.h"
#include "projections/projector.h"

namespace tally::api {

// One request and, in time, its answer.
struct Sent : ports::Responder::Sink, std::enable_shared_from_this<Sent> {
  Sent(std::string the_method, std::string the_path)
      : method(std::move(the_method)), path(std::move(the_path)) {}
  // Held against the published document (test_document.h).
  void send(ports::HttpResponse response) override;
  // A streamed answer. The client takes nothing by itself: see take().
  std::shared_ptr<ports::ResponseStream::Sink> begin(ports::HttpHead head) override;
  // The client takes all that waits, and there is room again.
  void take();
  std::size_t window = 64 * 1024;  // of what the client has not taken
  std::size_t waiting = 0;
  bool is_whole = false;  // the stream was ended
  bool is_cut = false;    // and this one not
  std::function<void()> resume;
  bool gone() const override { return hung_up; }
  std::string method;
  std::string path;
  int answers = 0;
  bool hung_up = false;
  ports::HttpResponse answer;
  mutable json::Value read;     // of the body, when somebody asked
  mutable std::string read_of;  // the body that it was read from

  std::string header(std::string_view name) const;
  json::Value const& body() const;  // as JSON; null if it is none
  std::string code() const;         // of a problem
};
using SentPtr = std::shared_ptr<Sent>;

class World {
 public:
  explicit World(Options options = {});

  // A key of `tenant` with these scopes (separated by spaces); returns its token.
  std::string key(std::string const& tenant, std::string const& scopes);
  void tenant(std::string const& name, std::string const& grant_usd,
              std::optional<domain::directory::Rate> rate = std::nullopt);
  void job(std::string const& name);

  SentPtr begin(std::string method, std::string target, std::string const& token,
                std::string body = {}, ports::HttpHeaders headers = {});
  // begin, then pump.
  SentPtr send(std::string method, std::string target, std::string const& token,
               std::string body = {}, ports::HttpHeaders headers = {});
  SentPtr submit(std::string const& token, std::string const& key, std::string body = kBody);
  // Steps the loop, the projector and the executor until nothing is left to do now.
  void pump();
  void post(domain::Command command);

  static constexpr char const* kBody =
      R"({"job":"j","input":{"b":1,"a":2},"max_cost_usd":"0.0500","timeout_s":30,"labels":{}})";

  HandClock clock;
  SeededEntropy entropy;
  MemoryLog log;
  MemoryVault vault;
  MemoryBlobs blobs;
  HandExecutor executor;
  ledger::Index index;
  ledger::Reader reader{log, index};
  ports::testing::MemoryDisk derived;
  projections::ErrorIndex errors;
  std::unique_ptr<projections::Projector> projector;
  bool projects = true;  // else nothing is folded into `errors`
  std::unique_ptr<ledger::Loop> loop;
  std::unique_ptr<Api> api;
  std::string admin;  // a token with every scope, of tenant "default", which has 100 USD
};

// The text at a path of members; other values as JSON; "(absent)".
std::string text_at(json::Value const& document, std::initializer_list<char const*> path);
std::string run_id(SentPtr const& sent);

// A lease as the tests report on it.
struct Leased {
  std::string lease;
  std::string fence;
  std::string path(char const* what) const { return "/v1/work/" + lease + "/" + what; }
};
Leased lease_one(World& world);
// Leases the next run, starts and completes it.
void execute(World& world, std::string const& result, std::string const& cost);

}  // namespace tally::api
