#pragma once

// Servers elsewhere, without sockets. Each is a function of the request; between it and the caller
// requests and answers get lost, arrive twice, are cut. What a server has carried out it knows by
// itself, whatever the caller was told. An exchange takes no virtual time. Nobody in the simulated
// world posts outbound yet: the server does not, and only this port's own tests use it.

#include <functional>
#include <map>
#include <string>

#include "base/prng.h"
#include "ports/outbound.h"

namespace tally::sim {

struct OutboundFaults {
  std::uint32_t refused_per_mille = 0;       // no connection: nothing was sent
  std::uint32_t request_lost_per_mille = 0;  // sent, and never arrived
  std::uint32_t answer_lost_per_mille = 0;   // carried out, and nobody heard of it
  std::uint32_t cut_per_mille = 0;           // answered, and the body is not whole
  std::uint32_t doubled_per_mille = 0;       // GET and HEAD alone: arrives twice
};

class SimOutbound final : public ports::Outbound {
 public:
  using Server = std::function<ports::OutboundReply(ports::OutboundRequest const&)>;

  SimOutbound(std::uint64_t seed, OutboundFaults faults) : prng_(seed), faults_(faults) {}

  // What answers at "https://host[:port]".
  void serve(std::string origin, Server server) {
    servers_.insert_or_assign(std::move(origin), std::move(server));
  }
  ports::OutboundResult exchange(ports::OutboundRequest const& request) override;
  void heal() { faults_ = {}; }

 private:
  ports::OutboundResult exchange_once(ports::OutboundRequest const& request);

  Prng prng_;
  OutboundFaults faults_;
  std::map<std::string, Server> servers_;
};

}  // namespace tally::sim
