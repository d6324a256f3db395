#pragma once

// What everybody in one life shares: time, the way to the server, the oracle that hears all
// answers, and the keys that were handed out.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "sim/network.h"
#include "sim/oracle.h"

namespace tally::sim {

struct Town {
  Timeline& timeline;
  SimClock& clock;
  Network& network;
  Oracle& oracle;
  Verdicts& verdicts;
  Executions& executions;
  Swarm const& swarm;
  std::map<TenantId, std::string> tokens = {};  // in force, of each tenant's callers and workers
  std::string auditor_token = {};               // of the first tenant's auditor
  std::map<TenantId, RunId> told_runs = {};     // the last that a caller was told of
  bool closing = false;                         // nobody begins anything new
  int busy = 0;                                 // errands under way

  using Done = std::function<void(std::optional<Answer>)>;
  void later(Duration wait, std::function<void()> what) {
    timeline.at(clock.monotonic() + wait, std::move(what));
  }
  void ask(ports::HttpRequest request, Duration patience, Done done,
           std::function<void()> delivered = {}, std::function<void(Answer const&)> saw = {}) {
    auto hear = [this, path = request.path, saw = std::move(saw)](Answer const& answer) {
      oracle.saw(path, answer);
      if (saw) saw(answer);
    };
    network.call({.request = std::move(request),
                  .patience = patience,
                  .delivered = std::move(delivered),
                  .saw = std::move(hear),
                  .done = std::move(done)});
  }
};

}  // namespace tally::sim
