#pragma once

// A whole server for one life of this test: the real wiring over the simulator's machine, where
// nothing fails but what a request makes fail. Time is virtual.

#include <memory>

#include "json/value.h"
#include "sim/machine.h"

namespace tally::requests {

struct Answered {
  int status = 0;  // 0: there was no answer
  ports::HttpHeaders headers;
  std::string body;

  std::string_view header(std::string_view name) const;
  json::Value document() const;  // null if the body is no JSON
  std::string text(std::string_view member) const;
};

class Server {
 public:
  explicit Server(std::uint64_t seed);

  // Until it is answered; within a minute of virtual time, or never.
  Answered ask(ports::HttpRequest request);
  Answered get(std::string path);
  Answered post(std::string path, std::string body);
  void pass(Duration time);
  // The process dies between two steps and another one starts.
  void crash();
  // Stops it in order; what is on the disk stays there.
  void stop();
  ports::Disk& disk() { return machine_.disk(); }
  Instant now() const { return clock_.wall(); }
  // Why a process would not start or go on; empty as long as none refused.
  std::string const& refused() const { return refused_; }

 private:
  template <class Condition>
  bool step_until(Duration within, Condition holds);

  sim::Swarm swarm_;
  sim::Timeline timeline_;
  sim::SimClock clock_;
  sim::Executions executions_;
  sim::Machine machine_;
  std::string refused_;
};

}  // namespace tally::requests
